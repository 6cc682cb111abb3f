internal import NodeKit
internal import Synchronization

/// Copies the leader's log: asks for what follows its own last entry, writes that to its own log, asks
/// again. The leader keeps a question a moment when there is nothing new, so that entries arrive at once and
/// an idle follower asks four times a second.
///
/// The follower pulls. So the leader need not remember anybody, and a follower that was away simply asks
/// from where it was.
final class Follower: Sendable {
    /// How long an answer may take. Long, so that a slow line is followed slowly instead of not at all;
    /// the lag grows long before.
    static let patience: Duration = .seconds(3)

    private let name: String
    private let seed: UInt64
    private let leader: PeerClient
    private let replica: Replica
    private let log: NodeLog
    private let freshness: Mutex<Freshness>

    init(
        node: NodeEnvironment, leader: PeerClient, replica: Replica, log: NodeLog
    ) {
        name = node.name
        seed = node.seed &+ UInt64(node.index)
        self.leader = leader
        self.replica = replica
        self.log = log
        freshness = Mutex(Freshness(start: .now))
    }

    /// How far behind this copy may be, and how many entries it knows to be missing.
    var lag: (time: Duration, entries: UInt64) {
        freshness.withLock { ($0.lag(now: .now), $0.behind) }
    }

    /// Whether the leader should have been heard by now.
    var leaderIsSilent: Bool {
        freshness.withLock { $0.isSilent(now: .now) }
    }

    /// Copies until the task is cancelled.
    func run() async {
        var backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(200), seed: seed)
        var lostAt: ContinuousClock.Instant? = .now
        var warned = false
        while !Task.isCancelled {
            do {
                let behind = try await copyOnce()
                backoff.reset()
                if let since = lostAt, behind == 0 {
                    let gone = (since.duration(to: .now).inSeconds * 10).rounded() / 10
                    log.info(
                        "has all that \(leader.peer.name) has, at \(replica.facts.position), "
                            + "after \(gone) s")
                    lostAt = nil
                    warned = false
                }
            } catch {
                if Task.isCancelled { return }
                if !warned { log.warning("cannot copy: \(error); trying again") }
                warned = true
                lostAt = lostAt ?? .now
                try? await Task.sleep(for: backoff.wait())
            }
        }
    }

    /// Asks once and writes down what came.
    /// - Returns: how many entries are still missing.
    private func copyOnce() async throws -> UInt64 {
        let facts = replica.facts
        let asked = ContinuousClock.now
        let wait = Leader.longestWait.inSeconds * 1_000
        let answer = try await ask(
            "/log?after=\(facts.position)&identity=\(facts.identity)"
                + "&limit=\(Leader.longestPage)&wait=\(Int(wait))&from=\(name)")
        let page = try JSON.read(Leader.Page.self, answer.body)
        if let entries = page.entries {
            try await replica.onDisk { replica in
                try replica.append(entries)
                replica.heard(term: page.term)
            }
        } else {
            try await takeSnapshot(page)
        }
        let position = replica.facts.position
        let behind = page.last > position ? page.last - position : 0
        freshness.withLock {
            $0.heard(
                asked: asked, held: .milliseconds(Int64(page.held)), now: .now, behind: behind)
        }
        return behind
    }

    /// This log is no beginning of the leader's, or too old: take the leader's state as it is.
    private func takeSnapshot(_ page: Leader.Page) async throws {
        let facts = replica.facts
        if facts.identity != page.identity, facts.position > 0 {
            log.warning(
                "the leader's log is another one (\(page.identity), mine is \(facts.identity)): "
                    + "dropping my \(facts.position) entries")
        }
        let answer = try await ask("/snapshot", within: .seconds(10))
        let snapshot = try JSON.read(Leader.Snapshot.self, answer.body)
        try await replica.onDisk { replica in
            try replica.become(identity: snapshot.identity, snapshot.store)
            replica.heard(term: page.term)
        }
        if snapshot.store.position > 0 {
            log.info("took the leader's state at position \(snapshot.store.position)")
        }
    }

    private func ask(_ path: String, within time: Duration = patience) async throws -> PeerAnswer {
        let answer = try await leader.send(PeerRequest("GET", path), within: time)
        guard answer.status == 200 else {
            throw PeerError.noAnswer(
                "\(leader.peer.name) answered \(answer.status): \(answer.text)")
        }
        return answer
    }
}
