import Cluster

/// Keys of the overview and of a node's own screen.
extension Interaction {
    mutating func onTable(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"): move(-1, state)
        case .down, .character("j"): move(1, state)
        case .wheelUp: move(-1, state)
        case .wheelDown: move(1, state)
        case .home, .character("g"): move(-10_000, state)
        case .end, .character("G"): move(10_000, state)
        case .pageUp, .control("u"): move(-8, state)
        case .pageDown, .control("d"): move(8, state)
        case .character(" "): mark(state)
        case .character("*"): view.marks = Set(Arrangement(state, view).shown.map(\.id))
        case .character("\\"):
            view.marks = []
            view.anchor = nil
        case .character("V"):
            view.anchor = view.anchor == nil ? Arrangement(state, view).current?.id : nil
            if let anchor = view.anchor { markRange(from: anchor, state) }
        case .character(">"): view.sorting = Sorting.next(view.sorting, step: 1)
        case .character("<"): view.sorting = Sorting.next(view.sorting, step: -1)
        case .character("I"): view.sorting?.isDescending.toggle()
        case .enter: show(.node)
        default: return onNodeVerb(input, state: state)
        }
        return []
    }

    mutating func onNode(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .left, .character("k"), .character("h"), .wheelUp: move(-1, state)
        case .down, .right, .character("j"), .wheelDown: move(1, state)
        case .enter: show(.overview)
        case .character("e"): view.node.part = view.node.part.next
        default: return onNodeVerb(input, state: state)
        }
        return []
    }

    /// Verbs on the marked machines, or on the one under the cursor.
    mutating func onNodeVerb(_ input: Input, state: ClusterState) -> [Outcome]? {
        guard case .character(let key) = input, "cPsrdofbpxi".unicodeScalars.contains(key) else {
            return nil
        }
        let nodes = targets(state)
        guard !nodes.isEmpty else { return remark("no node to do that to yet") }
        let names = selector(nodes)
        switch key {
        case "c":
            return runGuarded(
                "crash \(names) for 10s", taking: nodes.map(\.id), on: input, state: state)
        case "P": return pause(nodes, names, input, state)
        case "s": return run("start \(names)", state: state)
        case "r": return run("restart \(names)", state: state)
        case "f": open(.menu)
        case "p": openSides(state)
        case "i": openForm("isolate", state)
        case "x": openForm("cut", state)
        case "d": openForm("delay", state)
        case "o": openForm("loss", state)
        case "b": openForm("limit", state)
        default: return nil
        }
        return []
    }

    /// Pauses, or heals the pause that holds the first of them.
    private mutating func pause(
        _ nodes: [NodeState], _ names: String, _ input: Input, _ state: ClusterState
    ) -> [Outcome] {
        let held = active(state) { spec, fault in
            guard case .process(.pause, _) = spec else { return false }
            return nodes.contains { fault.record.nodes.contains($0.id) }
        }
        if let held { return run("heal \(held.label)", state: state) }
        return runGuarded("pause \(names)", taking: nodes.map(\.id), on: input, state: state)
    }

    mutating func openForm(_ verb: String, _ state: ClusterState) {
        guard let item = FaultMenu.items.first(where: { $0.verb == verb }) else {
            view.echo = View.Echo(effect: "\(verb) is not in this version", tone: .refused)
            return
        }
        if case .partition = item.kind {
            openSides(state)
            return
        }
        let nodes = targets(state)
        var paths = paths(from: nodes, state: state)
        if view.screen == .network, let link = Arrangement(state, view).currentLink {
            let name = { (id: NodeID) in state.core.nodes[Int(id.index)].name }
            let (from, to) = (name(link.from), name(link.to))
            paths = [
                "between \(from) and \(to)", "from \(from) to \(to)", "from \(to) to \(from)",
                "between \(from) and all", "between \(to) and all",
            ]
        }
        if view.screen == .network, let block = Arrangement(state, view).block {
            paths = ["from \(block.from) to \(block.to)", "between \(block.from) and \(block.to)"]
        }
        let form = FaultMenu.form(for: item, nodes: selector(nodes), paths: paths)
        open(.form(understood(form, state)))
    }

    mutating func openSides(_ state: ClusterState) {
        let nodes = state.core.nodes.filter { !$0.isClient }.map(\.id)
        guard nodes.count > 1 else {
            view.echo = View.Echo(effect: "a partition needs two nodes")
            return
        }
        open(.sides(Sides(nodes: nodes, apart: Set(targets(state).map(\.id)))))
    }

    mutating func mark(_ state: ClusterState) {
        guard let node = Arrangement(state, view).current else { return }
        if view.marks.remove(node.id) == nil { view.marks.insert(node.id) }
        move(1, state)
    }

    mutating func move(_ step: Int, _ state: ClusterState) {
        let roster = Arrangement(state, view)
        guard !roster.shown.isEmpty else { return }
        let index = min(max(0, roster.index + step), roster.shown.count - 1)
        view.cursor = roster.shown[index].id
        if let anchor = view.anchor { markRange(from: anchor, state) }
    }

    /// Marks the rows between one and the cursor, and no others.
    mutating func markRange(from anchor: NodeID, _ state: ClusterState) {
        let roster = Arrangement(state, view)
        guard let first = roster.shown.firstIndex(where: { $0.id == anchor }) else { return }
        let range = min(first, roster.index)...max(first, roster.index)
        view.marks = Set(roster.shown[range].map(\.id))
    }
}
