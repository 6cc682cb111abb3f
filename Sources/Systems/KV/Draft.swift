/// What a client asks the leader to change.
enum Write: Equatable, Sendable {
    case put(key: String, value: Scalar)
    /// Only if the key has the value `expect` now; nil: only if there is no such key.
    case compareAndSet(key: String, expect: Scalar?, value: Scalar)
}

/// What became of a write.
enum WriteResult: Equatable, Sendable {
    /// It is in the log at this position.
    case done(UInt64)
    /// The value was another one; nil: there was no such key.
    case mismatch(Store.Pair?)
    /// It would exceed a bound of the store, or the disk is full; it did not happen.
    case full(String)
    /// Too many writes were waiting already; it did not happen.
    case busy
    /// The disk failed while it was written. Nobody knows.
    case unknown(String)
}

extension WriteResult {
    /// What a client may conclude if it was an error; nil: it was none.
    var outcome: Answers.Outcome? {
        switch self {
        case .done, .mismatch: nil
        case .full, .busy: .refused
        case .unknown: .unknown
        }
    }
}

/// Decides a batch of writes, one after the other, before any of them is durable. Each sees what the ones
/// before it will have done; nobody else does, until the batch is on the disk.
struct Draft {
    private let store: Store
    private let term: UInt64
    private var changed: [String: Store.Pair] = [:]
    private var newKeys = 0
    private var newBytes = 0
    /// The entries to append.
    private(set) var entries: [Assignment] = []

    init(on store: Store, term: UInt64) {
        self.store = store
        self.term = term
    }

    mutating func decide(_ write: Write) -> WriteResult {
        switch write {
        case .put(let key, let value):
            return assign(key, value)
        case .compareAndSet(let key, let expect, let value):
            let now = current(key)
            return now?.value == expect ? assign(key, value) : .mismatch(now)
        }
    }

    private func current(_ key: String) -> Store.Pair? {
        changed[key] ?? store[key]
    }

    private mutating func assign(_ key: String, _ value: Scalar) -> WriteResult {
        let old = current(key)
        let growth = Store.growth(key: key, from: old?.value, to: value)
        if old == nil, store.pairs.count + newKeys >= Store.mostKeys {
            return .full("the store holds \(Store.mostKeys) keys already")
        }
        if growth > 0, store.bytes + newBytes + growth > Store.mostBytes {
            return .full("the store holds \(Store.mostBytes >> 20) MB already")
        }
        let position = store.position + UInt64(entries.count) + 1
        entries.append(Assignment(position: position, term: term, key: key, value: value))
        changed[key] = Store.Pair(value: value, position: position)
        newKeys += old == nil ? 1 : 0
        newBytes += growth
        return .done(position)
    }
}
