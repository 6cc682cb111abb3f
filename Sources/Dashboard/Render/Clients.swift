import Cluster

/// What clients see: one or two lines, and a graph where there is room.
extension Renderer {
    /// How many lines clients take in the overview.
    var clientLines: Int {
        let has = core.nodes.contains(where: \.isClient) || !core.clients.seconds.isEmpty
        return (has ? 1 : 0) + (has && columns < 100 && !judged.isEmpty ? 1 : 0)
    }

    /// Verdicts on promises, checks first.
    private var judged: [Judgement] {
        core.judgements.filter { $0.kind == .check } + core.judgements.filter { $0.kind != .check }
    }

    mutating func drawClients(row: Int) {
        var column = write("clients ", 1, row, .quiet) + 1
        if let share = availability {
            let style = availabilityStyle(share)
            let glyph =
                style == .good ? glyphs.ready : style == .alarm ? glyphs.gone : glyphs.warning
            column = write("\(glyph) ", column, row, style, .bold)
            column = write(percent(share), column, row, style) + 2
            column = figure(
                (lastRate.flatMap(Figures.count) ?? glyphs.nothing).right(6), "/s", column, row)
            column = figure(latency(0.5), "", column, row, label: "p50")
            column = figure(latency(0.99), "", column, row, label: "p99")
            if columns >= 80 {
                let outage = Double(core.clients.longestOutage)
                let text = (outage > 0 ? Figures.time(outage) ?? "" : "none").right(5)
                column = write("longest outage ", column, row, .quiet)
                column = write(text, column, row, outage >= 1 ? .warning : .plain) + 3
            }
        } else {
            let waits =
                core.allReadyAt == nil ? "begin when every node is ready" : "no operation yet"
            column = write(waits, column, row, .quiet) + 3
        }
        if columns < 100 {
            if !judged.isEmpty { drawJudgements(column: 10, row: row + 1) }
        } else {
            drawJudgements(column: max(column, 78), row: row)
        }
    }

    private mutating func figure(
        _ value: String, _ unit: String, _ column: Int, _ row: Int, label: String = ""
    ) -> Int {
        var column = column
        if !label.isEmpty { column = write(label + " ", column, row, .quiet) }
        column = write(value, column, row)
        return write(unit, column, row, .quiet) + 2
    }

    mutating func drawJudgements(column: Int, row: Int) {
        var column = column
        for judgement in judged {
            let (glyph, style, word): (String, Style, String) =
                switch judgement.verdict {
                case .holds: (glyphs.ready, .good, core.ended == nil ? "so far" : "holds")
                case .broken: (glyphs.gone, .alarm, "broken")
                case .unknown: (glyphs.coming, .quiet, "not known yet")
                }
            let spans = [
                Span(judgement.kind.rawValue + " ", .quiet), Span(judgement.text + "  "),
                Span("\(glyph) ", style, .bold), Span(word, style),
            ]
            guard column + spans.columns < columns else { return }
            column = write(spans, column, row) + 3
        }
    }

    private func latency(_ quantile: Double) -> String {
        var sum = LatencyHistogram()
        for second in core.clients.seconds.suffix(10) { sum.merge(second.latency) }
        let text = sum.microseconds(atQuantile: quantile).flatMap { Figures.time($0 / 1e6) }
        return (text ?? glyphs.nothing).right(5)
    }

    private var lastRate: Double? { core.clients.seconds.last.map { Double($0.ok) } }

    // MARK: The graph

    /// Answers a second and their slowest hundredth, as areas; only where at least three rows are left over.
    /// - Returns: the row after it.
    mutating func drawPulse(row: Int, until last: Int) -> Int {
        let spare = last - row + 1 - 9
        guard spare >= 3, columns >= 70, clientLines > 0 else { return row }
        let height = min(6, spare - 1)
        let width = (columns - 6) / 2
        let graph = Graph(width: width, height: height, glyphs: view.glyphs)
        let seconds = lastSeconds(graph.samples)
        let rates = shared(seconds.map { $0.map { Double($0.ok) } })
        let slow = seconds.map { second in second.flatMap { $0.latency(atQuantile: 0.99) } }
        let failing = seconds.map { second in
            guard let second else { return false }
            return second.refused + second.unknown > 0
        }
        drawGraph(
            graph, rates, failing, title: "answered each second", column: 2, row: row + 1
        ) { Figures.count($0) ?? "" }
        drawGraph(
            graph, slow, failing, title: "99 of 100 answered within", column: 4 + width,
            row: row + 1
        ) { Figures.time($0) ?? "" }
        return row + height + 2
    }

    private mutating func drawGraph(
        _ graph: Graph, _ values: [Double?], _ failing: [Bool], title: String, column: Int,
        row: Int, unit: (Double) -> String
    ) {
        let most = Graph.ceiling(values.compactMap { $0 }.max() ?? 0)
        write(title, column, row, .quiet)
        let top = unit(most)
        write(top, column + graph.width - Width.columns(top), row, .quiet)
        // A second in which something failed shows at least a trace, so that an outage is not a gap.
        let shares = zip(values, failing).map { value, failed -> Double? in
            failed ? max(0.001, (value ?? 0) / most) : value.map { $0 / most }
        }
        for (index, line) in graph.rows(shares).enumerated() {
            for (offset, glyph) in line.enumerated() where glyph != " " {
                let from = offset * graph.samplesPerCell
                let failed = failing[from..<min(failing.count, from + graph.samplesPerCell)]
                write(
                    String(glyph), column + offset, row + 1 + index,
                    failed.contains(true) ? .alarm : .graph)
            }
        }
    }

    /// Reports come once a second, give or take: where one second got two and its neighbour none, both
    /// get one.
    private func shared(_ values: [Double?]) -> [Double?] {
        var values = values
        for index in values.indices.dropFirst().dropLast() where values[index] == nil {
            guard let before = values[index - 1], let after = values[index + 1] else { continue }
            let neighbour = before > after ? index - 1 : index + 1
            let half = (values[neighbour] ?? 0) / 2
            values[neighbour] = half
            values[index] = half
        }
        return values
    }

    /// The last seconds before now, oldest first; `nil` where nothing was told.
    func lastSeconds(_ count: Int) -> [ClientsState.Second?] {
        var slots = [ClientsState.Second?](repeating: nil, count: count)
        let now = view.now.microseconds / 1_000_000
        for second in core.clients.seconds.suffix(count + 2) {
            let age = Int(clamping: now - second.at.microseconds / 1_000_000)
            let index = age < 0 ? count : count - min(age, count + 1)
            if index >= 0, index < count { slots[index] = second }
        }
        return slots
    }
}
