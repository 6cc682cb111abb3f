import Cluster

/// Keys of the events.
extension Interaction {
    mutating func onEvents(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"), .wheelUp: choose(-1, state)
        case .down, .character("j"), .wheelDown: choose(1, state)
        case .pageUp, .control("u"): choose(-10, state)
        case .pageDown, .control("d"): choose(10, state)
        case .character("g"): choose(-Core.keptNews, state)
        case .character("G"): choose(Core.keptNews, state)
        case .character("e"):
            view.events.kinds = view.events.kinds.next
            view.events.chosen = nil
        case .character("o"):
            let node = EventList(state.core, view).current?.node ?? view.cursor
            view.marks = view.marks.isEmpty ? Set(node.map { [$0] } ?? []) : []
            view.events.chosen = nil
        case .character("v"): return visit(state)
        case .enter:
            if let node = EventList(state.core, view).current?.node { view.cursor = node }
            show(.node)
        default: return nil
        }
        return []
    }

    private mutating func choose(_ step: Int, _ state: ClusterState) {
        let list = EventList(state.core, view)
        guard let index = list.index else { return }
        view.events = list.choosing(index + step, view.events)
        if let node = EventList(state.core, view).current?.node { view.cursor = node }
    }

    /// Shows the moment of the event on the timeline; a recording goes there.
    private mutating func visit(_ state: ClusterState) -> [Outcome] {
        guard let item = EventList(state.core, view).current else { return [] }
        show(.timeline)
        if case .replay = view.source { return [.playback(.to(item.at))] }
        goTo(item.at)
        return []
    }
}
