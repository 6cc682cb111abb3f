import Cluster

/// Who copies whom: the nodes of the replication screen, in its order. Nodes with the same label `shard`
/// belong together; where nobody has one, all do.
struct ReplicationPlan {
    /// A set of copies of the same data, or nodes that have none.
    struct Section: Equatable {
        /// What its line says of it.
        let title: String
        /// Who leads, by name; two of them are one too many.
        let leaders: [NodeState]
        /// Everybody in it, leaders first, then in the order of definition.
        let members: [NodeState]
        /// Whether its members copy from each other.
        let copies: Bool
        /// The furthest position that somebody told; `nil` where nobody tells one.
        let furthest: UInt64?
        /// The greatest lag, in seconds; at least a second.
        let worstLag: Double

        /// Looks once at everybody: each of them is drawn against the others.
        init(title: String, leaders: [NodeState], members: [NodeState], copies: Bool) {
            self.title = title
            self.leaders = leaders
            self.members = members
            self.copies = copies
            var furthest: UInt64 = 0
            var worst = 1.0
            for place in members.indices {
                furthest = max(furthest, members[place].sample.position)
                let lag = Double(members[place].sample.lag)
                if lag.isFinite { worst = max(worst, lag) }
            }
            self.furthest = furthest > 0 ? furthest : nil
            worstLag = worst
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
