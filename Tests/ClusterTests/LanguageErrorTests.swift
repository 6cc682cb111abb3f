import Testing

@testable import Cluster

@Suite struct LanguageErrorTests {
    /// Blocks of `errors.txt`: the kind, the text, and below it what is shown.
    @Test("a mistake is shown with its place, its reason and what to write instead")
    func golden() throws {
        let golden = try LanguageGolden.read("errors.txt")
        let shown = golden.split(separator: "---\n", omittingEmptySubsequences: false).map {
            block in
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.count > 1 ? String(lines[1]) : ""
            return "\(lines[0])\n\(Self.shown(String(lines[0]), text))\n"
        }
        let text = shown.joined(separator: "---\n")
        try LanguageGolden.compare(text, with: golden, in: "errors.txt")
        #expect(!shown.contains { $0.hasSuffix("parsed\n") })
    }

    private static func shown(_ kind: String, _ line: String) -> String {
        do {
            switch kind {
            case "command": _ = try Command(parsing: line)
            case "clause": _ = try Clause(parsing: line)
            case "expression": _ = try Expression(parsing: line)
            default: _ = try Quantity(parsing: line)
            }
            return "\(line)\nparsed"
        } catch {
            return error.pointing(into: line)
        }
    }

    @Test("a column counts characters, not bytes")
    func columns() {
        let error = #expect(throws: ParseError.self) { try Command(parsing: "put ключ 🧵 kv") }
        #expect(error?.column == 12)
        #expect(error?.expected == ["'at'"])
    }

    @Test("a control character never enters a command")
    func controls() {
        for line in ["note a\u{1B}[31m", "heal all\u{7}", "note a\nheal all", "exec kv ls\u{0}"] {
            #expect(throws: ParseError.self) { try Command(parsing: line) }
        }
    }

    @Test("nesting that would exhaust the stack is refused")
    func depth() {
        let deep = String(repeating: "(", count: 5_000) + "quorum"
        let error = #expect(throws: ParseError.self) { try Expression(parsing: deep) }
        #expect(error?.message == "nested too deeply")
        let picks = String(repeating: "2 of ", count: 5_000) + "kv"
        #expect(throws: ParseError.self) { try Selector(parsing: picks) }
    }

    @Test("a long and ambiguous line is refused as quickly as a short one")
    func ambiguity() {
        let list = String(repeating: "a,", count: 400)
        for line in [
            "wait until foo(\(list)", "cut from \(list)a to \(list)a to b", "crash \(list)",
        ] {
            #expect(throws: ParseError.self) { try Command(parsing: line) }
        }
        let huge = "crash " + String(repeating: "a,", count: 100_000)
        let error = #expect(throws: ParseError.self) { try Command(parsing: huge) }
        #expect(error?.expected == [] && error?.column == huge.count + 1)
    }

    @Test("what was possible at the mistake is told as a list")
    func expected() {
        let error = #expect(throws: ParseError.self) { try Command(parsing: "disk kv tiny") }
        #expect(error?.expected == ["','", "'except'", "'full'", "'slow'", "'failing'"])
    }

    @Test("every verb of the grammar has one line of help, and every helped verb is in the grammar")
    func verbs() throws {
        for (verb, help) in Vocabulary.verbs {
            #expect(Grammar.usage(of: verb)?.hasPrefix(verb) == true, "\(verb)")
            #expect(!help.isEmpty)
        }
        let first = GrammarWalk([], as: .command).trials.compactMap { trial -> String? in
            if case .word(let word) = trial.terminal { return word }
            return nil
        }
        #expect(Set(first) == Set(Vocabulary.verbs.map(\.word)))
        #expect(Set(Vocabulary.otherWords.values).isSubset(of: Set(first)))
        #expect(Set(Vocabulary.otherWords.keys).isDisjoint(with: Set(first)))
        #expect(Unsupported.verbs.isSubset(of: Set(first)))
    }

    @Test("the grammar on the reference page is that of the table")
    func ebnf() throws {
        let golden = try LanguageGolden.read("grammar.ebnf")
        try LanguageGolden.compare(Grammar.ebnf + "\n", with: golden, in: "grammar.ebnf")
    }

    @Test("the reference tells every verb with its usage, and every signal with its value")
    func reference() {
        let verbs = LanguageReference.verbs
        #expect(verbs.allSatisfy { $0.usage.hasPrefix($0.word) && !$0.help.isEmpty })
        #expect(verbs.first { $0.word == "scale" }?.isInThisVersion == false)
        let lag = LanguageReference.signals.first { $0.word == "lag" }
        #expect(lag?.usage == "lag(NODES)" && lag?.value == "a time")
        #expect(LanguageReference.grammar.contains("ending   = [ \"for\" time ] [ \"as\" name ] ;"))
    }

    @Test("a name is spelled like a name and is no word of the language")
    func names() {
        for name in ["kv", "kv-1", "crash", "a"] { #expect(LanguageReference.isName(name)) }
        let bad = ["", "leader", "rest", "f3", "Kv", "1a", "a b", "a_b", " kv", "kv ", "-a", "é"]
        for name in bad + [String(repeating: "a", count: 41)] {
            #expect(!LanguageReference.isName(name), "\(name)")
        }
    }
}
