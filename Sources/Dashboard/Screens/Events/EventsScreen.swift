import Cluster

/// Everything that happened, one line each; under it, why the node that the chosen one is about is as
/// it is.
extension Renderer {
    mutating func drawEvents(_ rows: ClosedRange<Int>) {
        let list = EventList(core, view)
        var row = rows.lowerBound
        if columns >= 60, rows.count > 4 {
            drawEventTitle(list, row: row)
            row += 1
        }
        let why = reasons(list.current, room: rows.upperBound - row + 1)
        let height = rows.upperBound - row + 1 - (why.isEmpty ? 0 : why.count + 1)
        guard height > 0 else { return }
        if list.items.isEmpty {
            write(
                core.news.isEmpty ? "nothing has happened yet" : "no event matches", 1, row, .quiet)
        }
        let chosen = list.index ?? 0
        let first = max(0, min(chosen - height / 2, list.items.count - height))
        for (place, item) in list.items.enumerated().dropFirst(first).prefix(height) {
            let here = row + place - first
            if place == chosen { frame.clear(row: here, columns: 0..<columns, flags: .selected) }
            drawNews(item, row: here)
            if place == chosen {
                write(glyphs.cursor, 0, here, .accent, .bold)
                frame.mark(.selected, row: here, columns: 0..<columns)
            }
        }
        guard !why.isEmpty else { return }
        var bottom = rows.upperBound - why.count
        rule(row: bottom)
        for (line, text) in why.enumerated() {
            bottom += 1
            write(
                text, line == 0 ? 1 : 3, bottom, .plain, line == 0 ? .bold : [], within: columns - 2
            )
        }
    }

    private mutating func drawEventTitle(_ list: EventList, row: Int) {
        let kinds = view.events.kinds
        var spans = [
            Span("events ", .quiet),
            Span(kinds == .all ? "of every kind" : "about \(kinds.rawValue)"),
        ]
        let marked = core.nodes.indices.filter { view.marks.contains(core.nodes[$0].id) }
        if !marked.isEmpty {
            let names = marked.map { core.nodes[$0].name }.joined(separator: ", ")
            spans += [Span("   of ", .quiet), Span(names, .mark)]
        }
        if !view.filter.isEmpty {
            spans += [Span("   filter ", .quiet), Span(view.filter.text, .match)]
        }
        spans.append(Span("   \(list.items.count) of \(core.newsTold)", .quiet))
        if core.newsTold > UInt64(core.news.count) {
            spans.append(Span("   older ones are in the recording", .quiet))
        }
        if view.events.chosen != nil { spans.append(Span("   G follows", .warning)) }
        write(spans, 1, row, within: columns - 1)
    }

    /// The first node that a fault is about.
    private func node(of fault: FaultID?) -> NodeID? {
        guard let record = core.faults.last(where: { $0.record.id == fault })?.record else {
            return nil
        }
        return record.nodes.first ?? record.links.blocks.first?.from.first
    }

    /// Why the node of an event, else the one under the cursor, is as it is, in lines of whole words.
    private func reasons(_ item: News?, room: Int) -> [String] {
        guard room >= 8, columns >= 40,
            let node = item?.node ?? node(of: item?.fault) ?? roster.current?.id
        else { return [] }
        let width = columns - 4
        let lines = Why(core).lines(about: node, at: view.now)
            .flatMap { wrapped($0, width, most: 3) }
        return Array(lines.prefix(max(2, room / 3)))
    }

    /// The keys of the bottom line.
    var eventsHints: [Hint] {
        [
            Hint(glyphs.arrows, "choose", .down, 0), Hint("e", "kind", 1),
            Hint("o", "one node", 2), Hint("/", "filter", 2), Hint(glyphs.enter, "node", .enter, 1),
            Hint("v", "its moment", 1), Hint("G", "follow", 1), Hint("u", "undo", 3),
            Hint("!", "heal all", 2),
        ]
    }
}

extension Help {
    static let events = Section(
        title: "events, and why a node is as it is",
        keys: [
            ("\u{2191}\u{2193}  j k", "choose an event"),
            ("e", "which kinds: faults, nodes, roles, verdicts"),
            ("o", "only events of this node; again: all"), ("Enter", "its node"),
            ("v", "its moment on the timeline"), ("g  G", "the first, follow the newest"),
        ])
}
