internal import Cluster

/// One thing that a client does.
struct Operation: Equatable, Sendable {
    /// What it is.
    var action: Action
    /// When it was to begin, in nanoseconds.
    var intended: Int64

    enum Action: Equatable, Sendable {
        case read(key: Int)
        case write(key: Int, value: Int64)
        /// `expect` nil: no such key.
        case compareAndSet(key: Int, expect: Int64?, value: Int64)
        /// The one of kind `http`.
        case request
    }

    /// Whether only a node that takes writes can do it.
    var isWrite: Bool {
        switch action {
        case .read, .request: false
        case .write, .compareAndSet: true
        }
    }
}

/// How an operation ended.
enum Outcome: Equatable, Sendable {
    /// It was answered; what was read, where a number was.
    case ok(Int64?)
    /// It certainly did not happen.
    case refused
    /// It certainly did not happen here, but another node may be able to do it.
    case elsewhere
    /// Nobody knows.
    case unknown
}

/// The operations of a client, one after the other: half of them reads, half of them writes, of which one
/// in five is a compare-and-set where the driver has it. Which one comes n-th follows from (seed, client,
/// n) alone; only what a compare-and-set expects is what the client has last seen.
struct OperationMix: Sendable {
    private let random: KeyedRandom
    private let client: UInt16
    private let keys: UInt64
    private let kind: ClientConfiguration.Kind
    private let comparesAndSets: Bool
    private var number: UInt64 = 0
    private var seen: [Int: Int64] = [:]

    init(_ configuration: ClientConfiguration) {
        random = KeyedRandom(seed: configuration.seed)
        client = UInt16(clamping: configuration.client)
        keys = UInt64(configuration.keys)
        kind = configuration.kind
        comparesAndSets = configuration.driver == .kv
    }

    /// The next one, due at `intended`.
    mutating func next(intended: Int64) -> Operation {
        number += 1
        guard kind == .register else { return Operation(action: .request, intended: intended) }
        let bits = random.bits(.workload, number: number, lane: client)
        let key = Int(KeyedRandom.scale(bits, below: keys))
        let lot = bits % 10
        return Operation(action: action(lot, key), intended: intended)
    }

    /// No two operations of any client write the same value.
    private var value: Int64 { Int64(client) << 40 | Int64(number & 0xFF_FFFF_FFFF) }

    private func action(_ lot: UInt64, _ key: Int) -> Operation.Action {
        switch lot {
        case 0..<5: .read(key: key)
        case 9 where comparesAndSets:
            .compareAndSet(key: key, expect: seen[key], value: value)
        default: .write(key: key, value: value)
        }
    }

    /// Remembers what an answer told of a key.
    mutating func learn(_ operation: Operation, _ outcome: Outcome) {
        guard comparesAndSets, case .ok(let found) = outcome else { return }
        switch operation.action {
        case .read(let key): seen[key] = found
        case .write(let key, let value): seen[key] = value
        case .compareAndSet(let key, _, _): seen[key] = found
        case .request: break
        }
    }
}
