import Cluster

/// Keys of the merged log.
extension Interaction {
    mutating func onLogs(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"), .wheelUp: scroll(1, state)
        case .down, .character("j"), .wheelDown: scroll(-1, state)
        case .pageUp, .control("u"), .character("b"): scroll(15, state)
        case .pageDown, .control("d"), .character(" "): scroll(-15, state)
        case .home, .character("g"): scroll(LogTail.kept + Core.keptNews, state)
        case .character("{"): return jump(state, isAfter: false)
        case .character("}"): return jump(state, isAfter: true)
        case .character("e"):
            let levels: [LogLevel?] = [nil, .warning, .error]
            let place = levels.firstIndex(of: view.least) ?? 0
            view.least = levels[(place + 1) % levels.count]
            view.scrolled = 0
        case .end, .character("G"): view.scrolled = 0
        case .character("c") where !view.filter.isEmpty: view.filter = Filter()
        case .character("o"): only(state)
        case .left: step(-1, state)
        case .right: step(1, state)
        default: return nil
        }
        return []
    }

    private mutating func scroll(_ lines: Int, _ state: ClusterState) {
        let last = MergedLog(state.core, view).rows.count - 1
        view.scrolled = max(0, min(last, view.scrolled + lines))
    }

    /// To the event before, or after: it is the last line then.
    private mutating func jump(_ state: ClusterState, isAfter: Bool) -> [Outcome] {
        let merged = MergedLog(state.core, view)
        guard let next = merged.scrolled(view.scrolled, toEventAfter: isAfter) else {
            if isAfter { view.scrolled = 0 }
            return isAfter ? [] : remark("no event before this one")
        }
        view.scrolled = next
        return []
    }

    /// Only the marked nodes, or the one under the cursor; the same key again shows all.
    private mutating func only(_ state: ClusterState) {
        if view.marks.isEmpty {
            view.marks = Set(Arrangement(state, view).current.map { [$0.id] } ?? [])
        } else {
            view.marks = []
        }
        view.scrolled = 0
    }

    /// The next node alone.
    private mutating func step(_ step: Int, _ state: ClusterState) {
        let nodes = state.core.nodes
        guard !nodes.isEmpty else { return }
        let marked = nodes.firstIndex { view.marks.contains($0.id) }
        let index = marked.map { ($0 + step + nodes.count) % nodes.count } ?? 0
        view.marks = [nodes[index].id]
        view.scrolled = 0
    }
}
