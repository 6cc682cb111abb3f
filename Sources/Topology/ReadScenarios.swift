extension Reader {
    mutating func readScenarios(_ item: Item) {
        for entry in entries(item, "scenarios") {
            guard let name = word(entry.key) else { continue }
            topology.scenarios.append(readScenario(entry.value, name, at: entry.key.place))
        }
    }

    /// One scenario, in a topology or in a file of its own.
    mutating func readScenario(
        _ item: Item, _ name: String, at place: Place
    ) -> Topology.Scenario {
        let fields = fields(item, of: "scenario", known: Keys.scenario)
        var scenario = Topology.Scenario(name: name, place: place)
        if let item = fields["about"]?.value { scenario.about = sentence(item) }
        if let item = fields["settle"]?.value { scenario.settle = time(item) ?? .seconds(10) }
        if let item = fields["steps"]?.value {
            scenario.steps = readSteps(item)
        } else if case .map = item.kind {
            complain(
                place, "scenario \(name) has no steps", "key/missing",
                "add 'steps:', one command a line")
        }
        if let item = fields["always"]?.value { scenario.always = readLines(item, "expressions") }
        if let item = fields["expect"]?.value { scenario.expect = readLines(item, "expressions") }
        return scenario
    }

    /// Steps, one command a line, or blocks of them.
    private mutating func readSteps(_ item: Item) -> [Topology.Step] {
        var steps: [Topology.Step] = []
        for element in commandList(item, "steps") {
            if case .map(let entries) = element.kind {
                if let step = readBlock(element, entries) { steps.append(step) }
            } else if let line = commandLine(element) {
                steps.append(.line(line))
            }
        }
        return steps
    }

    mutating func readLines(_ item: Item, _ what: String) -> [Passage] {
        commandList(item, what).compactMap { commandLine($0) }
    }

    /// A list of lines. Written in `[ ]` it would be split at every comma, and nearly every command
    /// has one.
    private mutating func commandList(_ item: Item, _ what: String) -> [Item] {
        let elements = elements(item, what)
        guard item.flow, elements.count > 1 else { return elements }
        let bare = elements.firstIndex {
            if case .text(_, let plain, _) = $0.kind { plain } else { false }
        }
        guard let bare else { return elements }
        let told = elements.map { shortened($0.bareText ?? "…") }.joined(separator: ",")
        complain(
            elements[bare].place, "in [ ] YAML splits commands at every comma", "yaml/flow-list",
            elements.count == 2
                || elements.dropFirst().contains { !($0.bareText ?? "").contains(" ") }
                ? "is this one step, split at a comma? write: - \(told)"
                : "write one step a line, each behind '- '")
        return []
    }

    /// One line of the command language, with what a comment would have cut off told.
    private mutating func commandLine(_ item: Item) -> Passage? {
        if case .map(let entries) = item.kind, let first = entries.first, !item.isBraced {
            let value = first.value.bareText ?? "…"
            complain(
                item.place,
                "expected a command line, found a mapping '\(shortened(first.key.text)): …'",
                "steps/mapping",
                "a step is the command itself: - \(shortened(first.key.text)) \(shortened(value))")
            return nil
        }
        guard case .text(let raw, let plain, let end) = item.kind, !item.isNothing else {
            expected("a command line", item)
            return nil
        }
        if plain { tellComment(behind: end, of: raw) }
        guard let passage = fillingSettings(of: raw) else { return nil }
        if passage.text.allSatisfy(\.isWhitespace) {
            complain(item.place, "an empty line", "steps/empty")
            return nil
        }
        if passage.text.contains("\n") {
            let trimmed = passage.text.hasSuffix("\n") ? passage.text.dropLast() : passage.text[...]
            if trimmed.contains("\n") {
                complain(
                    item.place, "one line, one command", "steps/lines",
                    "write one step a line, each behind '- '")
                return nil
            }
        }
        return passage
    }

    /// ` #3` behind a plain text is a comment to YAML: `heal #3` would become `heal`.
    private mutating func tellComment(behind end: Place, of line: Passage) {
        var here = end
        while let blank = source.scalar(at: here), blank == " " || blank == "\t" {
            here.column += 1
        }
        guard here.column > end.column, source.scalar(at: here) == "#" else { return }
        let next = Place(line: here.line, column: here.column + 1)
        guard let letter = source.scalar(at: next), letter != " ", letter != "\t" else { return }
        let rest = source.lines[here.line - 1][here.column...].prefix { $0 != " " && $0 != "\t" }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: rest)
        let digits = rest.allSatisfy { ("0"..."9").contains($0) }
        complain(
            here, "'#\(String(word))' after a step is a comment to YAML and would be lost",
            "yaml/comment-in-command",
            line.text.hasPrefix("heal") && digits
                ? "name the fault ('heal split') or write 'heal f\(String(word))'"
                : "put the line in quotes, or a blank behind the '#' of a comment")
    }

    // MARK: Blocks

    private mutating func readBlock(_ item: Item, _ entries: [Item.Entry]) -> Topology.Step? {
        let keys = Set(entries.map(\.key.text))
        if keys.contains("repeat") {
            let fields = fields(item, of: "repeat block", known: ["repeat", "steps"])
            guard let times = fields["repeat"].flatMap({ number($0.value, 1...100_000) }) else {
                return nil
            }
            return .repetition(times, blockSteps(fields, item), item.place)
        }
        if keys.contains("parallel") {
            let fields = fields(item, of: "parallel block", known: ["parallel"])
            guard let lists = fields["parallel"]?.value else { return nil }
            let branches = elements(lists, "lists of steps").map { readSteps($0) }
            return .parallel(branches, item.place)
        }
        if keys.contains("for each") {
            let fields = fields(item, of: "for each block", known: ["for each", "steps"])
            guard let nodes = fields["for each"].flatMap({ text($0.value, "nodes") }) else {
                return nil
            }
            return .forEach(nodes, blockSteps(fields, item), item.place)
        }
        if keys.contains("chaos") {
            let fields = fields(item, of: "step", known: ["chaos"])
            return fields["chaos"].flatMap { readChaos($0) }
        }
        guard !item.isBraced else {
            expected("a command line", item)
            return nil
        }
        if keys.contains("steps") || entries.first?.value.bareText == nil,
            let near = entries.first.flatMap({
                nearest($0.key.text, of: ["repeat", "parallel", "for each", "chaos"])
            })
        {
            complain(
                item.place, "unknown block '\(shortened(entries[0].key.text))'", "key/unknown",
                "did you mean '\(near)'?")
            return nil
        }
        _ = commandLine(item)
        return nil
    }

    private mutating func blockSteps(
        _ fields: [String: Item.Entry], _ item: Item
    ) -> [Topology.Step] {
        if let steps = fields["steps"]?.value { return readSteps(steps) }
        complain(item.place, "this block has no steps", "key/missing", "add 'steps:'")
        return []
    }

    private mutating func readChaos(_ entry: Item.Entry) -> Topology.Step? {
        let fields = fields(entry.value, of: "chaos", known: Keys.chaos)
        guard let faults = required("faults", fields, of: "block", entry),
            let every = required("every", fields, of: "block", entry),
            let duration = required("for", fields, of: "block", entry)
        else { return nil }
        var lines: [(line: Passage, weight: Int)] = []
        for fault in entries(faults, "faults: command lines to weights") {
            guard let weight = number(fault.value, 1...1_000_000),
                let line = fillingSettings(of: fault.key)
            else { continue }
            lines.append((line, weight))
        }
        guard let range = range(every, atLeast: .milliseconds(10)),
            let total = time(duration, atLeast: .milliseconds(10))
        else { return nil }
        let atMost = fields["at most"].flatMap { number($0.value, 1...1000) } ?? 1
        return .chaos(
            Topology.Chaos(
                faults: lines, every: range, duration: total, atMost: atMost,
                place: entry.key.place))
    }
}

extension Item {
    /// `{word}`: a placeholder that lost its quotes.
    fileprivate var isBraced: Bool {
        if case .map(let entries) = kind, flow, entries.count == 1 {
            return entries[0].value.isNothing
        }
        return false
    }

    /// The text, whatever it is for.
    fileprivate var bareText: String? {
        if case .text(let passage, _, _) = kind { return passage.text }
        return nil
    }
}
