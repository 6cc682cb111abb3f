internal import Cluster

/// The logs of all nodes: who leads which, where its head was when, and which one goes on in which
/// other; pure.
struct Streams: Sendable {
    /// One log.
    struct Log: Equatable, Sendable {
        /// The node that leads it, or did last.
        var leader: NodeID
        var term: UInt64
        var history = PositionHistory()
    }

    /// Logs that nobody leads any more are kept up to this many: they are what nodes that were cut
    /// off still have.
    static let keptOrphans = 64

    private(set) var logs: [String: Log] = [:]
    /// The log in which another one goes on, and up to where they are the same.
    private var successors: [String: (name: String, upTo: UInt64)] = [:]

    /// A node says that it leads a log and where its head is.
    ///
    /// Where two say so, the one of the later term counts; without terms the one that was first. One
    /// that has fallen silent does not stand in the way of another, whatever its term.
    /// - Parameter isLeading: whether a node says so still, and answers.
    mutating func lead(
        _ stream: Reading.Stream, _ node: NodeID, term: UInt64?, position: UInt64, at moment: Int64,
        isLeading: (NodeID, String) -> Bool
    ) {
        let term = term ?? 0
        var log = logs[stream.name] ?? begin(stream, leader: node, term: term, isLeading)
        if log.leader != node, term <= log.term, isLeading(log.leader, stream.name) { return }
        log.leader = node
        log.term = term
        log.history.append(position, at: moment)
        logs[stream.name] = log
    }

    /// The log with which a node's position in `name` can be compared; `nil` when there is none.
    /// - Parameters:
    ///   - isClaimed: whether a node said that it leads a log when it last said anything.
    ///   - isSilent: whether a node does not answer.
    func log(
        _ name: String, position: UInt64, isClaimed: (NodeID, String) -> Bool,
        isSilent: (NodeID) -> Bool
    ) -> Log? {
        var name = name
        // A chain is as long as there were failovers; none leads back.
        for _ in 0...Self.keptOrphans {
            let log = logs[name]
            if let log, isClaimed(log.leader, name), !isSilent(log.leader) { return log }
            guard let successor = successors[name] else {
                guard let log, isClaimed(log.leader, name) else { return nil }
                return log
            }
            guard position <= successor.upTo else { return nil }
            name = successor.name
        }
        return nil
    }

    private mutating func begin(
        _ stream: Reading.Stream, leader: NodeID, term: UInt64,
        _ isLeading: (NodeID, String) -> Bool
    ) -> Log {
        var log = Log(leader: leader, term: term)
        if let earlier = stream.continued, earlier != stream.name {
            successors[earlier] = (stream.name, stream.continuedTo)
            if let before = logs[earlier] { log.history = before.history.upTo(stream.continuedTo) }
        }
        if logs.count >= Self.keptOrphans { dropOldest(isLeading) }
        return log
    }

    private mutating func dropOldest(_ isLeading: (NodeID, String) -> Bool) {
        let orphans = logs.filter { !isLeading($0.value.leader, $0.key) }
        guard orphans.count >= Self.keptOrphans else { return }
        let oldest = orphans.min { a, b in
            (a.value.history.head?.at ?? 0, a.key) < (b.value.history.head?.at ?? 0, b.key)
        }
        guard let oldest else { return }
        logs[oldest.key] = nil
        successors = successors.filter { logs[$0.value.name] != nil }
    }
}
