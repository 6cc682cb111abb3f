internal import Foundation
internal import NIOHTTP1

/// What the driver `etcd` asks of etcd's JSON gateway
/// (https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway), and what answers mean. Pure.
///
/// What etcd has no word for is read first and then done by a transaction that compares what was read:
/// counters, transfers, queues, appends. Who comes second is turned away, and nothing was done.
struct EtcdLanguage: Equatable, Sendable {
    /// What reads of a transaction find: lists or registers.
    let kind: ClientConfiguration.Kind
    let accounts: Int

    // MARK: Asking

    func request(_ action: Operation.Action) -> HTTPAsk {
        switch action {
        case .read(let key): range("k\(key)")
        case .write(let key, let value): put("k\(key)", "\(value)")
        case .compareAndSet(let key, let expect, let value):
            transaction(
                if: [expect.map { .value("k\(key)", is: "\($0)") } ?? .missing("k\(key)")],
                then: [.put("k\(key)", "\(value)")], else: [.range("k\(key)")])
        case .add(let element): put("set/\(element)", "")
        case .readAll: prefix("set/", ",\"keys_only\":true")
        case .increment, .readCounter: range("counter")
        case .enqueue(let element): put("queue/\(element)", "")
        case .dequeue:
            prefix("queue/", ",\"limit\":1,\"sort_order\":\"ASCEND\",\"sort_target\":\"CREATE\"")
        case .generate: put("ids", "")
        case .transfer(let from, let to, _):
            transaction(then: [.range("a\(from)"), .range("a\(to)")])
        case .balances: transaction(then: (0..<accounts).map { .range("a\($0)") })
        case .transaction(let steps) where kind == .append:
            transaction(then: keys(of: steps).map { .range("k\($0)") })
        case .transaction(let steps):
            transaction(
                then: steps.map {
                    switch $0 {
                    case .read(let key): .range("k\(key)")
                    case .write(let key, let value), .append(let key, let value):
                        .put("k\(key)", "\(value)")
                    }
                })
        case .request: range("k0")
        }
    }

    private func keys(of steps: [Operation.Step]) -> [Int] {
        Set(
            steps.map {
                switch $0 {
                case .read(let key), .write(let key, _), .append(let key, _): key
                }
            }
        ).sorted()
    }

    // MARK: Understanding

    /// A second request is an answer away from a first one: `pending` is what the operation answers then.
    func step(
        _ action: Operation.Action, _ pending: Answer?, _ status: UInt, _ body: [UInt8]
    ) -> HTTPStep {
        guard status == 200, let answer = EtcdAnswer(body) else {
            return .done(failure(action, pending, status))
        }
        if let pending { return .done(answer.succeeded == true ? .ok(pending) : .unmet(.nothing)) }
        let pair = answer.kvs?.first
        switch action {
        case .read: return .done(.ok(pair?.answer ?? .nothing))
        case .readCounter: return .done(.ok(pair?.answer ?? 0))
        case .compareAndSet(_, _, let value):
            if answer.succeeded == true { return .done(.ok(.number(value))) }
            return .done(.unmet(answer.found.first?.first?.answer ?? .nothing))
        case .readAll:
            return .done(
                .ok(.list((answer.kvs ?? []).map { Answer(parsing: String($0.name.dropFirst(4))) }))
            )
        case .generate:
            guard let revision = answer.header?.revision.flatMap({ Int64($0) }) else {
                return .done(.unknown)
            }
            return .done(.ok(.number(revision)))
        case .increment(let amount):
            let next = (pair?.answer.number ?? 0) + amount
            return .ask(
                transaction(if: [.unchanged("counter", pair)], then: [.put("counter", "\(next)")]),
                then: .nothing)
        case .dequeue:
            guard let pair else { return .done(.ok(.nothing)) }
            return .ask(
                transaction(if: [.unchanged(pair.name, pair)], then: [.delete(pair.name)]),
                then: Answer(parsing: String(pair.name.dropFirst(6))))
        case .transfer(let from, let to, let amount):
            return transfer(from, to, amount, answer.found)
        case .balances: return .done(.ok(.list(answer.found.map { balance($0.first) })))
        case .transaction(let steps) where kind == .append: return append(steps, answer.found)
        case .transaction(let steps):
            let reads = zip(steps, answer.found).filter { $0.0.isRead }
            return .done(.ok(.list(reads.map { $0.1.first?.answer ?? .nothing })))
        case .write, .add, .enqueue, .request: return .done(.ok(.nothing))
        }
    }

    /// What was only read did not happen; neither did what was not asked yet.
    private func failure(
        _ action: Operation.Action, _ pending: Answer?, _ status: UInt
    ) -> Outcome {
        if (400..<500).contains(status) { return .refused }
        if pending == nil, readsFirst(action) { return .elsewhere }
        return .unknown
    }

    private func readsFirst(_ action: Operation.Action) -> Bool {
        switch action {
        case .read, .readAll, .readCounter, .balances, .increment, .dequeue, .transfer, .request:
            true
        case .transaction: kind == .append
        case .write, .compareAndSet, .add, .enqueue, .generate: false
        }
    }

    private func balance(_ pair: EtcdAnswer.Pair?) -> Answer {
        pair?.answer ?? .number(ClientConfiguration.openingBalance)
    }

    private func transfer(
        _ from: Int, _ to: Int, _ amount: Int64, _ found: [[EtcdAnswer.Pair]]
    ) -> HTTPStep {
        guard found.count == 2, let here = balance(found[0].first).number,
            let there = balance(found[1].first).number
        else { return .done(.refused) }
        guard here >= amount else { return .done(.unmet(.nothing)) }
        return .ask(
            transaction(
                if: [.unchanged("a\(from)", found[0].first), .unchanged("a\(to)", found[1].first)],
                then: [.put("a\(from)", "\(here - amount)"), .put("a\(to)", "\(there + amount)")]),
            then: .nothing)
    }

    /// Lists are kept as texts, with commas between their elements.
    private func append(_ steps: [Operation.Step], _ found: [[EtcdAnswer.Pair]]) -> HTTPStep {
        let keys = keys(of: steps)
        guard found.count == keys.count else { return .done(.refused) }
        var lists: [Int: [Substring]] = [:]
        for (key, pairs) in zip(keys, found) {
            lists[key] = (pairs.first?.text ?? "").split(separator: ",")
        }
        var changed: Set<Int> = []
        var reads: [Answer] = []
        for step in steps {
            switch step {
            case .append(let key, let value), .write(let key, let value):
                lists[key, default: []].append("\(value)")
                changed.insert(key)
            case .read(let key):
                reads.append(.list((lists[key] ?? []).map { Answer(parsing: String($0)) }))
            }
        }
        if changed.isEmpty { return .done(.ok(.list(reads))) }
        return .ask(
            transaction(
                if: zip(keys, found).map { .unchanged("k\($0)", $1.first) },
                then: changed.sorted().map {
                    .put("k\($0)", (lists[$0] ?? []).joined(separator: ","))
                }),
            then: .list(reads))
    }

    // MARK: Requests

    private func range(_ key: String) -> HTTPAsk {
        HTTPAsk(method: .POST, path: "/v3/kv/range", body: "{\"key\":\"\(encoded(key))\"}")
    }

    private func prefix(_ prefix: String, _ more: String) -> HTTPAsk {
        let end = prefix.dropLast() + "0"  // '0' follows '/'
        return HTTPAsk(
            method: .POST, path: "/v3/kv/range",
            body:
                "{\"key\":\"\(encoded(prefix))\",\"range_end\":\"\(encoded(String(end)))\"\(more)}")
    }

    private func put(_ key: String, _ value: String) -> HTTPAsk {
        HTTPAsk(
            method: .POST, path: "/v3/kv/put",
            body: "{\"key\":\"\(encoded(key))\",\"value\":\"\(encoded(value))\"}")
    }

    private func transaction(
        if compares: [Compare] = [], then: [Request], else other: [Request] = []
    ) -> HTTPAsk {
        HTTPAsk(
            method: .POST, path: "/v3/kv/txn",
            body: "{\"compare\":[\(compares.map(\.json).joined(separator: ","))],"
                + "\"success\":[\(then.map(\.json).joined(separator: ","))],"
                + "\"failure\":[\(other.map(\.json).joined(separator: ","))]}")
    }

    private enum Compare {
        case value(String, is: String)
        case missing(String)
        case revision(String, is: String)

        /// As it was found.
        static func unchanged(_ key: String, _ pair: EtcdAnswer.Pair?) -> Self {
            pair.map { .revision(key, is: $0.modRevision ?? "0") } ?? .missing(key)
        }

        var json: String {
            switch self {
            case .value(let key, let value):
                "{\"key\":\"\(encoded(key))\",\"target\":\"VALUE\",\"result\":\"EQUAL\","
                    + "\"value\":\"\(encoded(value))\"}"
            case .missing(let key):
                "{\"key\":\"\(encoded(key))\",\"target\":\"VERSION\",\"result\":\"EQUAL\","
                    + "\"version\":\"0\"}"
            case .revision(let key, let revision):
                "{\"key\":\"\(encoded(key))\",\"target\":\"MOD\",\"result\":\"EQUAL\","
                    + "\"mod_revision\":\"\(revision)\"}"
            }
        }
    }

    private enum Request {
        case put(String, String)
        case range(String)
        case delete(String)

        var json: String {
            switch self {
            case .put(let key, let value):
                "{\"request_put\":{\"key\":\"\(encoded(key))\",\"value\":\"\(encoded(value))\"}}"
            case .range(let key): "{\"request_range\":{\"key\":\"\(encoded(key))\"}}"
            case .delete(let key): "{\"request_delete_range\":{\"key\":\"\(encoded(key))\"}}"
            }
        }
    }
}

/// Keys and values travel as base64.
private func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

/// An answer of the gateway, as far as it is needed. Numbers of 64 bits are texts there; what is zero or
/// empty is left out.
struct EtcdAnswer: Decodable {
    var header: Header?
    var kvs: [Pair]?
    var succeeded: Bool?
    var responses: [Response]?

    struct Header: Decodable { var revision: String? }

    struct Pair: Decodable {
        var key: String?
        var value: String?
        var modRevision: String?

        private enum CodingKeys: String, CodingKey {
            case key, value
            case modRevision = "mod_revision"
        }

        var name: String { decoded(key) }
        var text: String { decoded(value) }
        var answer: Answer { Answer(parsing: text) }

        private func decoded(_ text: String?) -> String {
            Data(base64Encoded: text ?? "").map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }

    struct Response: Decodable {
        var range: Range?

        private enum CodingKeys: String, CodingKey { case range = "response_range" }
    }

    struct Range: Decodable { var kvs: [Pair]? }

    /// What each request of a transaction found.
    var found: [[Pair]] { (responses ?? []).map { $0.range?.kvs ?? [] } }

    init?(_ body: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(body)) else { return nil }
        self = read
    }
}
