import Cluster

/// What was felt, under the lanes: availability, answers a second, the slowest hundredth, and the lag
/// of the node under the cursor.
extension Renderer {
    private struct Curve {
        var name: String
        var spans: [SeriesView.Span]
        /// The greatest value of the scale; found from what is shown when `nil`.
        var most: Double?
        /// Where less is worse, the least of a cell is shown.
        var isGood = false
        var told: (Double) -> String?
    }

    /// - Returns: the row after them.
    mutating func drawCurves(_ plan: TimelinePlan, _ rows: ClosedRange<Int>) -> Int {
        guard let series = state.series else { return rows.lowerBound }
        let cells = Graph(width: plan.width, height: 1, glyphs: view.glyphs).samples
        let (from, to) = (plan.window.from, plan.window.to)
        func curve(_ name: String, _ signal: Series.ClientSignal) -> Curve {
            Curve(
                name: name, spans: series[clients: signal].columns(cells, from: from, to: to),
                told: { _ in nil })
        }
        var available = curve("available", .availability)
        available.most = 1
        available.isGood = true
        let words = self
        available.told = { words.percent($0).trimmed }
        var rate = curve("answers", .rate)
        rate.told = { Figures.count($0).map { $0 + "/s" } }
        var slow = curve("p99", .p99)
        slow.told = { Figures.time($0) }
        var curves = core.clients.seconds.isEmpty ? [] : [available, rate, slow]
        if let node = laggard {
            curves.append(
                Curve(
                    name: "lag \(node.name)",
                    spans: series[node.id, .lag].columns(cells, from: from, to: to),
                    told: { Figures.lag($0) }))
        }
        guard !curves.isEmpty else { return rows.lowerBound }
        var row = rows.lowerBound
        let height = max(1, rows.count / curves.count)
        for curve in curves where row + height - 1 <= rows.upperBound {
            draw(curve, plan, row: row, height: height)
            row += height
        }
        return row
    }

    /// The node under the cursor, where it tells a lag; else the one that is furthest behind.
    private var laggard: NodeState? {
        if let current = roster.current, current.sample.lag.isFinite { return current }
        let behind = core.nodes.indices.filter { core.nodes[$0].sample.lag.isFinite }
        return behind.max { core.nodes[$0].sample.lag < core.nodes[$1].sample.lag }
            .map { core.nodes[$0] }
    }

    private mutating func draw(_ curve: Curve, _ plan: TimelinePlan, row: Int, height: Int) {
        write(
            curve.name.left(plan.left - 2, ellipsis: glyphs.ellipsis), 1, row + height - 1, .quiet)
        let graph = Graph(width: plan.width, height: height, glyphs: view.glyphs)
        let values = curve.spans.map { curve.isGood ? $0.least : $0.greatest }
        let told = values.filter { $0.isFinite }.map { Double($0) }
        let most = curve.most ?? Graph.ceiling(told.max() ?? 0)
        // Even nothing at all, where it was told, leaves a trace.
        let shares = values.map { $0.isFinite ? max(0.001, Double($0) / most) : nil }
        for (index, line) in graph.rows(shares).enumerated() {
            for (place, glyph) in line.enumerated() where glyph != " " {
                let from = place * graph.samplesPerCell
                let cell = values[from..<min(values.count, from + graph.samplesPerCell)]
                write(
                    String(glyph), plan.left + place, row + index,
                    curve.isGood ? goodness(cell.min()) : .graph)
            }
        }
        guard plan.right > 0 else { return }
        let value = plan.value(of: curve.spans, at: plan.moment, isGood: curve.isGood)
        let text = value.flatMap { curve.told($0) } ?? glyphs.nothing
        write(text.right(plan.right - 1), plan.left + plan.width + 1, row + height - 1)
        if height > 1 {
            let top = curve.told(most) ?? ""
            write(top.right(plan.right - 1), plan.left + plan.width + 1, row, .quiet)
        }
    }

    private func goodness(_ share: Float?) -> Style {
        guard let share, share.isFinite else { return .quiet }
        return share >= 0.999 ? .good : share >= 0.9 ? .warning : .alarm
    }
}

extension TimelinePlan {
    /// The last value of the samples up to a moment that are not older than a few cells.
    func value(of spans: [SeriesView.Span], at moment: Stamp, isGood: Bool) -> Double? {
        let perCell = max(1, spans.count / max(1, width))
        let place = min(width - 1, max(0, window.place(of: moment)))
        let last = min(spans.count - 1, (place + 1) * perCell - 1)
        let patience = max(perCell, Int(2_000_000 / max(1, window.cell)) * perCell)
        guard last >= 0 else { return nil }
        for index in stride(from: last, through: max(0, last - patience), by: -1) {
            let value = isGood ? spans[index].least : spans[index].last
            if value.isFinite { return Double(value) }
        }
        return nil
    }
}
