internal import Dispatch
internal import NodeKit
internal import Synchronization

/// A member's log and the state it adds up to, kept together by one rule: *first the disk, then the state*.
/// What a read sees, a restart finds again.
///
/// All writing happens on one serial queue, `disk`. Reads take the state as it is.
final class Replica: Sendable {
    /// What is told from outside without waiting for the disk.
    struct Facts: Equatable, Sendable {
        /// Which log this is a copy of.
        var identity: String
        var term: UInt64
        /// The last entry that reads see here; it is on this disk.
        var position: UInt64
        var keys: Int
    }

    private struct Memory {
        var store: Store
        var identity: String
        var term: UInt64
        var snapshotAt: UInt64
    }

    let disk = DispatchQueue(label: "kv-disk")
    /// Wakes followers that wait for the next entry.
    let watch: PositionWatch

    private let log: DurableLog
    private let memory: Mutex<Memory>
    private let entriesBetweenSnapshots: UInt64
    private let broken: @Sendable (String) -> Void

    /// Reads the log and rebuilds the state from it.
    /// - Parameter broken: told when the disk can no longer be trusted.
    init(
        log: DurableLog, entriesBetweenSnapshots: UInt64 = KV.entriesBetweenSnapshots,
        broken: @escaping @Sendable (String) -> Void
    ) throws {
        let about = try log.about()
        let snapshot = try log.snapshot()
        var store = try snapshot.map { try JSON.read(Store.self, $0.state) } ?? Store()
        while let entries = try log.entries(after: store.position, limit: 1_000), !entries.isEmpty {
            for entry in entries { store.apply(try Assignment(entry)) }
        }
        self.log = log
        self.entriesBetweenSnapshots = entriesBetweenSnapshots
        self.broken = broken
        watch = PositionWatch(position: store.position)
        memory = Mutex(
            Memory(
                store: store, identity: about.identity, term: about.term,
                snapshotAt: snapshot?.position ?? 0))
    }

    var facts: Facts {
        memory.withLock {
            Facts(
                identity: $0.identity, term: $0.term, position: $0.store.position,
                keys: $0.store.pairs.count)
        }
    }

    /// The whole state, as of now.
    var store: Store { memory.withLock { $0.store } }

    func read(_ key: String) -> Store.Pair? {
        memory.withLock { $0.store[key] }
    }

    /// Entries after `position` that are on the disk; nil when they have been compacted away.
    func entries(after position: UInt64, limit: Int) throws -> [Assignment]? {
        try log.entries(after: position, limit: limit)?.map { try Assignment($0) }
    }

    // MARK: on the disk queue

    /// Starts a new term, as a leader does each time it starts.
    func beginTerm() throws {
        let term = try log.beginTerm()
        memory.withLock { $0.term = term }
    }

    /// Makes entries durable, then visible. They must follow the last one.
    func append(_ entries: [Assignment]) throws(DurableLogError) {
        guard let last = entries.last else { return }
        let rows: [LogEntry]
        do {
            rows = try entries.map { try $0.logEntry() }
        } catch {
            throw .broken("\(error)")
        }
        try guarded { () throws(DurableLogError) in try log.append(rows) }
        memory.withLock { memory in
            for entry in entries { memory.store.apply(entry) }
            memory.term = max(memory.term, last.term)
        }
        watch.advance(to: last.position)
        compactIfLong()
    }

    /// Becomes a copy of another member's log: what was here is thrown away.
    func become(identity: String, _ store: Store) throws {
        let state = try JSON.text(store)
        try guarded { () throws(DurableLogError) in
            try log.become(
                identity: identity,
                from: LogSnapshot(position: store.position, term: store.term, state: state))
        }
        memory.withLock {
            $0 = Memory(
                store: store, identity: identity, term: store.term, snapshotAt: store.position)
        }
        watch.advance(to: store.position)
    }

    /// Follows the leader into its term.
    func heard(term: UInt64) {
        memory.withLock { $0.term = max($0.term, term) }
    }

    func close() throws {
        try log.close()
    }

    private func compactIfLong() {
        let (store, since) = memory.withLock { ($0.store, $0.store.position - $0.snapshotAt) }
        guard since >= entriesBetweenSnapshots, let state = try? JSON.text(store) else { return }
        let snapshot = LogSnapshot(position: store.position, term: store.term, state: state)
        // Without room for a snapshot the log is still right, only long; the next entry tries again.
        guard (try? guarded { () throws(DurableLogError) in try log.compact(snapshot) }) != nil
        else { return }
        memory.withLock { $0.snapshotAt = store.position }
    }

    private func guarded(_ body: () throws(DurableLogError) -> Void) throws(DurableLogError) {
        do {
            try body()
        } catch {
            if case .broken(let why) = error { broken(why) }
            throw error
        }
    }
}

extension Replica {
    /// Does something on the disk queue and waits for it.
    func onDisk<T: Sendable>(
        _ body: @escaping @Sendable (Replica) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            disk.async { continuation.resume(with: Result { try body(self) }) }
        }
    }
}
