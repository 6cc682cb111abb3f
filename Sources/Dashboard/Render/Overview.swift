import Cluster

/// The overview: the table of nodes, what clients see, and what happened.
extension Renderer {
    mutating func drawOverview(_ rows: ClosedRange<Int>) {
        let isSmall = columns < 60
        let room = rows.count
        // What is below the table: clients, the sentence after a crash, at least three events.
        let clientRows = clientLines
        let incident = openIncident
        let sentence = incident.map { wrapped(core.sentence(of: $0), columns - 4) } ?? []
        var reserved = isSmall ? 0 : 1 + clientRows + (room >= 14 ? 3 : 1)
        reserved += sentence.count
        let header = isSmall ? 0 : 1
        let tableRows = max(1, min(roster.shown.count, room - header - reserved))
        var row = rows.lowerBound
        drawTable(rows: row...(row + header + tableRows - 1), isSmall: isSmall)
        row += header + tableRows
        if !isSmall, rows.upperBound - row > 2 { row += 1 }
        if !isSmall, clientRows > 0, row <= rows.upperBound {
            drawClients(row: row)
            row += clientRows
        }
        if let incident {
            for (index, line) in sentence.enumerated() where row <= rows.upperBound {
                drawIncident(incident, index == 0, line, row: row)
                row += 1
            }
        }
        if !isSmall { row = drawPulse(row: row, until: rows.upperBound) }
        guard row <= rows.upperBound else { return }
        if !isSmall, rows.upperBound - row >= 2 {
            rule(row: row)
            row += 1
        }
        drawNews(row...rows.upperBound)
    }

    /// The youngest incident whose sentence has not been read.
    var openIncident: Incident? {
        guard let last = core.incidents.last, last.began <= view.now else { return nil }
        if case .replay = view.source {
            // Nobody has to be waited for: it is told as long as it was news.
            guard let recovered = last.recovered else { return last }
            return view.now - recovered < .seconds(20) ? last : nil
        }
        if let read = view.read, read >= last.fault { return nil }
        return last
    }

    private mutating func drawIncident(
        _ incident: Incident, _ isFirst: Bool, _ line: String, row: Int
    ) {
        let over = incident.recovered != nil
        if isFirst {
            write(over ? glyphs.back : glyphs.gone, 1, row, over ? .accent : .alarm, .bold)
        }
        write(line, 3, row, .plain, .bold)
    }

    /// Lines of whole words; three at most, unless told otherwise.
    func wrapped(_ text: String, _ width: Int, most: Int = 3) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let joined = lines[lines.count - 1].isEmpty ? String(word) : " \(word)"
            if Width.columns(lines[lines.count - 1] + joined) <= width || lines.count == most {
                lines[lines.count - 1] += joined
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// Events, the newest at the bottom.
    mutating func drawNews(_ rows: ClosedRange<Int>) {
        let news = core.news.filter { $0.at <= view.now }.suffix(rows.count)
        for (index, item) in news.enumerated() {
            drawNews(item, row: rows.lowerBound + index)
        }
    }

    mutating func drawNews(_ item: News, row: Int) {
        let isNarrow = columns < 60
        var column = 1
        if !isNarrow {
            column = write(Figures.thousandths(item.at).right(9), column, row, .quiet) + 2
        }
        let (glyph, style) = sign(of: item.kind)
        column = write(glyph.left(2), column, row, style)
        let room = columns - column - 1
        let outcome = item.outcome
        guard !outcome.isEmpty else {
            write(item.text.left(room, ellipsis: glyphs.ellipsis), column, row)
            return
        }
        // What came of it stands in a column of its own as long as both fit.
        let place = max(column + Width.columns(item.text) + 2, columns * 6 / 10)
        column = write(item.text, column, row)
        if place + min(30, Width.columns(outcome)) < columns {
            column = place
        } else {
            column += 2
        }
        guard column < columns else { return }
        write(outcome.left(columns - column, ellipsis: glyphs.ellipsis), column, row, .quiet)
    }

    func sign(of kind: News.Kind) -> (String, Style) {
        switch kind {
        case .fault: (glyphs.fault, .fault)
        case .heal: (glyphs.heal, .good)
        case .gone: (glyphs.gone, .alarm)
        case .back: (glyphs.ready, .good)
        case .role: (glyphs.role, .leader)
        case .restart: (glyphs.back, .accent)
        case .refused: (glyphs.gone, .warning)
        case .verdict: (glyphs.verdict, .accent)
        case .violation: (glyphs.verdict, .alarm)
        case .note: (glyphs.note, .plain)
        case .lost: (glyphs.warning, .warning)
        }
    }

    // MARK: What is left of it when there is hardly any room

    /// Nodes in trouble first.
    func mostUrgent() -> [NodeState] {
        let troubled = roster.shown.filter { status(of: $0).style != .good }
        return troubled + roster.shown.filter { status(of: $0).style == .good }
    }

    /// `● redis-1  L  812/s`.
    mutating func drawShortNode(_ node: NodeState, row: Int) {
        let (glyph, style) = status(of: node)
        var column = write(glyph + " ", 0, row, style)
        column = write(node.name, column, row) + 1
        guard column + 2 < columns else { return }
        column = write(letter(of: node), column, row, roleStyle(node)) + 1
        let word = stateWord(of: node)
        write(word, column, row, word == "yes" ? .quiet : style)
    }
}
