internal import NIOHTTP1

/// What the driver `kv` asks of the built-in store, and what answers mean. Pure.
///
/// The store has registers with compare-and-set; a counter, and ids, are read and set by comparison: who
/// comes second is turned away, and nothing was done.
enum KVLanguage {
    static func request(_ action: Operation.Action) -> HTTPAsk {
        switch action {
        case .read(let key): HTTPAsk(method: .GET, path: "/kv/k\(key)")
        case .write(let key, let value):
            HTTPAsk(method: .PUT, path: "/kv/k\(key)", body: "{\"value\":\(value)}")
        case .compareAndSet(let key, let expect, let value): set("k\(key)", expect, value)
        case .increment, .readCounter: HTTPAsk(method: .GET, path: "/kv/counter")
        case .generate: HTTPAsk(method: .GET, path: "/kv/ids")
        default: HTTPAsk(method: .GET, path: "/health")
        }
    }

    private static func set(_ key: String, _ expect: Int64?, _ value: Int64) -> HTTPAsk {
        let expected = expect.map { "\($0)" } ?? "null"
        return HTTPAsk(
            method: .POST, path: "/kv/\(key)/cas",
            body: "{\"expect\":\(expected),\"value\":\(value)}")
    }

    static func step(
        _ action: Operation.Action, _ pending: Answer?, _ status: UInt,
        _ body: some Collection<UInt8>
    ) -> HTTPStep {
        let found = number(after: "\"value\":", in: body)
        switch (action, status, pending) {
        case (.readCounter, 404, _): return .done(.ok(0))
        case (.readCounter, _, _): return .done(outcome(.read(key: 0), status, body))
        case (.increment(let amount), 200, nil):
            return .ask(set("counter", found ?? 0, (found ?? 0) + amount), then: .nothing)
        case (.increment(let amount), 404, nil):
            return .ask(set("counter", nil, amount), then: .nothing)
        case (.generate, 200, nil):
            let id = (found ?? 0) + 1
            return .ask(set("ids", found ?? 0, id), then: .number(id))
        case (.generate, 404, nil): return .ask(set("ids", nil, 1), then: 1)
        case (.increment, _, nil), (.generate, _, nil):
            return .done(outcome(.read(key: 0), status, body))
        case (.increment, 200, let answer?), (.generate, 200, let answer?):
            return .done(.ok(answer))
        case (.increment, 409, _), (.generate, 409, _): return .done(.unmet(.nothing))
        default: return .done(outcome(action, status, body))
        }
    }

    /// 404 to a read is an answer ("no such key"), and so is 409 to a compare-and-set.
    static func outcome(
        _ action: Operation.Action, _ status: UInt, _ body: some Collection<UInt8>
    ) -> Outcome {
        switch (status, action) {
        case (200, .read):
            .ok(number(after: "\"value\":", in: body).map(Answer.number) ?? text(in: body))
        case (200, .compareAndSet(_, _, let value)): .ok(.number(value))
        case (200, _): .ok(.nothing)
        case (404, .read): .ok(.nothing)
        case (409, .compareAndSet):
            .unmet(number(after: "\"value\":", in: body).map(Answer.number) ?? .nothing)
        case (400..<500, _): .refused
        case (_, .read): .elsewhere
        default: contains("\"outcome\":\"refused\"", in: body) ? .elsewhere : .unknown
        }
    }

    /// What a person wrote by hand, when it is no number.
    private static func text(in body: some Collection<UInt8>) -> Answer {
        guard let start = end(of: "\"value\":\"", in: body) else { return .nothing }
        return .text(String(decoding: body[start...].prefix { $0 != 34 }, as: UTF8.self))
    }

    private static func contains(_ text: String, in body: some Collection<UInt8>) -> Bool {
        end(of: text, in: body) != nil
    }

    private static func number(after text: String, in body: some Collection<UInt8>) -> Int64? {
        guard let start = end(of: text, in: body) else { return nil }
        let digits = body[start...].prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    private static func end<Body: Collection<UInt8>>(of text: String, in body: Body) -> Body.Index?
    {
        let wanted = Array(text.utf8)
        var position = body.startIndex
        while position != body.endIndex {
            if body[position...].starts(with: wanted) {
                return body.index(position, offsetBy: wanted.count)
            }
            position = body.index(after: position)
        }
        return nil
    }
}
