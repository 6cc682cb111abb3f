/// Reads the tree into the model and collects what is wrong on the way. Each function reads one
/// kind of value; it complains where the value stands and returns `nil`, and reading goes on.
struct Reader {
    let source: SourceText
    /// `--set`, by word.
    let overrides: [String: String]
    var found: [Diagnostic] = []
    var topology: Topology
    /// Names of the one name space: what has it, and where.
    var names: [String: (what: String, place: Place)] = [:]
    /// Groups that are no maps: told once, and not again for what they lack.
    var troubled: [String: Place] = [:]
    /// Probe and metrics of the top, for groups without their own.
    var defaultProbe: Item?
    var defaultMetrics: Metrics?
    /// Words of `lists`, read or not.
    var listNames: [String] = []

    init(source: SourceText, overrides: [String: String]) {
        self.source = source
        self.overrides = overrides
        topology = Topology(source: source)
    }

    mutating func complain(
        _ place: Place, _ message: String, _ code: String, _ hint: String? = nil
    ) {
        found.append(source.diagnostic(at: place, message, code: code, hint: hint))
    }

    // MARK: Maps and lists

    /// The entries of a map whose keys are free words (groups, ports, settings, …).
    mutating func entries(_ item: Item, _ what: String) -> [Item.Entry] {
        guard case .map(let entries) = item.kind else {
            expected("a map for '\(what)'", item)
            return []
        }
        return entries.filter { !$0.key.text.hasPrefix("x-") }
    }

    /// The entries of a map with known keys. Unknown ones are told, with the nearest known one.
    mutating func fields(_ item: Item, of map: String, known: [String]) -> [String: Item.Entry] {
        guard case .map(let entries) = item.kind else {
            expected("a map with \(known.prefix(4).joined(separator: ", ")) …", item)
            return [:]
        }
        var fields: [String: Item.Entry] = [:]
        for entry in entries where !entry.key.text.hasPrefix("x-") {
            let key = entry.key.text
            if NotYet.keys.contains("\(map).\(key)") {
                notYet("'\(key)'", entry.key.place)
            } else if known.contains(key) {
                if fields[key] == nil { fields[key] = entry }
            } else {
                let hint =
                    nearest(key, of: known).map { "did you mean '\($0)'?" }
                    ?? "known here: "
                    + known.filter { !NotYet.keys.contains("\(map).\($0)") }
                    .joined(separator: " ")
                complain(
                    entry.key.place, "unknown key '\(shortened(key))' in \(map)", "key/unknown",
                    hint)
            }
        }
        return fields
    }

    /// The elements of a list.
    mutating func elements(_ item: Item, _ what: String) -> [Item] {
        if case .list(let elements) = item.kind { return elements }
        expected("a list of \(what)", item)
        return []
    }

    mutating func notYet(_ what: String, _ place: Place) {
        complain(place, "\(what) is not in this version", "version/not-yet", "leave it out for now")
    }

    // MARK: Texts

    /// A text as it stands, `{setting.WORD}` not filled in.
    mutating func rawText(_ item: Item, _ what: String = "text") -> Passage? {
        guard case .text(let passage, _, _) = item.kind, !item.isNothing else {
            expected(what, item)
            return nil
        }
        return passage
    }

    /// A text with its settings filled in.
    mutating func text(_ item: Item, _ what: String = "text") -> Passage? {
        guard let passage = rawText(item, what) else { return nil }
        return fillingSettings(of: passage)
    }

    /// A text that must not be empty.
    mutating func sentence(_ item: Item) -> String? {
        guard let passage = text(item) else { return nil }
        return passage.text
    }

    /// Tells what was expected and what is there instead, with the reason where it is a known trap.
    mutating func expected(_ what: String, _ item: Item) {
        if case .map(let entries) = item.kind, item.flow, entries.count == 1,
            entries[0].value.isNothing
        {
            complain(
                item.place, "expected \(what), found \(item.described)",
                "yaml/placeholder-needs-quotes", "write \"{\(shortened(entries[0].key.text))}\"")
            return
        }
        complain(item.place, "expected \(what), found \(item.described)", "value/kind")
    }

    // MARK: Values

    /// One of some words.
    mutating func choice(_ item: Item, of words: [String], at path: String) -> String? {
        let wanted = words.count == 1 ? "'\(words[0])'" : "one of " + words.joined(separator: ", ")
        guard let passage = text(item, wanted) else { return nil }
        if words.contains(passage.text) { return passage.text }
        if NotYet.values.contains("\(path)=\(passage.text)") {
            notYet("'\(passage.text)'", passage.place)
            return nil
        }
        complain(
            passage.place,
            "expected \(wanted), found \(item.described)",
            "value/choice", nearest(passage.text, of: words).map { "did you mean '\($0)'?" })
        return nil
    }

    /// A case of an enumeration of words.
    mutating func choice<Value>(
        _ item: Item, _ type: Value.Type, at path: String
    ) -> Value? where Value: RawRepresentable<String>, Value: CaseIterable {
        let words = Value.allCases.map(\.rawValue)
            .filter { !NotYet.values.contains("\(path)=\($0)") }
        return choice(item, of: words, at: path).flatMap(Value.init(rawValue:))
    }

    mutating func number(_ item: Item, _ range: ClosedRange<Int>) -> Int? {
        let wanted =
            range.upperBound == .max
            ? "a number of at least \(range.lowerBound)"
            : "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let passage = text(item, wanted) else { return nil }
        switch Quantities.number(passage.text) {
        case .value(let number) where range.contains(number): return number
        case .value:
            complain(item.place, "expected \(wanted), found \(item.described)", "value/number")
        case .wrong(let hint):
            complain(
                item.place, "expected \(wanted), found \(item.described)", "value/number", hint)
        }
        return nil
    }

    mutating func time(_ item: Item, atLeast least: Duration = .zero) -> Duration? {
        guard let time = quantity(item, "a time", "value/time", Quantities.time) else { return nil }
        guard time >= least else {
            complain(item.place, "expected a time of at least \(told(least))", "value/time")
            return nil
        }
        return time
    }

    mutating func range(_ item: Item, atLeast least: Duration = .zero) -> ClosedRange<Duration>? {
        guard let range = quantity(item, "a range of times", "value/range", Quantities.range) else {
            return nil
        }
        guard range.lowerBound >= least else {
            complain(item.place, "expected times of at least \(told(least))", "value/range")
            return nil
        }
        return range
    }

    mutating func frequency(_ item: Item) -> Double? {
        quantity(item, "a frequency", "value/frequency", Quantities.frequency)
    }

    mutating func quantity<Value>(
        _ item: Item, _ what: String, _ code: String,
        _ read: (String) -> Quantities.Outcome<Value>
    ) -> Value? {
        guard let passage = text(item, what) else { return nil }
        switch read(passage.text) {
        case .value(let value): return value
        case .wrong(let hint):
            complain(item.place, "expected \(what), found \(item.described)", code, hint)
            return nil
        }
    }

    private func told(_ time: Duration) -> String {
        time < .seconds(1)
            ? "\(Int(time / .milliseconds(1)))ms" : "\(Int(time / .seconds(1)))s"
    }

    // MARK: Names

    /// A word of its own small world: a port, a setting, a list, a scenario.
    mutating func word(_ key: Passage) -> String? {
        if let complaint = Names.wordComplaint(key.text) {
            complain(key.place, complaint.message, complaint.code, complaint.hint)
            return nil
        }
        return key.text
    }

    /// A name of the one name space; it must be free.
    mutating func claim(_ name: String, _ what: String, at place: Place, repeatable: Bool = false) {
        if let holder = names[name] {
            if repeatable, holder.what == what { return }
            complain(
                place, "'\(name)' is already \(holder.what) (line \(holder.place.line))",
                "name/taken",
                "groups, members, clients and labels share one name space")
            return
        }
        names[name] = (what, place)
    }
}
