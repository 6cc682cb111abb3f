import Cluster

/// Keys of the replication screen: those of the table, in the order of this screen.
extension Interaction {
    mutating func onReplication(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"), .wheelUp: moveCopy(-1, state)
        case .down, .character("j"), .wheelDown: moveCopy(1, state)
        case .home, .character("g"): moveCopy(-10_000, state)
        case .end, .character("G"): moveCopy(10_000, state)
        case .pageUp, .control("u"): moveCopy(-8, state)
        case .pageDown, .control("d"): moveCopy(8, state)
        case .character("w"): view.replication.isLong.toggle()
        case .character(" "):
            guard let node = Arrangement(state, view).current else { return [] }
            if view.marks.remove(node.id) == nil { view.marks.insert(node.id) }
            moveCopy(1, state)
        case .character("\\"): view.marks = []
        case .enter: show(.node)
        default: return onNodeVerb(input, state: state)
        }
        return []
    }

    private mutating func moveCopy(_ step: Int, _ state: ClusterState) {
        let roster = Arrangement(state, view)
        let rows = ReplicationPlan(roster.shown, state).rows
        guard !rows.isEmpty else { return }
        let here = rows.firstIndex { $0.id == roster.current?.id } ?? 0
        view.cursor = rows[min(max(0, here + step), rows.count - 1)].id
    }
}
