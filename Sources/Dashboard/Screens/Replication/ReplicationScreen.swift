import Cluster

/// Who follows whom, how far behind each copy is, and whether anything reaches it.
extension Renderer {
    mutating func drawReplication(_ rows: ClosedRange<Int>) {
        let plan = ReplicationPlan(roster.shown, state)
        guard !plan.sections.isEmpty else {
            write(
                core.nodes.isEmpty ? "no node yet" : "no node matches the filter", 1,
                rows.lowerBound, .quiet)
            return
        }
        var lines: [CopyLine] = []
        for section in plan.sections {
            if !lines.isEmpty, columns >= 60 { lines.append(.gap) }
            lines.append(.section(section))
            for (place, node) in section.members.enumerated() {
                lines.append(.member(node, section, isLast: place == section.members.count - 1))
            }
        }
        let current = lines.firstIndex {
            guard case .member(let node, _, _) = $0 else { return false }
            return node.id == roster.current?.id
        }
        var row = rows.lowerBound
        if columns >= 60 {
            drawCopyTitles(row: row)
            row += 1
        }
        let room = rows.upperBound - row + 1
        let first = max(0, min((current ?? 0) - room / 2, lines.count - room))
        for line in lines.dropFirst(first).prefix(max(0, room)) {
            switch line {
            case .gap: break
            case .section(let section): drawSection(section, row: row)
            case .member(let node, let section, let isLast):
                drawCopy(node, section, isLast: isLast, row: row)
            }
            row += 1
        }
    }

    private enum CopyLine {
        case gap
        case section(ReplicationPlan.Section)
        case member(NodeState, ReplicationPlan.Section, isLast: Bool)
    }

    // MARK: Places

    private struct CopyColumns {
        var role: Int
        var term: Int?
        var position: Int
        var behind: Int
        var lag: Int
        var history: Range<Int>?
        var line: Int?
    }

    private var copyColumns: CopyColumns {
        if columns < 60 {
            let role = min(nameWidth, 12) + 7
            return CopyColumns(role: role, position: role + 2, behind: role + 2, lag: role + 10)
        }
        let role = nameWidth + 8
        let term = columns >= 90 ? role + 11 : nil
        let position = (term ?? role + 5) + 6
        let behind = position + 12
        let lag = behind + 8
        let start = lag + 8
        let line = columns - (columns >= 120 ? 30 : 20)
        let history = line - start >= 14 ? start..<(line - 2) : nil
        return CopyColumns(
            role: role, term: term, position: position, behind: behind, lag: lag,
            history: history, line: line)
    }

    private mutating func drawCopyTitles(row: Int) {
        let at = copyColumns
        write("NODE", 6, row, .quiet)
        write("ROLE", at.role, row, .quiet)
        if let term = at.term { write("TERM".right(5), term, row, .quiet) }
        write("POSITION".right(11), at.position, row, .quiet)
        write("BEHIND".right(7), at.behind, row, .quiet)
        write("LAG".right(6), at.lag, row, .quiet)
        if let history = at.history {
            let title = "LAG OVER \(view.replication.isLong ? "10 min" : "60 s")"
            write(title, history.lowerBound, row, .quiet, within: history.count)
        }
        if let line = at.line { write("LINE TO THE LEADER", line, row, .quiet) }
    }

    // MARK: Lines

    /// Who leads these copies, or that nobody does, or that too many do.
    private mutating func drawSection(_ section: ReplicationPlan.Section, row: Int) {
        var spans = [Span(section.title, .accent, .bold), Span("  ")]
        let count = section.members.count
        spans.append(Span(count == 1 ? "1 node" : "\(count) nodes", .quiet))
        if section.copies {
            let names = section.leaders.map(\.name).joined(separator: " ")
            switch section.leaders.count {
            case 0: spans += [Span("   \(glyphs.gone) nobody leads", .alarm, .bold)]
            case 1: spans += [Span("   \(names)", .leader), Span(" leads", .quiet)]
            default:
                let count = section.leaders.count == 2 ? "two" : "\(section.leaders.count)"
                spans += [
                    Span("   \(glyphs.gone) \(count) lead at once: ", .alarm, .bold),
                    Span(names, .alarm),
                ]
            }
        }
        write(spans, 1, row, within: columns - 1)
    }

    private mutating func drawCopy(
        _ node: NodeState, _ section: ReplicationPlan.Section, isLast: Bool, row: Int
    ) {
        let at = copyColumns
        let isCurrent = roster.current?.id == node.id
        let leads = section.leaders.contains { $0.id == node.id }
        if isCurrent { frame.clear(row: row, columns: 0..<columns, flags: .selected) }
        if view.marks.contains(node.id) {
            write(glyphs.mark, 0, row, .mark, .bold)
        } else if isCurrent {
            write(glyphs.cursor, 0, row, .accent, .bold)
        }
        let (glyph, style) = status(of: node)
        if section.copies, !leads { write(glyphs.branch(isLast: isLast), 2, row, .quiet) }
        let start = section.copies && !leads ? 4 : 2
        write(glyph, start, row, style)
        write(
            node.name.left(at.role - start - 3, ellipsis: glyphs.ellipsis), start + 2, row,
            isCurrent ? .accent : .plain)
        if columns < 60 {
            write(letter(of: node), at.role, row, roleStyle(node))
        } else {
            let width = (at.term ?? at.position) - at.role - 1
            write(
                roleWord(of: node).left(width, ellipsis: glyphs.ellipsis), at.role, row,
                roleStyle(node))
        }
        if node.phase.isUp { drawNumbers(node, section, leads: leads, at, row: row) }
        if let line = at.line, section.copies, !leads {
            drawLine(node, section, column: line, row: row)
        }
        if isCurrent { frame.mark(.selected, row: row, columns: 0..<columns) }
        frame.region(row: row, columns: 0..<columns, .node(Int(node.id.index)))
    }

    private mutating func drawNumbers(
        _ node: NodeState, _ section: ReplicationPlan.Section, leads: Bool, _ at: CopyColumns,
        row: Int
    ) {
        let sample = node.sample
        if let term = at.term, sample.term != Sample.notTold {
            write(String(sample.term).right(5), term, row)
        }
        if columns >= 60, sample.position > 0 {
            write(String(sample.position).right(11), at.position, row)
        }
        if let behind = behind(node, section, leads: leads) {
            write(
                (Figures.count(behind) ?? "").right(7), at.behind, row, behind > 0 ? .plain : .quiet
            )
        }
        guard let lag = Figures.lag(Double(sample.lag)), !leads else { return }
        let style: Style = sample.lag >= 5 ? .alarm : sample.lag >= 1 ? .warning : .plain
        write(lag.right(6), at.lag, row, style)
        guard let history = at.history, let series = state.series else { return }
        let window = TimeWindow(
            seconds: view.replication.isLong ? 600 : 60, count: history.count, until: view.now)
        let spans = series[node.id, .lag].columns(history.count, from: window.from, to: window.to)
        for (place, span) in spans.enumerated() where span.greatest.isFinite {
            // One scale for all copies of the same data, so that they can be compared.
            let share = min(1, max(0, Double(span.greatest) / section.worstLag))
            let level = Int((share * Double(glyphs.levels.count - 1)).rounded())
            let style: Style = span.greatest >= 1 ? .warning : .graph
            write(glyphs.levels[level], history.lowerBound + place, row, style)
        }
    }

    /// What the node says; else how far its position is from the furthest one.
    private func behind(
        _ node: NodeState, _ section: ReplicationPlan.Section, leads: Bool
    ) -> Double? {
        if leads { return nil }
        if node.sample.behind != Sample.notTold { return Double(node.sample.behind) }
        guard node.sample.position > 0, let furthest = section.furthest else { return nil }
        return Double(furthest - min(furthest, node.sample.position))
    }

    /// The way between a copy and its leader: what is done to it, else how long it takes.
    private mutating func drawLine(
        _ node: NodeState, _ section: ReplicationPlan.Section, column: Int, row: Int
    ) {
        // With two leaders nobody knows from outside whom it follows.
        guard section.leaders.count == 1, let leader = section.leaders.first else {
            write(glyphs.nothing, column, row, .quiet)
            return
        }
        let there = LinkID(from: leader.id, to: node.id)
        let back = LinkID(from: node.id, to: leader.id)
        let fault = active.first {
            !$0.record.weather
                && ($0.record.links.contains(there) || $0.record.links.contains(back))
        }
        if let fault {
            let isCut = ["cut", "partition", "isolate", "unplug", "hold"].contains(fault.verb)
            let sign = isCut ? glyphs.cut : glyphs.slow
            let left = fault.left(at: view.now)
            let name = fault.record.name.map { $0 == fault.verb ? $0 : "\($0) \(fault.verb)" }
            let text = "\(sign) \(name ?? "\(fault.label) \(fault.verb)") \(left)"
            write(text, column, row, isCut ? .alarm : .fault, within: columns - column)
            return
        }
        let trips = [there, back].compactMap { core.links[$0].map { Double($0.sample.rtt) } }
        guard let trip = trips.first(where: { $0.isFinite }), let text = Figures.time(trip) else {
            return
        }
        write("\(glyphs.both) \(text)", column, row, .quiet)
    }

    /// The keys of the bottom line.
    var replicationHints: [Hint] {
        [
            Hint(glyphs.arrows, "node", .down, 1), Hint(glyphs.enter, "details", .enter, 1),
            Hint("w", "10 min", 2), Hint("f", "fault", 0), Hint("p", "partition", 2),
            Hint("c", "crash", 1), Hint("x", "cut", 3), Hint("u", "undo", 1),
            Hint("!", "heal all", 0),
        ]
    }
}

extension Help {
    static let replication = Section(
        title: "replication: who follows whom, how far behind",
        keys: [
            ("\u{2191}\u{2193}  j k", "another node"),
            ("Space  \\", "mark for the next command, mark none"),
            ("w", "lag over a minute, over ten"), ("Enter", "this node"),
            ("f c P d x", "faults, on marked nodes or the cursor's"),
        ])
}
