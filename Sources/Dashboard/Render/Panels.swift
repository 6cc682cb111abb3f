import Cluster

extension Renderer {
    // MARK: Lines that are typed

    mutating func drawPalette(_ prompt: Prompt) {
        let few = size.rows < 16
        let completions = prompt.completion?.candidates ?? []
        let most = max(0, min(few ? 3 : 8, size.rows - 6))
        let count = min(most, completions.count)
        let panel = bottom("command", rows: count + 2)
        let chosen = prompt.chosen ?? 0
        let first = max(0, min(chosen - count / 2, completions.count - count))
        for (line, index) in (first..<(first + count)).enumerated() {
            let completion = completions[index]
            let isChosen = prompt.chosen == index
            let end = write(
                [
                    Span(isChosen ? glyphs.cursor + " " : "  ", .accent, .bold),
                    Span(
                        completion.text.left(min(26, panel.columns - 2), ellipsis: glyphs.ellipsis),
                        isChosen ? .accent : .plain, isChosen ? .bold : []),
                ], in: panel, line: line)
            write([Span(completion.help, .quiet)], in: panel, line: line, from: end + 2)
        }
        if completions.count > count, count > 0 {
            let more = "\(completions.count - count) more"
            write(
                [Span(more, .quiet)], in: panel, line: count - 1,
                from: panel.columns - Width.columns(more))
        }
        write(prompt, in: panel, line: count, sign: ":")
        write([understood(prompt)], in: panel, line: count + 1, from: 2)
    }

    /// What the line would do, or why it would be refused.
    private func understood(_ prompt: Prompt) -> Span {
        if let complaint = prompt.complaint { return Span(complaint, .alarm) }
        if prompt.text.isEmpty { return Span("what one types here also works in a script", .quiet) }
        return Span(prompt.help, .quiet)
    }

    mutating func drawFilter(_ prompt: Prompt) {
        let panel = bottom("filter", rows: prompt.complaint == nil ? 1 : 2)
        write(prompt, in: panel, line: 0, sign: "/")
        guard let complaint = prompt.complaint else { return }
        write([Span(complaint, .alarm)], in: panel, line: 1)
    }

    // MARK: Faults

    mutating func drawMenu() {
        let items = FaultMenu.items
        let two = columns >= 110
        let rows = two ? (items.count + 1) / 2 : items.count
        let width = two ? 104 : 56
        let names = roster.current.map { _ in selectorWords } ?? "nothing"
        let panel = centred("a fault for \(names)", columns: width, rows: rows)
        for (index, item) in items.enumerated() {
            let line = two ? index % rows : index
            let from = two && index >= rows ? panel.columns / 2 : 0
            guard line < panel.rows else { continue }
            let key = String(Character(item.key))
            write(
                [
                    Span(key, .key, .bold), Span("  " + item.verb.left(11)),
                    Span(item.about, .quiet),
                ], in: panel, line: line, from: from)
            frame.region(
                row: panel.row + line, columns: (panel.column + from)..<(panel.column + from + 40),
                .key(.character(item.key)))
        }
    }

    /// The machines that a fault would be about.
    private var selectorWords: String {
        let marked = core.nodes.filter { view.marks.contains($0.id) }.map(\.id)
        return core.names(marked.isEmpty ? roster.current.map { [$0.id] } ?? [] : marked)
    }

    mutating func drawForm(_ form: Form) {
        let panel = bottom(form.verb, rows: 3)
        var spans: [Span] = []
        for (index, field) in form.fields.enumerated() {
            let isActive = index == form.active
            let value = field.value.isEmpty && field.typed == nil ? field.otherwise : field.value
            if !field.prefix.isEmpty || isActive { spans.append(Span(field.label + " ", .quiet)) }
            let flags: CellFlags = isActive ? [.bold, .reverse] : []
            spans.append(Span(" \(value) ", isActive ? .accent : .plain, flags))
            if isActive, field.choices.count > 1 {
                spans.append(Span(" \(glyphs.arrows)", .accent))
            }
            spans.append(Span("   "))
        }
        write(spans, in: panel, line: 0)
        write(
            [Span(glyphs.prompt + " ", .accent, .bold), Span(form.command, .command)], in: panel,
            line: 1)
        if let complaint = form.complaint {
            write([Span(complaint, .alarm)], in: panel, line: 2, from: 2)
        } else {
            write([Span(form.effect, .quiet)], in: panel, line: 2, from: 2)
        }
    }

    mutating func drawSides(_ sides: Sides) {
        let panel = bottom("partition: who is apart", rows: 4)
        for (line, isApart) in [(0, true), (1, false)] {
            var spans = [Span(isApart ? "apart  " : "rest   ", .quiet)]
            for (index, node) in sides.nodes.enumerated().dropFirst(firstShown(sides, in: panel)) {
                let isHere = sides.cursor == index
                let isOnThisSide = sides.apart.contains(node) == isApart
                let name = " \(core.name(of: node)) "
                let blank = String(repeating: " ", count: Width.columns(name))
                spans.append(
                    Span(
                        isOnThisSide ? name : blank, isApart ? .fault : .plain,
                        isHere && isOnThisSide ? [.bold, .reverse] : []))
                spans.append(Span(" "))
            }
            write(spans, in: panel, line: line)
        }
        if let command = sides.command(core.name(of:)) {
            write(
                [Span(glyphs.prompt + " ", .accent, .bold), Span(command, .command)], in: panel,
                line: 2)
            write([Span(sidesEffect(sides), .quiet)], in: panel, line: 3, from: 2)
        } else {
            write([Span("both sides need a node", .warning)], in: panel, line: 2, from: 2)
        }
    }

    /// The first node that is shown, so that the one under the cursor is.
    private func firstShown(_ sides: Sides, in panel: Panel) -> Int {
        var room = panel.columns - 8
        var first = sides.cursor
        for index in (0...max(0, sides.cursor)).reversed() where index < sides.nodes.count {
            room -= Width.columns(core.name(of: sides.nodes[index])) + 3
            if room < 0 { break }
            first = index
        }
        return first
    }

    /// Which side still has a majority of those that vote.
    private func sidesEffect(_ sides: Sides) -> String {
        let time = sides.time.isEmpty ? "until healed" : "for \(sides.time)"
        let voters = core.voters
        let total = voters.count
        guard total > 1 else { return time }
        let apart = voters.filter(sides.apart.contains).count
        let rest = total - apart
        let side =
            apart * 2 > total
            ? "the majority is apart"
            : rest * 2 > total ? "the majority is in the rest" : "no side has a majority"
        return "\(time) \(glyphs.dot) voters \(apart) / \(rest): \(side)"
    }

    // MARK: Leaving

    mutating func drawLeave() {
        let panel = centred("leave", columns: 56, rows: 3)
        let lines: [(String, String, String)] = [
            ("d", "detach", "it goes on; squall attach comes back"),
            ("s", "stop", "it ends; the recording stays"),
            ("Esc", "stay", ""),
        ]
        for (line, (key, word, about)) in lines.enumerated() {
            write(
                [Span(key.left(5), .key, .bold), Span(word.left(8)), Span(about, .quiet)],
                in: panel,
                line: line)
        }
    }
}
