/// How the cluster is, in one word, and what decided it.
///
/// Voters are the nodes that tell a role of consensus (leader, follower, candidate) and all nodes of
/// the groups where anybody ever did, observers excepted: a node that is gone still counts in the
/// majority that it is missing from. Where nodes carry a label `shard`, each shard is judged by itself.
public struct Health: Equatable, Sendable {
    /// The word.
    public var status: Status
    /// Voters that are ready.
    public var votersReady: Int
    /// All voters; 0 where nobody tells a role.
    public var voters: Int
    /// Who says that it leads, and runs.
    public var leaders: [NodeID]
    /// Nodes that are ready.
    public var nodesReady: Int
    /// All nodes; clients do not count.
    public var nodes: Int

    /// From the first moment to the last.
    public enum Status: String, Sendable, CaseIterable {
        /// Not every node was ready yet.
        case starting = "STARTING"
        /// Every node is ready, and no fault acts but the weather.
        case healthy = "HEALTHY"
        /// It works, but a node is not ready, nobody leads, or a fault acts.
        case degraded = "DEGRADED"
        /// No majority of the voters is ready and mutually reachable; or no node is ready at all.
        case noQuorum = "NO QUORUM"
        /// Two nodes say that they lead.
        case split = "SPLIT"
        /// The run is over.
        case ended = "ENDED"
    }

    /// For a line of plain text: "DEGRADED   voters 2/3".
    public var words: String {
        voters > 0
            ? "\(status.rawValue)   voters \(votersReady)/\(voters)"
            : "\(status.rawValue)   ready \(nodesReady)/\(nodes)"
    }
}

extension Core {
    /// How the cluster is now. O(nodes) where nothing is cut.
    public var health: Health {
        // By place, and not by `isClient`, which is asked of a copy: a node's state is large, and copies of a
        // thousand of them take longer than all else.
        let all = nodes.indices.count { nodes[$0].description.kind != .client }
        let ready = nodes.indices.count {
            nodes[$0].description.kind != .client && nodes[$0].phase == .ready
        }
        let voting = voters
        return Health(
            status: status(ready: ready, of: all, voters: voting),
            votersReady: voting.count(where: isReady), voters: voting.count, leaders: leaders,
            nodesReady: ready, nodes: all)
    }

    private func status(ready: Int, of count: Int, voters: [NodeID]) -> Health.Status {
        if ended != nil { return .ended }
        if allReadyAt == nil { return .starting }
        let shards = shards(of: voters)
        let isSplit = shards.contains { shard in shard.filter(leads).count > 1 }
        if isSplit { return .split }
        if count > 0, ready == 0 { return .noQuorum }
        if !shards.allSatisfy({ $0.isEmpty || hasQuorum($0) }) { return .noQuorum }
        let leaderless = shards.contains { !$0.isEmpty && !$0.contains(where: leads) }
        let isFaulted = faults.contains { $0.isActive && !$0.record.weather }
        return ready < count || leaderless || isFaulted ? .degraded : .healthy
    }

    /// Nodes that say they lead, and run; in order.
    public var leaders: [NodeID] {
        nodes.indices.compactMap { leads(nodes[$0].id) ? nodes[$0].id : nil }
    }

    private func leads(_ node: NodeID) -> Bool {
        index(of: node).map { nodes[$0].role.role == .leader && nodes[$0].phase.isUp } ?? false
    }

    /// Nodes whose majority decides; see `Health`.
    public var voters: [NodeID] {
        guard !votingGroups.isEmpty else { return [] }
        return nodes.indices.compactMap { index in
            guard nodes[index].description.kind != .client, nodes[index].role.role != .observer,
                votingGroups.contains(nodes[index].description.group)
            else { return nil }
            return nodes[index].id
        }
    }

    /// Voters by their label `shard`; one set where there is none.
    private func shards(of voters: [NodeID]) -> [[NodeID]] {
        var shards: [String: [NodeID]] = [:]
        for voter in voters {
            let label = nodes[Int(voter.index)].description.labels.first { $0.key == "shard" }
            shards[label?.value ?? "", default: []].append(voter)
        }
        return shards.keys.sorted().compactMap { shards[$0] }
    }

    /// True when a majority of the voters (of every shard) is ready and mutually reachable; `nil`
    /// where nobody votes.
    public var quorum: Bool? {
        let shards = shards(of: voters)
        return shards.isEmpty ? nil : shards.allSatisfy(hasQuorum)
    }

    /// Whether some ready voter reaches a majority, itself included, in both directions.
    private func hasQuorum(_ voters: [NodeID]) -> Bool {
        let ready = voters.filter(isReady)
        let needed = voters.count / 2 + 1
        guard ready.count >= needed else { return false }
        let cuts = cuts
        if cuts.isEmpty { return true }
        return ready.contains { one in
            ready.filter { $0 == one || !cuts.separate(one, $0) }.count >= needed
        }
    }

    /// The greatest number of nodes that said they lead in one term; `nil` where terms are not told.
    public var leadersPerTerm: Int? { leadersByTerm.values.map(\.count).max() }

    /// How many separate groups the nodes are in, by the cuts that act now: two nodes are in one when
    /// packets pass both ways between them, perhaps over others. 0 without nodes.
    public var groups: Int {
        let all = nodes.filter { !$0.isClient }.map(\.id)
        let cuts = cuts
        if cuts.isEmpty { return all.isEmpty ? 0 : 1 }
        var unseen = all
        var groups = 0
        while let first = unseen.popLast() {
            groups += 1
            var reached = [first]
            while let node = reached.popLast() {
                var left: [NodeID] = []
                for other in unseen {
                    if cuts.separate(node, other) {
                        left.append(other)
                    } else {
                        reached.append(other)
                    }
                }
                unseen = left
            }
        }
        return groups
    }

    /// The links that active faults cut for every packet.
    private var cuts: Cuts {
        Cuts(
            faults.filter { fault in
                guard fault.isActive else { return false }
                switch fault.spec {
                case .partition, .isolate, .unplug, .link(.cut, _, only: nil): return true
                default: return false
                }
            })
    }
}

/// Links that are cut, for many questions.
private struct Cuts {
    private var blocks: [(from: Set<NodeID>, to: Set<NodeID>)]

    init(_ faults: [FaultState]) {
        blocks = faults.flatMap(\.record.links.blocks).map { (Set($0.from), Set($0.to)) }
    }

    var isEmpty: Bool { blocks.isEmpty }

    /// Whether packets do not pass both ways.
    func separate(_ a: NodeID, _ b: NodeID) -> Bool {
        a != b
            && blocks.contains { block in
                block.from.contains(a) && block.to.contains(b)
                    || block.from.contains(b) && block.to.contains(a)
            }
    }
}
