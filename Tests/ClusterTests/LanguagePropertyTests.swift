import Testing

@testable import Cluster

@Suite struct LanguagePropertyTests {
    @Test("the canonical text of random commands parses as the same command")
    func commands() throws {
        let seed = RandomLines.seed()
        var lines = RandomLines(seed: seed)
        for _ in 0..<4_000 {
            let line = lines.line(.command)
            let command = try parsed(line, seed) { try Command(parsing: $0) }
            let again = try parsed(command.text, seed) { try Command(parsing: $0) }
            #expect(again == command, "seed \(seed): \(line)\nprinted as \(command.text)")
            #expect(again.text == command.text, "seed \(seed)")
        }
        let missing = words(of: .command).subtracting(lines.used)
        #expect(missing.isEmpty, "never drawn: \(missing.sorted()) with seed \(seed)")
    }

    @Test("the canonical text of random clauses parses as the same clause")
    func clauses() throws {
        let seed = RandomLines.seed()
        var lines = RandomLines(seed: seed)
        for _ in 0..<4_000 {
            let line = lines.line(.clause)
            let clause = try parsed(line, seed) { try Clause(parsing: $0) }
            let again = try parsed(clause.text, seed) { try Clause(parsing: $0) }
            #expect(again == clause, "seed \(seed): \(line)\nprinted as \(clause.text)")
        }
    }

    @Test("what the parser accepts, the table of productions accepts")
    func table() {
        let seed = RandomLines.seed()
        var lines = RandomLines(seed: seed)
        for _ in 0..<1_500 {
            let line = lines.line(.command)
            #expect(
                GrammarWalk(Array(line.utf8), as: .command).isComplete, "seed \(seed): \(line)")
        }
    }

    @Test("a mutilated line is a command that round-trips, or an error with a place and a reason")
    func mutations() throws {
        let seed = RandomLines.seed()
        var lines = RandomLines(seed: seed)
        for _ in 0..<4_000 {
            let line = mutilated(lines.line(.command), &lines)
            do {
                let command = try Command(parsing: line)
                let again = try parsed(command.text, seed) { try Command(parsing: $0) }
                #expect(again == command, "seed \(seed): \(line)\nprinted as \(command.text)")
                let isKnown = GrammarWalk(Array(line.utf8), as: .command).isComplete
                #expect(isKnown, "seed \(seed): \(line)")
            } catch let error as ParseError {
                #expect((1...line.count + 1).contains(error.column), "seed \(seed): \(line)")
                #expect(error.column + error.length <= line.count + 2, "seed \(seed): \(line)")
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test("what was looked up, looked up again, is the same: the journal's text replays exactly")
    func resolution() throws {
        let seed = RandomLines.seed()
        var lines = RandomLines(seed: seed)
        var count = 0
        for number in 1...4_000 {
            let line = lines.line(.command)
            let random = KeyedRandom(seed: seed)
            guard
                let found = try? Command(parsing: line).resolved(
                    in: Self.roster, random: random, number: UInt64(number))
            else { continue }
            count += 1
            let again = try Command(parsing: found.command.text).resolved(
                in: Self.roster, random: KeyedRandom(seed: 1), number: 1)
            #expect(again == found, "seed \(seed): \(line)\nbecame \(found.command.text)")
            #expect(found.nodes == found.nodes.sorted())
        }
        #expect(count > 500, "seed \(seed)")
    }

    /// Machines with the names that random lines use.
    private static let roster = Roster(
        machines: ["kv-1", "kv-2", "primary", "replica-2", "ramp", "cut", "x9", "client-1"]
            .enumerated().map { index, name in
                Roster.Machine(
                    id: NodeID(UInt16(index)),
                    description: NodeDescription(
                        name: name, group: name.hasPrefix("kv") ? "kv" : name, address: "",
                        kind: name == "client-1" ? .client : .node,
                        labels: [.init(key: "zone", value: index < 3 ? "eu" : "us")]),
                    role: index == 0 ? .leader : .follower, own: index == 0 ? "master" : "slave")
            })

    @Test("every quantity is printed so that it parses as the same quantity")
    func quantities() throws {
        let seed = RandomLines.seed()
        var random = RandomLines(seed: seed)
        for _ in 0..<20_000 {
            let raw = Int64.max >> Int64(random.below(63))
            let value = raw - Int64(random.below(Int(min(raw, 1_000_000))))
            let quantities: [Quantity] = [
                .time(.nanoseconds(value)), .size(ByteCount(bytes: value)),
                .bandwidth(Bandwidth(bitsPerSecond: value)),
                .frequency(Frequency(millionthsPerMinute: value)),
                .share(Share(billionths: value)), .number(Fixed(millionths: value)),
            ]
            for quantity in quantities {
                let again = try Quantity(parsing: quantity.text)
                #expect(again == quantity, "\(quantity) was printed as \(quantity.text)")
            }
        }
    }

    // MARK: -

    private func parsed<T>(_ line: String, _ seed: UInt64, _ body: (String) throws -> T) throws -> T
    {
        do {
            return try body(line)
        } catch let error as ParseError {
            Issue.record("seed \(seed):\n\(error.pointing(into: line))")
            throw error
        }
    }

    private func mutilated(_ line: String, _ random: inout RandomLines) -> String {
        var letters = Array(line)
        let strange = Array(#"#-><|±"\()=,/ 019.%éxf!&;*"# + "\u{1F9F5}\u{7}")
        for _ in 0...random.below(3) {
            let place = random.below(letters.count)
            switch random.below(5) {
            case 0 where !letters.isEmpty: letters.remove(at: place)
            case 1: letters.insert(random.pick(strange), at: place)
            case 2 where !letters.isEmpty: letters[place] = random.pick(strange)
            case 3: letters = Array(letters.prefix(place))
            default:
                let words = String(letters).split(separator: " ")
                if !words.isEmpty { letters += " " + random.pick(words) }
            }
        }
        return String(letters)
    }

    /// Every word and production that the table can reach.
    private func words(of start: Grammar.Name) -> Set<String> {
        var found: Set<String> = []
        var next = [start]
        while let name = next.popLast() {
            guard found.insert(name.rawValue).inserted else { continue }
            if name != .neg { collect(Grammar.rule(name), &found, &next) } else { next += [.expr] }
        }
        return found
    }

    private func collect(
        _ rule: Grammar.Rule, _ found: inout Set<String>, _ next: inout [Grammar.Name]
    ) {
        switch rule {
        case .terminal(.word(let word)): found.insert(word)
        case .terminal: break
        case .sequence(let rules), .choice(let rules):
            for rule in rules { collect(rule, &found, &next) }
        case .optional(let rule), .repeated(let rule): collect(rule, &found, &next)
        case .production(let name, _): next.append(name)
        }
    }
}
