internal import NIOCore
internal import NIOHTTP1

/// A request.
struct HTTPAsk: Equatable, Sendable {
    var method: HTTPMethod
    var path: String
    var body = ""
}

/// What follows an answer.
enum HTTPStep: Equatable, Sendable {
    /// The operation has ended.
    case done(Outcome)
    /// It needs another request; if that succeeds, this is its answer.
    case ask(HTTPAsk, then: Answer)
}

/// What the drivers `kv`, `etcd` and `http` ask, and what answers mean. Pure.
enum HTTPLanguage: Equatable, Sendable {
    /// The built-in store; see its contract.
    case kv
    /// etcd's JSON gateway.
    case etcd(EtcdLanguage)
    /// One request.
    case fixed(HTTPMethod, path: String)

    /// The first request of an operation.
    func request(_ action: Operation.Action) -> HTTPAsk {
        switch self {
        case .kv: KVLanguage.request(action)
        case .etcd(let etcd): etcd.request(action)
        case .fixed(let method, let path): HTTPAsk(method: method, path: path)
        }
    }

    /// What an answer says of the operation.
    /// - Parameter pending: what the operation answers if this, the second request, succeeds; nil: it
    ///   was the first.
    func step(
        _ action: Operation.Action, pending: Answer?, status: UInt, body: some Collection<UInt8>
    ) -> HTTPStep {
        switch self {
        case .kv: KVLanguage.step(action, pending, status, body)
        case .etcd(let etcd): etcd.step(action, pending, status, Array(body))
        case .fixed(let method, _): .done(Self.plainOutcome(method, status))
        }
    }

    /// A server that fails may have done what it was asked for, unless that was only to read.
    private static func plainOutcome(_ method: HTTPMethod, _ status: UInt) -> Outcome {
        switch status {
        case 200..<400: .ok(.nothing)
        case 400..<500: .refused
        case 503: .elsewhere
        default: method == .GET ? .elsewhere : .unknown
        }
    }
}

extension ClientConfiguration {
    /// What its HTTP connections speak.
    var language: HTTPLanguage {
        switch driver {
        case .etcd: .etcd(EtcdLanguage(kind: kind, accounts: accounts))
        case .http: .fixed(HTTPMethod(rawValue: method), path: path)
        case .kv, .redis, .exec: .kv
        }
    }
}
