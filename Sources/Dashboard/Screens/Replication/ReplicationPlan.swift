import Cluster

/// Who copies whom: the nodes of the replication screen, in its order. Nodes with the same label `shard`
/// belong together; where nobody has one, all do.
struct ReplicationPlan {
    /// A set of copies of the same data, or nodes that have none.
    struct Section: Equatable {
        /// What its line says of it.
        var title: String
        /// Who leads, by name; two of them are one too many.
        var leaders: [NodeState]
        /// Everybody in it, leaders first, then in the order of definition.
        var members: [NodeState]
        /// Whether its members copy from each other.
        var copies: Bool

        /// The furthest position that somebody told; `nil` where nobody tells one.
        var furthest: UInt64? {
            let told = members.map(\.sample.position).filter { $0 > 0 }
            return told.max()
        }

        /// The greatest lag, in seconds; at least a second.
        var worstLag: Double {
            let told = members.map { Double($0.sample.lag) }.filter { $0.isFinite }
            return max(1, told.max() ?? 0)
        }
    }

    let sections: [Section]

    /// All rows, in the order of the screen.
    var rows: [NodeState] { sections.flatMap(\.members) }

    init(_ shown: [NodeState], _ state: ClusterState) {
        let voters = Set(state.core.voters)
        var shards: [String: [NodeState]] = [:]
        var watching: [NodeState] = []
        var others: [NodeState] = []
        for node in shown {
            switch node.role.role {
            case .unknown, .none:
                // Who is gone keeps the place that it had.
                let last = state.series?.story(node.id).lastRole
                guard last != .observer else {
                    watching.append(node)
                    continue
                }
                guard last != nil || voters.contains(node.id) else {
                    others.append(node)
                    continue
                }
                fallthrough
            case .leader, .follower, .candidate:
                let shard = node.description.labels.first { $0.key == "shard" }?.value ?? ""
                shards[shard, default: []].append(node)
            case .observer: watching.append(node)
            }
        }
        var sections: [Section] = []
        for shard in shards.keys.sorted() {
            let members = shards[shard] ?? []
            let leaders = members.filter(ReplicationPlan.leads)
            let title = shard.isEmpty ? "copies" : "shard \(shard)"
            sections.append(
                Section(
                    title: title, leaders: leaders,
                    members: leaders + members.filter { !ReplicationPlan.leads($0) }, copies: true))
        }
        if !watching.isEmpty {
            sections.append(
                Section(title: "watching", leaders: [], members: watching, copies: false))
        }
        if !others.isEmpty {
            let title = sections.isEmpty ? "nobody tells a role" : "without a role"
            sections.append(Section(title: title, leaders: [], members: others, copies: false))
        }
        self.sections = sections
    }

    private static func leads(_ node: NodeState) -> Bool {
        node.role.role == .leader && node.phase.isUp
    }
}

extension Story {
    /// The last role that was told; `nil` where none ever was.
    fileprivate var lastRole: StoryMark? {
        for index in stride(from: changes.count - 1, through: max(0, changes.count - 64), by: -1) {
            let mark = changes[index].mark
            if [.leader, .follower, .candidate, .observer].contains(mark) { return mark }
        }
        return nil
    }
}
