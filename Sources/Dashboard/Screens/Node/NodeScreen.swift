import Cluster

/// One node: why it is as it is, what holds it, what it wrote last.
extension Renderer {
    mutating func drawNode(_ rows: ClosedRange<Int>) {
        guard let node = roster.current else {
            write("no node yet", 1, rows.lowerBound, .quiet)
            return
        }
        var row = rows.lowerBound
        let (glyph, style) = status(of: node)
        var column = write(glyph + " ", 1, row, style, .bold)
        column = write(node.name, column, row, .plain, .bold) + 3
        column = write(roleWord(of: node), column, row, roleStyle(node)) + 3
        write(node.description.address, column, row, .quiet)
        row += columns < 60 ? 1 : 2
        for fact in facts(of: node) where row <= rows.upperBound {
            write(fact.label.left(10), 3, row, .quiet)
            write(fact.spans, columns < 60 ? 13 : 15, row)
            row += 1
        }
        guard rows.upperBound - row >= 2 else { return }
        row += columns < 60 ? 0 : 1
        // Beside each other where there is the width for both.
        if columns >= 130 {
            let part = view.node.part == .story ? NodeView.Part.processes : view.node.part
            let middle = columns * 11 / 20
            drawStory(of: node, row...rows.upperBound, middle)
            for row in row...rows.upperBound { frame.clear(row: row, columns: middle..<columns) }
            drawPart(part, of: node, row...rows.upperBound, from: middle + 2)
        } else if view.node.part == .story {
            drawStory(of: node, row...rows.upperBound, columns)
        } else {
            drawPart(view.node.part, of: node, row...rows.upperBound, from: 1)
        }
    }

    /// What happened to it, and what it wrote last, in so many columns.
    private mutating func drawStory(of node: NodeState, _ rows: ClosedRange<Int>, _ width: Int) {
        var row = rows.lowerBound
        let news = core.news.filter { $0.node == node.id && $0.at <= view.now }
        let lines = view.logs.lines.filter { $0.node == node.id && $0.at <= view.now }
        let room = rows.upperBound - row
        if !news.isEmpty, room >= 6 {
            write("what happened to it", 1, row, .quiet)
            row += 1
            for item in news.suffix(min(6, room / 2)) {
                drawNews(item, row: row)
                row += 1
            }
        }
        guard rows.upperBound - row >= 1 else { return }
        write(lines.isEmpty ? "it has written nothing" : "what it wrote last", 1, row, .quiet)
        row += 1
        for line in lines.suffix(rows.upperBound - row + 1) {
            let start =
                columns < 60 ? 1 : write(Figures.thousandths(line.at).right(9), 1, row, .quiet) + 2
            write(line.text, start, row, within: width - start)
            row += 1
        }
    }

    private struct Fact {
        var label: String
        var spans: [Span]
    }

    private func facts(of node: NodeState) -> [Fact] {
        let (_, style) = status(of: node)
        var facts: [Fact] = []
        let since = Figures.spoken((view.now - node.since).inSeconds)
        var words = [
            Span(node.phase == .ready ? "ready" : node.phase.rawValue, style),
            Span(" for \(since)"),
        ]
        if !node.change.reason.isEmpty {
            words.append(Span(" \(glyphs.dot) " + node.change.reason))
        }
        if let until = node.change.until, until > view.now {
            words.append(Span(" \(glyphs.dot) tried again in \(Figures.left(until - view.now))"))
        }
        facts.append(Fact(label: "state", spans: words))
        let probe = probeFact(of: node)
        if !probe.isEmpty { facts.append(Fact(label: "probe", spans: probe)) }
        for fault in active.about(node.id).prefix(4) {
            let left = fault.left(at: view.now)
            var spans = [Span("\(fault.label)  ", .fault), Span(fault.record.text, .command)]
            if !left.isEmpty { spans.append(Span("  \(left) left", .quiet)) }
            if let proof = fault.proof { spans.append(Span("  " + proof.words, .quiet)) }
            facts.append(Fact(label: "fault", spans: spans))
        }
        let sample = node.sample
        let told: [(String, String?)] = [
            ("requests", Figures.count(Double(sample.requests)).map { $0 + "/s" }),
            ("p99", Figures.time(Double(sample.p99))), ("lag", Figures.lag(Double(sample.lag))),
            (
                "behind",
                sample.behind == Sample.notTold ? nil : Figures.count(Double(sample.behind))
            ),
            ("term", sample.term == Sample.notTold ? nil : String(sample.term)),
            ("cpu", Figures.share(Double(sample.cpu))),
            (
                "memory",
                sample.memory == Sample.notTold ? nil : Figures.bytes(Double(sample.memory) * 1_024)
            ),
        ]
        let numbers = told.compactMap { label, text in
            text.map { [Span(label + " ", .quiet), Span($0 + "   ")] }
        }
        if !numbers.isEmpty, node.phase.isUp {
            facts.append(Fact(label: "numbers", spans: numbers.flatMap { $0 }))
        }
        let own = node.description.metrics.compactMap { word in
            node.metrics[word].flatMap { Figures.amount(Double($0)) }.map {
                [Span(word + " ", .quiet), Span($0 + "   ")]
            }
        }
        if !own.isEmpty, node.phase.isUp {
            facts.append(Fact(label: "metrics", spans: own.flatMap { $0 }))
        }
        var machine = [Span("\(node.description.group)")]
        for label in node.description.labels {
            machine.append(Span("  \(label.key)=\(label.value)", .quiet))
        }
        if let disk = node.description.disk {
            machine.append(Span("  disk in ram \(Quantity.size(disk).spaced)", .quiet))
        }
        let starts = node.change.starts
        if starts > 0 {
            machine.append(Span("  started \(starts == 1 ? "once" : "\(starts) times")", .quiet))
        }
        facts.append(Fact(label: "group", spans: machine))
        return facts
    }
}
