import Cluster

/// What clients ask for and what they get: rates, latencies from both points of view, p99 over
/// throughput, each client, and what is promised.
extension Renderer {
    mutating func drawTraffic(_ rows: ClosedRange<Int>) {
        let reading = TrafficReading(core, view)
        let clients = core.nodes.filter(\.isClient)
        guard !clients.isEmpty else {
            write(
                "no client asks for anything: a topology with workload: has some", 1,
                rows.lowerBound, .quiet)
            return
        }
        var row = drawAsked(reading, row: rows.lowerBound)
        let verdicts = core.judgements.isEmpty ? 0 : 1
        let table = min(clients.count, 6) + 1
        guard columns >= 60 else {
            row = drawPercentiles(reading, column: 1, row: row, until: rows.upperBound)
            if row <= rows.upperBound, verdicts > 0 { drawVerdicts(row: row) }
            return
        }
        row += 1
        let half = columns / 2
        let left = 1..<(half - 2)
        let right = half..<(columns - 1)
        // Percentiles need seven rows; below them there is a picture where there is room for one.
        let room = rows.upperBound - row + 1 - table - verdicts
        let upper = min(7, max(0, room))
        if upper >= 4 {
            drawRates(left, row...(row + upper - 1))
            _ = drawPercentiles(reading, column: right.lowerBound, row: row, until: row + upper - 1)
            row += upper
        }
        let lower = min(12, rows.upperBound - row + 1 - table - verdicts - 1)
        if lower >= 5 {
            row += 1
            drawLatencies(reading, left, row...(row + lower - 1))
            drawKnee(reading, right, row...(row + lower - 1))
            row += lower
        }
        row = drawEach(
            clients, row: row + (rows.upperBound - row > table + verdicts ? 1 : 0),
            until: rows.upperBound - verdicts)
        if verdicts > 0, row <= rows.upperBound { drawVerdicts(row: rows.upperBound) }
    }

    // MARK: Numbers

    private mutating func drawAsked(_ reading: TrafficReading, row: Int) -> Int {
        let sum = reading.sum
        let rate = { (count: UInt64) in
            (Figures.count(Double(count) / reading.seconds) ?? "") + "/s"
        }
        var parts: [[Span]] = [
            [Span("asked ", .quiet), Span(rate(sum.due))],
            [Span("answered ", .quiet), Span(rate(sum.ok), .good)],
        ]
        if let share = sum.availability {
            parts.append([Span(percent(share).trimmed, availabilityStyle(share))])
        }
        let failed: [(String, UInt64)] = [("refused", sum.refused), ("unknown", sum.unknown)]
        for (word, count) in failed {
            parts.append([
                Span(word + " ", .quiet),
                Span(Figures.count(Double(count)) ?? "", count > 0 ? .warning : .plain),
            ])
        }
        let outage = Double(sum.outage)
        let longest = outage > 0 ? Figures.time(outage) ?? "" : "none"
        parts.append([
            Span("longest outage ", .quiet), Span(longest, outage >= 1 ? .warning : .plain),
        ])
        var column = write(view.traffic.window.rawValue, 1, row, .accent) + 3
        var row = row
        for part in parts {
            if column + part.columns >= columns {
                row += 1
                column = 1
            }
            column = write(part, column, row) + 3
        }
        return row + 1
    }

    private mutating func drawPercentiles(
        _ reading: TrafficReading, column: Int, row: Int, until last: Int
    ) -> Int {
        let isNarrow = columns < 112
        write("latency".left(9), column, row, .quiet)
        write(
            (isNarrow ? "when due" : "from when it was due").right(isNarrow ? 10 : 21), column + 9,
            row, .quiet)
        write(
            (isNarrow ? "when sent" : "from when it was sent").right(isNarrow ? 11 : 23),
            column + (isNarrow ? 19 : 30), row, .quiet)
        var row = row + 1
        let shares: [(String, Double)] = [
            ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("most", 1),
        ]
        let nothing = glyphs.nothing
        for (word, share) in shares where row <= last {
            let time = { (histogram: LatencyHistogram) in
                histogram.microseconds(atQuantile: share).flatMap { Figures.time($0 / 1e6) }
                    ?? nothing
            }
            write(word, column, row, .quiet)
            write(time(reading.sum.latency).right(isNarrow ? 10 : 21), column + 9, row)
            write(
                time(reading.sum.uncorrected).right(isNarrow ? 11 : 23),
                column + (isNarrow ? 19 : 30), row, .quiet)
            row += 1
        }
        return row
    }

    private mutating func drawEach(_ clients: [NodeState], row: Int, until last: Int) -> Int {
        guard row < last else { return row }
        let heads = [
            "CLIENT", "ASKED/s", "ANSWERED/s", "ANSWERED", "REFUSED", "UNKNOWN", "P99", "OUTAGE",
        ]
        let widths = [nameWidth + 4, 9, 11, 10, 9, 9, 7, 8]
        var place = 3
        for (index, head) in heads.enumerated() where place + widths[index] <= columns {
            write(index == 0 ? head : head.right(widths[index]), place, row, .quiet)
            place += widths[index]
        }
        let room = last - row
        let chosen = min(view.traffic.client, clients.count - 1)
        let first = max(0, min(chosen - room / 2, clients.count - room))
        var row = row + 1
        for (index, client) in clients.enumerated().dropFirst(first).prefix(room) {
            let isCurrent = index == chosen
            if isCurrent { frame.clear(row: row, columns: 0..<columns, flags: .selected) }
            if isCurrent { write(glyphs.cursor, 0, row, .accent, .bold) }
            let held = active.contains { $0.record.links.touches(client.id) && !$0.record.weather }
            write(held ? glyphs.warning : glyphs.ready, 1, row, held ? .warning : .good)
            place = 3
            for (index, text) in cells(of: client).enumerated()
            where place + widths[index] <= columns {
                let fitting =
                    index == 0
                    ? text.left(widths[index], ellipsis: glyphs.ellipsis)
                    : text.right(widths[index])
                write(fitting, place, row)
                place += widths[index]
            }
            if isCurrent { frame.mark(.selected, row: row, columns: 0..<columns) }
            row += 1
        }
        return row
    }

    private func cells(of client: NodeState) -> [String] {
        let last = core.clients.last[client.id]
        let each = core.clients.each[client.id]
        let interval = Double(last?.interval ?? 1)
        let rate = { (count: UInt32?) -> String? in
            guard let count, interval.isFinite, interval > 0 else { return nil }
            return Figures.count(Double(count) / interval)
        }
        let told: [String?] = [
            client.name, rate(last?.due), rate(last?.ok),
            each.flatMap { Figures.count(Double($0.ok)) },
            each.flatMap { Figures.count(Double($0.refused)) },
            each.flatMap { Figures.count(Double($0.unknown)) },
            each?.latency(atQuantile: 0.99).flatMap { Figures.time($0) },
            each.flatMap { $0.outage > 0 ? Figures.time(Double($0.outage)) : "none" },
        ]
        return told.map { $0 ?? glyphs.nothing }
    }

    private mutating func drawVerdicts(row: Int) { drawJudgements(column: 1, row: row) }

    /// The keys of the bottom line.
    var trafficHints: [Hint] {
        [
            Hint("w", "which time", 0), Hint(glyphs.arrows, "client", .down, 1),
            Hint("x", "cut this client", 1), Hint("f", "fault", 1), Hint("p", "partition", 2),
            Hint("u", "undo", 1), Hint("!", "heal all", 0),
        ]
    }
}

extension Help {
    static let traffic = Section(
        title: "traffic: what clients ask for and what they get",
        keys: [
            ("w", "sum up ten seconds, a minute, the whole run"),
            ("\u{2191}\u{2193}  j k", "another client"),
            ("x", "unplug this client; the same key heals it"), ("f p", "a fault, a partition"),
        ])
}
