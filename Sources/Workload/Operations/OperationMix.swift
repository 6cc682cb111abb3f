internal import Cluster

/// The operations of a client, one after the other. Which one comes n-th follows from (seed, client, n)
/// alone; only what a compare-and-set expects is what the client has last seen, and when a set is read
/// from how much was added.
///
/// - register: half reads, half writes, of which one in five is a compare-and-set where the driver has it.
/// - set: elements, and the whole set whenever it has grown by a twentieth, so that the answers of a long
///   run stay a fixed multiple of what was added.
/// - counter, queue: half and half. bank: four transfers to one look at all accounts.
/// - append, rw-register: one to four steps over a few keys, which are new ones from time to time, so that
///   lists stay short.
struct OperationMix: Sendable {
    private let random: KeyedRandom
    private let client: Int
    private let incarnation: Int
    private let keys: UInt64
    private let accounts: UInt64
    private let kind: ClientConfiguration.Kind
    private let comparesAndSets: Bool
    private var number: UInt64 = 0
    private var seen: [Int: Int64] = [:]
    private var added = 0
    private var addedAtRead = 0

    init(_ configuration: ClientConfiguration) {
        random = KeyedRandom(seed: configuration.seed)
        client = configuration.client
        incarnation = configuration.incarnation
        keys = UInt64(max(1, configuration.keys))
        accounts = UInt64(max(2, configuration.accounts))
        kind = configuration.kind
        comparesAndSets = configuration.driver != .redis && configuration.driver != .http
    }

    /// The next one, due at `intended`.
    mutating func next(intended: Int64) -> Operation {
        number += 1
        return Operation(action: nextAction(), intended: intended)
    }

    /// What is asked once when the load stops: an element that was added is only known to be there
    /// when it is seen.
    func last(intended: Int64) -> Operation? {
        switch kind {
        case .set: Operation(action: .readAll, intended: intended)
        case .counter: Operation(action: .readCounter, intended: intended)
        case .bank: Operation(action: .balances, intended: intended)
        default: nil
        }
    }

    private mutating func nextAction() -> Operation.Action {
        let bits = draw(0)
        switch kind {
        case .http: return .request
        case .register: return register(bits)
        case .set: return set()
        case .counter:
            return bits % 2 == 0
                ? .increment(1 + Int64(KeyedRandom.scale(bits, below: 5))) : .readCounter
        case .queue: return bits % 2 == 0 ? .enqueue(value) : .dequeue
        case .uniqueIDs: return .generate
        case .bank: return bits % 5 == 0 ? .balances : transfer(bits)
        case .append, .rwRegister: return transaction(bits)
        }
    }

    private func draw(_ lane: UInt64) -> UInt64 {
        random.bits(
            .workload, number: UInt64(incarnation) << 40 | lane << 36 | number,
            lane: UInt16(clamping: client))
    }

    /// No two operations of any client write the same value, a client that was started again included.
    private var value: Int64 {
        Int64(client) << 40 | Int64(incarnation & 0xFF) << 32 | Int64(number & 0xFFFF_FFFF)
    }

    private func register(_ bits: UInt64) -> Operation.Action {
        let key = Int(KeyedRandom.scale(bits, below: keys))
        switch bits % 10 {
        case 0..<5: return .read(key: key)
        case 9 where comparesAndSets:
            return .compareAndSet(key: key, expect: seen[key], value: value)
        default: return .write(key: key, value: value)
        }
    }

    private mutating func set() -> Operation.Action {
        if added - addedAtRead >= max(20, added / 20) {
            addedAtRead = added
            return .readAll
        }
        added += 1
        return .add(value)
    }

    private func transfer(_ bits: UInt64) -> Operation.Action {
        let from = KeyedRandom.scale(bits, below: accounts)
        let other = draw(1)
        let to = (from + 1 + KeyedRandom.scale(other, below: accounts - 1)) % accounts
        return .transfer(from: Int(from), to: Int(to), amount: 1 + Int64(other % 5))
    }

    /// A value is four times the operation's number, and the place of its step.
    private func transaction(_ bits: UInt64) -> Operation.Action {
        let window = number / (keys * 16) * keys
        var used: Set<Int> = []
        var steps: [Operation.Step] = []
        for place in 0..<(1 + bits % 4) {
            let bits = draw(1 + place)
            let key = Int(window + KeyedRandom.scale(bits, below: keys))
            // A key once a transaction: not every store lets one read what it has just written.
            guard used.insert(key).inserted else { continue }
            let value =
                Int64(client) << 40 | Int64(incarnation & 0xFF) << 32
                | Int64((number * 4 + place) & 0xFFFF_FFFF)
            if bits % 2 == 0 {
                steps.append(.read(key: key))
            } else {
                steps.append(
                    kind == .append
                        ? .append(key: key, value: value) : .write(key: key, value: value))
            }
        }
        return .transaction(steps)
    }

    /// Remembers what an answer told of a key.
    mutating func learn(_ operation: Operation, _ outcome: Outcome) {
        guard comparesAndSets else { return }
        switch (operation.action, outcome) {
        case (.read(let key), .ok(let found)), (.compareAndSet(let key, _, _), .unmet(let found)):
            seen[key] = found.number
        case (.write(let key, let value), .ok), (.compareAndSet(let key, _, let value), .ok):
            seen[key] = value
        default: break
        }
    }
}
