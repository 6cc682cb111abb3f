internal import NodeKit

/// What only the leader does: decide writes, and hand out the log.
final class Leader: Sendable {
    /// Entries after a position, as followers get them.
    struct Page: Codable, Equatable, Sendable {
        var identity: String
        var term: UInt64
        /// The leader's last entry when it answered.
        var last: UInt64
        /// How long the leader waited for an entry before it answered, in milliseconds.
        var held: Double
        /// nil: the follower's log is not a beginning of the leader's, or the entries are gone. It needs the
        /// snapshot.
        var entries: [Assignment]?
    }

    /// The whole state, as followers get it.
    struct Snapshot: Codable, Equatable, Sendable {
        var identity: String
        var store: Store
    }

    static let mostWaiting = 1_024
    static let largestBatch = 256
    static let longestPage = 200
    static let longestWait: Duration = .milliseconds(250)

    private let replica: Replica
    private let writes: BatchQueue<Write, WriteResult>

    init(_ replica: Replica) {
        self.replica = replica
        writes = BatchQueue(
            limit: Self.mostWaiting, largestBatch: Self.largestBatch, queue: replica.disk
        ) {
            Self.commit($0, to: replica)
        }
    }

    /// Gives an answer once the write is on this disk, or certainly not.
    func submit(_ write: Write) async -> WriteResult {
        await writes.submit(write) ?? .busy
    }

    /// On the disk queue: decides a batch, writes it with one fsync, then answers.
    static func commit(_ writes: [Write], to replica: Replica) -> [WriteResult] {
        var draft = Draft(on: replica.store, term: replica.facts.term)
        let results = writes.map { draft.decide($0) }
        let entries = draft.entries
        // Lets go of the old state, so that applying to it need not copy it.
        draft = Draft(on: Store(), term: 0)
        do {
            try replica.append(entries)
            return results
        } catch {
            return results.map { result in
                guard case .done = result else { return result }
                if case .full(let why) = error { return .full(why) }
                return .unknown("\(error)")
            }
        }
    }

    /// What follows `position` in the log `identity`, waiting a moment for news if there is none.
    func page(
        after position: UInt64, of identity: String, limit: Int, wait: Duration
    ) async throws -> Page {
        let asked = ContinuousClock.now
        let fits = identity == replica.facts.identity
        if fits, position == replica.facts.position {
            await replica.watch.wait(past: position, atMost: min(wait, Self.longestWait))
        }
        let held = ContinuousClock.now - asked
        let entries =
            fits && position <= replica.facts.position
            ? try replica.entries(after: position, limit: min(limit, Self.longestPage)) : nil
        let facts = replica.facts
        return Page(
            identity: facts.identity, term: facts.term,
            last: max(facts.position, entries?.last?.position ?? 0),
            held: held.inSeconds * 1_000, entries: entries)
    }

    func snapshot() -> Snapshot {
        Snapshot(identity: replica.facts.identity, store: replica.store)
    }
}
