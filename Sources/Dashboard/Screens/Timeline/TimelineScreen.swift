import Cluster

/// The timeline: lanes of roles, bars of faults, and what clients felt, on one axis with a cursor.
extension Renderer {
    mutating func drawTimeline(_ rows: ClosedRange<Int>) {
        let plan = TimelinePlan(self, rows)
        var row = rows.lowerBound
        drawAxis(plan, row: row)
        row += 1
        for node in plan.lanes where row <= rows.upperBound {
            drawLane(node, plan, row: row)
            row += 1
        }
        for bars in plan.bars where row <= rows.upperBound {
            drawBars(bars, plan, row: row, isFirst: bars == plan.bars.first)
            row += 1
        }
        if row <= rows.upperBound {
            drawMarks(plan, row: row)
            row += 1
        }
        let bottom = min(rows.upperBound, row + plan.graphRows - 1)
        if row <= bottom { row = drawCurves(plan, row...bottom) }
        if let place = plan.cursor {
            for row in rows.lowerBound..<row {
                let column = plan.left + place
                frame.mark(.reverse, row: row, columns: column..<(column + 1))
            }
        }
        guard row <= rows.upperBound else { return }
        drawMoment(plan, row...rows.upperBound)
    }

    // MARK: The axis

    private mutating func drawAxis(_ plan: TimelinePlan, row: Int) {
        let span = Figures.spoken(Double(view.timeline.span))
        write(span.left(plan.left - 2, ellipsis: glyphs.ellipsis), 1, row, .quiet)
        for moment in plan.ticks where moment <= view.now {
            let place = plan.window.place(of: moment)
            let text = plan.window.cell < 100_000 ? Figures.tenths(moment) : Figures.clock(moment)
            guard place >= 0, place + text.utf8.count <= plan.width else { continue }
            write(text, plan.left + place, row, .quiet)
        }
        for place in 0..<plan.width {
            frame.region(
                row: row, columns: (plan.left + place)..<(plan.left + place + 1),
                .moment(plan.window.begin(of: place)))
        }
        guard plan.right > 0 else { return }
        let here = Figures.tenths(plan.moment)
        write(here.right(plan.right - 1), plan.left + plan.width + 1, row, .accent, .bold)
    }

    // MARK: Lanes

    private mutating func drawLane(_ node: NodeState, _ plan: TimelinePlan, row: Int) {
        let isCurrent = roster.current?.id == node.id
        let isMarked = view.marks.contains(node.id)
        if isMarked || isCurrent {
            write(isMarked ? glyphs.mark : glyphs.cursor, 0, row, isMarked ? .mark : .accent, .bold)
        }
        write(
            node.name.left(plan.left - 2, ellipsis: glyphs.ellipsis), 1, row,
            isCurrent ? .accent : .plain)
        frame.region(row: row, columns: 0..<plan.left, .node(Int(node.id.index)))
        guard let story = state.series?.story(node.id) else { return }
        let cells = story.cells(plan.width, from: plan.window.from, to: plan.window.to)
        for (place, mark) in cells.enumerated() where plan.window.begin(of: place) <= view.now {
            let (letter, style) = sign(of: mark)
            write(letter, plan.left + place, row, style)
            frame.region(
                row: row, columns: (plan.left + place)..<(plan.left + place + 1),
                .moment(plan.window.begin(of: place)))
        }
        guard plan.right > 0 else { return }
        let mark = story.mark(at: plan.moment)
        let (_, style) = sign(of: mark)
        write(
            mark.word.right(plan.right - 1), plan.left + plan.width + 1, row, style,
            within: plan.right - 1)
    }

    // MARK: Faults and events

    private mutating func drawBars(
        _ bars: [TimelinePlan.Bar], _ plan: TimelinePlan, row: Int, isFirst: Bool
    ) {
        if isFirst { write("faults", 1, row, .quiet) }
        for bar in bars {
            let start = plan.left + bar.columns.lowerBound
            let end = plan.left + bar.columns.upperBound
            let style: Style = bar.isActive ? .fault : .quiet
            for column in start..<end { write(glyphs.track, column, row, style) }
            if bar.showsStart { write(glyphs.trackStart, start, row, style) }
            if bar.showsEnd, end - 1 > start { write(glyphs.trackEnd, end - 1, row, style) }
            let inset = bar.showsStart ? 1 : 0
            write(bar.text, start + inset, row, style, within: bar.room - inset)
        }
        if isFirst, plan.hiddenFaults > 0 {
            write(
                "+\(plan.hiddenFaults)".right(max(0, plan.right - 1)), columns - plan.right, row,
                .quiet)
        }
    }

    private mutating func drawMarks(_ plan: TimelinePlan, row: Int) {
        write("events", 1, row, .quiet)
        for item in core.news.suffix(Core.keptNews) where item.at <= view.now {
            guard item.kind != .restart else { continue }
            let place = plan.window.place(of: item.at)
            guard place >= 0, place < plan.width else { continue }
            let (glyph, style) = sign(of: item.kind)
            write(glyph, plan.left + place, row, style)
        }
        guard case .replay(let replay) = view.source else { return }
        for mark in replay.marks where mark.kind == .violation && mark.at <= view.now {
            let place = plan.window.place(of: mark.at)
            guard place >= 0, place < plan.width else { continue }
            write(glyphs.verdict, plan.left + place, row, .alarm, .bold)
        }
    }

    // MARK: The moment under the cursor

    /// What acted then, and how it went; then what happened until then.
    private mutating func drawMoment(_ plan: TimelinePlan, _ rows: ClosedRange<Int>) {
        var row = rows.lowerBound
        let faults = plan.faultsAtCursor
        if rows.count > 2 { row += 1 }
        for fault in faults.prefix(max(1, min(3, rows.count / 3))) where row <= rows.upperBound {
            var spans = [
                Span(glyphs.fault + " ", .fault), Span(fault.label + "  ", .fault),
                Span(fault.record.text, .command),
            ]
            for (word, time) in plan.course(of: fault) {
                spans += [Span("   \(word) ", .quiet), Span(Figures.spoken(time))]
            }
            write(spans, 1, row, within: columns - 2)
            row += 1
        }
        guard rows.upperBound - row >= 1, columns >= 60 else { return }
        if !faults.isEmpty { row += 1 }
        let room = rows.upperBound - row + 1
        guard room > 0 else { return }
        let news = core.news.filter { $0.at <= plan.momentEnd }.suffix(room)
        for (index, item) in news.enumerated() { drawNews(item, row: row + index) }
    }

    /// The keys of the bottom line.
    var timelineHints: [Hint] {
        [
            Hint("[ ]", "cursor", .character("["), 0), Hint("{ }", "event", .character("}"), 1),
            Hint("z Z", "zoom", .character("z"), 0), Hint("G", "follow", 1),
            Hint(glyphs.arrows, "node", .down, 2), Hint("f", "fault", 3), Hint("u", "undo", 2),
            Hint("!", "heal all", 1),
        ]
    }
}

extension StoryMark {
    /// What a node was, in a word.
    var word: String {
        switch self {
        case .nothing: ""
        case .coming: "starts"
        case .leader: "leads"
        case .follower: "follows"
        case .candidate: "wants to"
        case .observer: "watches"
        case .ready: "ready"
        case .unready: "unready"
        case .down: "down"
        case .off: "off"
        }
    }
}

extension Help {
    static let timeline = Section(
        title: "the timeline: one axis for everything",
        keys: [
            ("\u{2190} \u{2192}  [ ]", "the cursor; Shift: ten cells"),
            ("{  }", "the event before, after"), ("z  Z", "less time, more time"),
            ("g  G", "to the beginning, follow now"),
            ("\u{2191}\u{2193}  j k", "another node: its lag"),
            ("Enter", "this node"), ("f c P s r", "faults, on marked nodes or the cursor's"),
        ])
}
