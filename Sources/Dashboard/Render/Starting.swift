import Cluster

/// The first seconds: every node, and what it waits for.
extension Renderer {
    mutating func drawStarting(_ rows: ClosedRange<Int>) {
        var row = rows.lowerBound
        let nodes = core.nodes.filter { !$0.isClient }
        let ready = nodes.filter { $0.phase == .ready }.count
        let title =
            nodes.isEmpty
            ? "making a machine for every node"
            : "\(ready) of \(nodes.count) nodes are ready"
        write(title, 1, row, .plain, .bold)
        if let about = core.run?.about, !about.isEmpty, columns >= 60 {
            write(about, 1 + Width.columns(title) + 4, row, .quiet)
        }
        row += columns < 60 ? 1 : 2
        let count = max(0, min(nodes.count, rows.upperBound - row + 1))
        // Those that are not ready are what one wants to see.
        let late = nodes.filter { $0.phase != .ready }
        let shown = nodes.count <= count ? nodes : late + nodes.filter { $0.phase == .ready }
        for node in shown.prefix(count) {
            drawStarting(node, row: row)
            row += 1
        }
        guard rows.upperBound - row >= 3 else { return }
        row += 1
        rule(row: row)
        drawNews((row + 1)...rows.upperBound)
    }

    private mutating func drawStarting(_ node: NodeState, row: Int) {
        let (glyph, style) = status(of: node)
        var column = write(glyph + " ", 3, row, style, .bold)
        column = write(node.name.left(nameWidth), column, row) + 2
        column = write(stateWord(of: node, starting: true).left(8), column, row, style) + 1
        if columns >= 60, node.phase != .ready {
            let waited = (view.now - node.since).inSeconds
            column = write((Figures.lag(waited) ?? "").right(6), column, row, .quiet) + 2
        } else if columns >= 60 {
            column += 8
        }
        guard column < columns else { return }
        write(waitsFor(node).left(columns - column, ellipsis: glyphs.ellipsis), column, row, .quiet)
    }

    private func stateWord(of node: NodeState, starting: Bool) -> String {
        node.phase == .ready ? "ready" : stateWord(of: node)
    }

    /// The reason as the lab told it, or what the phase means.
    private func waitsFor(_ node: NodeState) -> String {
        if !node.change.reason.isEmpty { return node.change.reason }
        return switch node.phase {
        case .waiting: "waits for its turn"
        case .starting: "its machine is being made"
        case .started: "runs; its probe has not said yes"
        case .ready: node.readyAt.map { "since \(Figures.tenths($0))" } ?? ""
        case .unready: "its probe says no"
        case .backingOff:
            node.change.until.map { "tried again in \(Figures.left($0 - view.now))" } ?? ""
        case .failed, .exited: "see its log with l"
        case .stopping, .stopped, .off: ""
        }
    }
}
