import Cluster

/// What can be done to the cluster: scenarios, the steps and promises of one of them with a cursor where it
/// stands, and the faults that can be made by hand.
extension Renderer {
    mutating func drawChaos(_ rows: ClosedRange<Int>) {
        let list = ScenarioList(core, view)
        guard let scenario = list.current else {
            write("this topology has no scenarios", 1, rows.lowerBound, .quiet)
            drawCatalogue(from: rows.lowerBound + 2, to: rows.upperBound, columns: 1..<columns)
            return
        }
        if columns >= 100 {
            let names = list.scenarios.map { Width.columns($0.name) }.max() ?? 0
            let width = min(34, max(26, names + 6))
            let bottom = drawScenarios(list, rows, width: width)
            drawCatalogue(from: bottom + 2, to: rows.upperBound, columns: 1..<width)
            draw(scenario, list, rows, from: width + 2)
        } else {
            let room = max(1, min(list.scenarios.count, rows.count / 4))
            let top = rows.lowerBound
            let bottom = drawScenarios(list, top...(top + room - 1), width: columns)
            guard bottom + 2 <= rows.upperBound else { return }
            draw(scenario, list, (bottom + 2)...rows.upperBound, from: 1)
        }
    }

    /// Their names, each with how it went; the last row that was used.
    private mutating func drawScenarios(
        _ list: ScenarioList, _ rows: ClosedRange<Int>, width: Int
    ) -> Int {
        let chosen = list.index ?? 0
        let first = max(0, min(chosen - rows.count / 2, list.scenarios.count - rows.count))
        let shown = list.scenarios.dropFirst(first).prefix(rows.count)
        for (place, scenario) in zip(rows, shown) {
            let isChosen = scenario.name == list.scenarios[chosen].name
            if isChosen { write(glyphs.cursor, 0, place, .accent, .bold) }
            let sign = sign(of: scenario, list)
            write([sign], 1, place)
            write(
                scenario.name.left(width - 4, ellipsis: glyphs.ellipsis), 3, place,
                isChosen ? .accent : .plain, isChosen ? .bold : [])
            if columns < 100 {
                write(
                    scenario.about.left(
                        max(0, columns - 26), ellipsis: glyphs.ellipsis), 25, place, .quiet)
            }
        }
        return rows.lowerBound + shown.count - 1
    }

    private func sign(of scenario: Plan.Scenario, _ list: ScenarioList) -> Span {
        guard let course = list.course, course.name == scenario.name else {
            return Span(glyphs.dot, .quiet)
        }
        guard let end = course.end else {
            return course.isPaused ? Span(glyphs.pause, .warning) : Span(glyphs.play, .good)
        }
        return end.state == .done ? Span(glyphs.heal, .good) : Span(glyphs.gone, .alarm)
    }

    /// Faults that keys make, where there is room beside the scenario.
    private mutating func drawCatalogue(from top: Int, to bottom: Int, columns: Range<Int>) {
        guard bottom - top >= 3 else { return }
        write("faults by hand: f, then", columns.lowerBound, top, .quiet, within: columns.count)
        let rows = bottom - top
        let width = 14
        for (place, item) in FaultMenu.items.enumerated() {
            let column = columns.lowerBound + place / rows * width
            guard column + width <= columns.upperBound else { return }
            let row = top + 1 + place % rows
            write(
                [Span(String(Character(item.key)), .key, .bold), Span(" " + item.verb)], column,
                row,
                within: width)
        }
    }

    // MARK: One scenario

    private struct ChaosLine {
        var spans: [Span]
        var isCurrent = false
    }

    private mutating func draw(
        _ scenario: Plan.Scenario, _ list: ScenarioList, _ rows: ClosedRange<Int>, from left: Int
    ) {
        let width = columns - left - 1
        guard width > 10 else { return }
        let words = list.words(scenario)
        let hasFailed = words.hasPrefix("failed")
        write(
            [
                Span(scenario.name, .accent, .bold),
                Span(
                    words.isEmpty ? "" : "   " + words,
                    hasFailed ? .alarm : words == "passed" ? .good : .warning),
            ], left, rows.lowerBound, within: width)
        var lines: [ChaosLine] = []
        if columns >= 100, !scenario.about.isEmpty {
            lines = wrapped(scenario.about, width).map { ChaosLine(spans: [Span($0, .quiet)]) }
            lines.append(ChaosLine(spans: []))
        }
        lines += scenario.steps.map { line($0, scenario, list) }
        lines += promises(scenario.always, "always", .always)
        lines += promises(scenario.expect, "expect", .expect)
        if list.course?.name == scenario.name {
            let checks = core.judgements.filter { $0.kind == .check }
            lines += promises(checks.map(\.text), "checks", .check)
        }
        let room = rows.count - 1
        let current = lines.lastIndex(where: \.isCurrent) ?? 0
        let first = max(0, min(current - room / 2, lines.count - room))
        for (place, line) in lines.dropFirst(first).prefix(room).enumerated() {
            let row = rows.lowerBound + 1 + place
            write(line.spans, left, row, within: width)
            if line.isCurrent { frame.mark(.selected, row: row, columns: left..<(left + width)) }
        }
        let hidden = lines.count - first - room
        if hidden > 0 {
            let more = "\(hidden) more"
            write(more, columns - 1 - Width.columns(more), rows.upperBound, .quiet)
        }
    }

    private func line(
        _ step: Plan.Step, _ scenario: Plan.Scenario, _ list: ScenarioList
    ) -> ChaosLine {
        let state = list.state(of: step, in: scenario)
        let isCurrent = state == .began && list.isRunning
        let (sign, style): (String, Style) =
            switch state {
            case .done: (glyphs.heal, .good)
            case .failed: (glyphs.gone, .alarm)
            case .began where isCurrent: (glyphs.cursor, .accent)
            case .began: (glyphs.note, .quiet)
            case .paused, .resumed, nil: (glyphs.dot, .quiet)
            }
        let indent = String(repeating: "  ", count: step.depth)
        let isBlock = step.text.hasSuffix(":")
        return ChaosLine(
            spans: [
                Span(sign + " ", style), Span(step.number.right(4) + "  ", .quiet),
                Span(indent + step.text, isBlock ? .quiet : state == nil ? .plain : .command),
            ], isCurrent: isCurrent)
    }

    /// Promises, each with its verdict where there is one.
    private func promises(
        _ texts: [String], _ title: String, _ kind: Judgement.Kind
    ) -> [ChaosLine] {
        guard !texts.isEmpty else { return [] }
        let head = [ChaosLine(spans: []), ChaosLine(spans: [Span(title, .quiet)])]
        return head
            + texts.map { text in
                let judgement = core.judgements.last { $0.kind == kind && $0.text == text }
                let (sign, style): (String, Style) =
                    switch judgement?.verdict {
                    case .holds: (glyphs.heal, .good)
                    case .broken: (glyphs.gone, .alarm)
                    case .unknown: ("?", .warning)
                    case nil: (glyphs.dot, .quiet)
                    }
                var spans = [Span(sign + " ", style), Span(text)]
                if let detail = judgement?.detail, !detail.isEmpty {
                    spans.append(Span("   " + detail, .quiet))
                }
                return ChaosLine(spans: spans)
            }
    }

    /// The keys of the bottom line.
    var chaosHints: [Hint] {
        let list = ScenarioList(core, view)
        let isPaused = list.isRunning && list.course?.isPaused == true
        var hints = [Hint(glyphs.arrows, "choose", .down, 1)]
        if !list.isRunning { hints.append(Hint(glyphs.enter, "run", .enter, 0)) }
        if list.isRunning {
            hints.append(Hint("Space", isPaused ? "go on" : "hold", .character(" "), 0))
        }
        hints.append(Hint("s", "one step", 0))
        if list.isRunning { hints.append(Hint("S", "stop it", 0)) }
        return hints + [Hint("f", "fault", 1), Hint("u", "undo", 3), Hint("!", "heal all", 2)]
    }
}

extension Help {
    static let chaos = Section(
        title: "scenarios, and faults by hand",
        keys: [
            ("\u{2191}\u{2193}  j k", "another scenario"), ("Enter", "run it"),
            ("Space", "hold before the next step; go on"),
            ("s", "one step, then it stands still"), ("S", "stop it: heals, nothing is judged"),
            ("f", "every fault, each with its letter"), ("p", "partition: choose the sides"),
        ])
}
