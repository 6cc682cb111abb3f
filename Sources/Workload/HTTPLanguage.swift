internal import NIOCore
internal import NIOHTTP1

/// What the drivers `kv` and `http` ask, and what answers mean. Pure.
enum HTTPLanguage: Equatable, Sendable {
    /// The built-in store; see its contract.
    case kv
    /// One request.
    case fixed(HTTPMethod, path: String)

    /// Method, path and body.
    func request(_ action: Operation.Action) -> (HTTPMethod, String, String) {
        switch (self, action) {
        case (.fixed(let method, let path), _): return (method, path, "")
        case (.kv, .read(let key)): return (.GET, "/kv/k\(key)", "")
        case (.kv, .write(let key, let value)):
            return (.PUT, "/kv/k\(key)", "{\"value\":\(value)}")
        case (.kv, .compareAndSet(let key, let expect, let value)):
            let expected = expect.map { "\($0)" } ?? "null"
            return (.POST, "/kv/k\(key)/cas", "{\"expect\":\(expected),\"value\":\(value)}")
        case (.kv, .request): return (.GET, "/health", "")
        }
    }

    /// What an answer says of the operation.
    func outcome(
        _ action: Operation.Action, status: UInt, body: some Collection<UInt8>
    ) -> Outcome {
        switch self {
        case .kv: Self.kvOutcome(action, status, body)
        case .fixed(let method, _): Self.plainOutcome(method, status)
        }
    }

    /// 404 to a read is an answer ("no such key"), and so is 409 to a compare-and-set.
    private static func kvOutcome(
        _ action: Operation.Action, _ status: UInt, _ body: some Collection<UInt8>
    ) -> Outcome {
        switch (status, action) {
        case (200, .read): return .ok(number(after: "\"value\":", in: body))
        case (200, .compareAndSet(_, _, let value)): return .ok(value)
        case (200, _): return .ok(nil)
        case (404, .read): return .ok(nil)
        case (409, .compareAndSet): return .ok(number(after: "\"value\":", in: body))
        case (400..<500, _): return .refused
        case (_, .read): return .elsewhere
        default: return contains("\"outcome\":\"refused\"", in: body) ? .elsewhere : .unknown
        }
    }

    /// A server that fails may have done what it was asked for, unless that was only to read.
    private static func plainOutcome(_ method: HTTPMethod, _ status: UInt) -> Outcome {
        switch status {
        case 200..<400: .ok(nil)
        case 400..<500: .refused
        case 503: .elsewhere
        default: method == .GET ? .elsewhere : .unknown
        }
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
