import Cluster

/// Keys of the network's matrix: rows send, columns receive.
extension Interaction {
    mutating func onMatrix(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"), .wheelUp: moveLink(row: -1, column: 0, state)
        case .down, .character("j"), .wheelDown: moveLink(row: 1, column: 0, state)
        case .left, .character("h"): moveLink(row: 0, column: -1, state)
        case .right, .character("l"): moveLink(row: 0, column: 1, state)
        case .character(" "): markSender(state)
        case .character("\\"):
            view.marks = []
            view.corner = nil
        case .character("V"):
            guard view.corner == nil else {
                view.corner = nil
                break
            }
            view.corner = Arrangement(state, view).place
        case .character("v"): view.isMap.toggle()
        case .character("x"): return cut(both: true, state)
        case .character("X"): return cut(both: false, state)
        case .character("d"): return form("delay", state)
        case .character("o"): return form("loss", state)
        case .character("b"): return form("limit", state)
        case .character("p"): openSides(state)
        case .character("f"): open(.menu)
        case .enter:
            if let link = Arrangement(state, view).currentLink { view.cursor = link.from }
            show(.node)
        default: return nil
        }
        return []
    }

    private mutating func form(_ verb: String, _ state: ClusterState) -> [Outcome] {
        guard Arrangement(state, view).currentLink != nil else { return remark("no link here yet") }
        openForm(verb, state)
        return []
    }

    /// Cuts every direction of the block, where there is one.
    mutating func cutBlock(both: Bool, _ state: ClusterState) -> [Outcome]? {
        guard let block = Arrangement(state, view).block else { return nil }
        view.corner = nil
        return run(
            both
                ? "cut between \(block.from) and \(block.to)"
                : "cut from \(block.from) to \(block.to)", state: state)
    }

    /// Cuts the pair under the cursor, or heals the cut that is there.
    private mutating func cut(both: Bool, _ state: ClusterState) -> [Outcome] {
        if let outcomes = cutBlock(both: both, state) { return outcomes }
        guard let link = Arrangement(state, view).currentLink else {
            return remark("no link here: a node reaches itself")
        }
        let held = active(state) { spec, fault in
            guard case .link(.cut, _, _) = spec else { return false }
            return fault.record.links.contains(link)
        }
        if let held { return run("heal \(held.label)", state: state) }
        let from = state.core.nodes[Int(link.from.index)].name
        let to = state.core.nodes[Int(link.to.index)].name
        return run(
            both ? "cut between \(from) and \(to)" : "cut from \(from) to \(to)", state: state)
    }

    private mutating func markSender(_ state: ClusterState) {
        guard let sender = Arrangement(state, view).sender else { return }
        if view.marks.remove(sender) == nil { view.marks.insert(sender) }
    }

    private mutating func moveLink(row: Int, column: Int, _ state: ClusterState) {
        let roster = Arrangement(state, view)
        let machines = roster.machines
        guard machines.count > 1 else { return }
        let last = machines.count - 1
        let from = min(max(0, roster.linkRow + row), last)
        let to = min(max(0, roster.linkColumn + column), last)
        view.link = LinkID(from: machines[from].id, to: machines[to].id)
        if !machines[from].isClient { view.cursor = machines[from].id }
    }
}
