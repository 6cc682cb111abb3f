internal import Foundation
internal import Hummingbird
public import NodeKit

/// `kv`: a replicated key-value store small enough to read in one sitting.
///
/// One member leads: the first of the group. It writes every change to its log, answers once the log is on
/// its disk, and lets the others copy the log from it (*asynchronous* replication). So a write survives the
/// crash of the leader's process, always; it is lost with the leader's disk if no follower had copied it yet.
/// The leader is fixed: while it is away there are no writes, and it comes back because somebody restarts it.
/// A leader that comes back without its disk is followed as it is: its log is another one, and the followers
/// drop theirs. That is what asynchronous replication with a fixed leader means.
///
/// Where to read on, in this order:
/// `Scalar` (values) · `Store` (the state) · `Draft` (what a write decides) · `Replica` (log + state, kept
/// together) · `Follower` (copying) · `Freshness` (how far behind) · `Routes` and `Forwarding` (HTTP) ·
/// `KVMetrics`.
///
/// ## HTTP
///
/// A key is 1 to 128 of `A–Z a–z 0–9 . _ - : ~`. A value is a JSON string (up to 8 KiB), number or boolean.
/// Positions are places in the leader's log: 1, 2, 3 …
///
/// | request | answers |
/// |---|---|
/// | `PUT /kv/KEY` `{"value":5}` | 200 `{"position":17}` once it is on the leader's disk |
/// | `GET /kv/KEY` | 200 `{"position":17,"value":5}` (the position that wrote it), or 404. Any member answers from its own copy: a follower's may be old |
/// | `POST /kv/KEY/cas` `{"expect":5,"value":6}` | 200 `{"position":18}`, or 409 `{"error":…,"position":17,"value":7}` when the value was another. `"expect":null` means "no such key" |
/// | `GET /health` | 200 `{"status":"ok","node":…,"role":…,"leader":…,"position":…}` |
/// | `GET /metrics` | Prometheus text, below |
/// | `GET /log?after=N&identity=I&limit=200&wait=250&from=NAME` | between members: the entries after N; waits up to `wait` ms for one |
/// | `GET /snapshot` | between members: the whole state, for who is too far behind |
///
/// A follower hands writes to the leader and gives its answer back. Every error is `{"error":"…"}` in words.
/// An error of a write also has `"outcome"`: `refused` (it certainly did not and will not happen) or
/// `unknown` (it may have happened: the connection broke or the time was over after it was sent).
///
/// | status | when |
/// |---|---|
/// | 400, 413 | the key, the body or the value is not as above; `refused` |
/// | 503 | the leader cannot be reached (`refused`; at once, or after 0.1 s when it has been silent), did not answer within 0.8 s (`unknown`), or has too much to do (`refused`) |
/// | 507 | the store or the disk is full; `refused` |
///
/// ## Metrics
///
/// `kv_role{role="leader|follower"}` (1 for what this member is, 0 for the other) · `kv_term` (rises by one
/// each time the leader starts) · `kv_log_index` (last entry on this disk) · `kv_applied_index` (last entry in
/// the state that reads see) · `kv_lag_seconds` (reads here may miss what the leader wrote in this time; 0 at
/// the leader; grows while the leader cannot be reached) · `kv_behind_entries` (entries the leader is known to
/// have and this member has not) · `kv_requests_total{op="get|put|cas"}` ·
/// `kv_errors_total{outcome="refused|unknown"}` · `kv_request_duration_seconds` (histogram) · `kv_keys`.
///
/// ## Bounds
///
/// 100,000 keys and 16 MB of keys and values; 1,024 writes waiting for the disk; 512 connections; bodies of
/// 64 KiB. The log keeps the newest snapshot and the entries since the one before it; a snapshot is taken
/// every 20,000 entries, so a log holds at most 40,000 of them and its file at most 512 MB.
public enum KV {
    /// How many entries after a snapshot the next one is taken.
    static let entriesBetweenSnapshots: UInt64 = 20_000

    /// Runs a member until SIGTERM.
    /// - Parameter flaw: a mistake that it is to make now and then while it leads.
    /// - Throws: `KVError` when it cannot start.
    public static func run(_ node: NodeEnvironment, flaw: KVFlaw? = nil) async throws {
        let log = NodeLog(node: node.name)
        let membership = try Membership(node)
        let replica = try openReplica(node, log, membership.leads ? .everyCommit : .soon)
        let part: Routes.Part
        var copying: Task<Void, Never>?
        if membership.leads {
            try await replica.onDisk { try $0.beginTerm() }
            part = .leader(Leader(replica))
            log.info("leading in term \(replica.facts.term), log at \(replica.facts.position)")
        } else {
            let follower = Follower(
                node: node, leader: PeerClient(membership.leader), replica: replica, log: log)
            let forwarding = Forwarding(node: node, leader: PeerClient(membership.leader))
            part = .follower(follower, forwarding)
            copying = Task { await follower.run() }
            log.info("following \(membership.leader.name), log at \(replica.facts.position)")
        }
        let routes = Routes(
            node: node, membership: membership, replica: replica, part: part,
            flaw: membership.leads ? flaw.map { Flaw($0) } : nil)
        if let flaw { log.warning("making mistakes on purpose: \(flaw.rawValue)") }
        try await serve(routes, node, log)
        copying?.cancel()
        await copying?.value
        try await replica.onDisk { try $0.close() }
        log.info("stopped")
    }

    private static func serve(
        _ routes: Routes, _ node: NodeEnvironment, _ log: NodeLog
    ) async throws {
        do {
            try await HTTPService(address: node.ip, port: node.port, log: log)
                .run(routes.router(log)) { log.info("serving http://\(node.ip):\(node.port)") }
        } catch {
            throw KVError.cannotServe("\(node.ip):\(node.port)", "\(error)")
        }
    }

    /// Only the leader answers for what is on its disk; a follower copies anew what it lost.
    private static func openReplica(
        _ node: NodeEnvironment, _ log: NodeLog, _ durability: DurableLog.Durability
    ) throws -> Replica {
        let path = node.data + "/kv.sqlite"
        do {
            try FileManager.default.createDirectory(
                atPath: node.data, withIntermediateDirectories: true)
            return try Replica(
                log: DurableLog(path: path, durability: durability),
                broken: { Self.failStop(log, $0) })
        } catch {
            throw KVError.cannotOpen(path, "\(error)")
        }
    }

    /// After a failed write to the disk nothing in memory can be trusted to match it.
    private static func failStop(_ log: NodeLog, _ why: String) {
        log.warning("ending this process, to read the log anew when it is restarted: \(why)")
        exit(74)
    }
}

/// Why a member cannot start.
public enum KVError: Error, CustomStringConvertible {
    /// The fixed leader is not among the peers.
    case noLeader(String)
    /// The log at a path cannot be opened, and why.
    case cannotOpen(String, String)
    /// An address cannot be listened on, and why.
    case cannotServe(String, String)

    /// One sentence.
    public var description: String {
        switch self {
        case .noLeader(let name): "the leader \(name) is not in SQUALL_PEERS"
        case .cannotOpen(let path, let why): "cannot open \(path): \(why)"
        case .cannotServe(let address, let why): "cannot serve \(address): \(why)"
        }
    }
}
