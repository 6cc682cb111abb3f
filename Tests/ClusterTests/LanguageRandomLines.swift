import Glibc

@testable import Cluster

/// Random lines of the language, drawn from the same table of productions that the palette and the
/// reference page use. The same seed gives the same lines.
struct RandomLines {
    private var draws: KeyedRandom
    private var number: UInt64 = 0
    private var depth = 0
    /// Every word and production that was drawn.
    private(set) var used: Set<String> = []

    init(seed: UInt64) { draws = KeyedRandom(seed: seed) }

    /// `SQUALL_TEST_SEED`, to repeat a failure, or a new one.
    static func seed() -> UInt64 {
        getenv("SQUALL_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
            ?? .random(in: 0..<1_000_000_000)
    }

    mutating func below(_ bound: Int) -> Int {
        number += 1
        return Int(
            KeyedRandom.scale(draws.bits(.other, number: number), below: UInt64(max(1, bound))))
    }

    mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }

    mutating func line(_ production: Grammar.Name) -> String {
        depth = 0
        return piece(.production(production), unit: nil)
    }

    // MARK: Rules

    private mutating func piece(_ rule: Grammar.Rule, unit: Unit?) -> String {
        depth += 1
        defer { depth -= 1 }
        switch rule {
        case .terminal(let terminal): return text(of: terminal)
        case .sequence(let rules):
            var line = ""
            for rule in rules {
                let next = piece(rule, unit: unit)
                let joins = line.isEmpty || next.isEmpty || next.hasPrefix(",")
                line += (joins ? "" : " ") + next
            }
            return line
        case .choice(let rules): return piece(pick(rules), unit: unit)
        case .optional(let rule): return below(2) == 0 ? "" : piece(rule, unit: unit)
        case .repeated(let rule):
            var line = ""
            while depth < 24, below(5) < 2 {
                let next = piece(rule, unit: unit)
                line += (line.isEmpty || next.hasPrefix(",") ? "" : " ") + next
            }
            return line
        case .production(let name, let inner): return produce(name, unit: inner ?? unit)
        }
    }

    private mutating func produce(_ name: Grammar.Name, unit: Unit?) -> String {
        used.insert(name.rawValue)
        switch name {
        case .value where unit != nil: return quantity(unit ?? .number)
        case .neg: return condition()
        case .split:
            // At most one group is the rest, and never all of them.
            while true {
                let line = piece(Grammar.rule(name), unit: nil)
                let rests = line.split(separator: " ").filter { $0 == "rest" }.count
                if rests == 0 || (rests == 1 && line.contains("/")) { return line }
            }
        case .term where depth > 24: return "leader"
        default: return piece(Grammar.rule(name), unit: unit)
        }
    }

    /// A condition has to fit its signal, which the table does not say.
    private mutating func condition() -> String {
        let not = below(4) == 0 ? "not " : ""
        if depth < 20, below(4) == 0 { return not + "(\(piece(.expr, unit: nil)))" }
        let word = below(8) == 0 ? nil : pick(SignalWord.all)
        used.formUnion(["signal", "argument", "window", "relation", "value"])
        var line = not + signal(word)
        if below(4) == 0 { line += " " + produce(.window, unit: nil) }
        switch word?.value {
        case .truth: return line
        case .units(let units): return line + compare(quantity(pick(units)))
        case .word: return line + compare(text(of: .operandWord))
        case .anything, nil:
            if word == nil, below(2) == 0 { return line }
            return line + compare(below(4) == 0 ? signal(pick(SignalWord.all)) : operand())
        }
    }

    private mutating func operand() -> String {
        if below(2) == 0 { return quantity(pick(Unit.allCases)) }
        return text(of: below(2) == 0 ? .operandWord : .quoted)
    }

    private mutating func compare(_ value: String) -> String {
        " " + pick(Relation.allCases).rawValue + " " + value
    }

    private mutating func signal(_ word: SignalWord?) -> String {
        guard let word else { return pick(["waiting", "served", "in-doubt"]) }
        switch word.arguments {
        case .nothing: return word.name
        case .nodes:
            return below(3) == 0 ? word.name : "\(word.name)(\(piece(.nodes, unit: nil)))"
        case .path: return "\(word.name)(\(piece(.path, unit: nil)))"
        case .word: return "\(word.name)(\(text(of: .name(.fault))))"
        case .wordAndNodes:
            let nodes = below(2) == 0 ? "" : ", " + piece(.nodes, unit: nil)
            return "\(word.name)(\(text(of: .name(.argument)))\(nodes))"
        case .expression:
            used.insert("any")
            return depth < 20 ? "any(\(piece(.expr, unit: nil)))" : "any(ready)"
        }
    }

    // MARK: Words

    private mutating func text(of terminal: Grammar.Terminal) -> String {
        switch terminal {
        case .word(let word):
            used.insert(word)
            return word
        case .mark(let mark): return mark
        case .unit(let unit): return quantity(unit)
        case .whole: return String(68 + below(900))
        case .name(.node): return pick(["kv", "kv-1", "primary", "replica-2", "ramp", "cut", "x9"])
        case .name(.fault): return pick(["split", "f3", "crash", "a1"])
        case .name(.argument): return pick(["in-doubt", "put", "cut", "f12"])
        case .name: return pick(["split", "eu-down", "cut", "kv"])
        case .glob: return pick(["replica-*", "k?-1", "*"])
        case .label:
            return pick(["zone=eu", "role=master", "v=1.2:3_4-5", #"zone="far \"east\"""#])
        case .signalName: return pick(["HUP", "SIGUSR1", "term"])
        case .key, .text: return pick(["x", "5,6", "at", #""a b""#, #""""#, "ключ", #"a"b"#, "→"])
        case .file: return pick(["rtt.csv", "a/b-1.txt", #""my file""#])
        case .lastText:
            return pick(["x", "before the upgrade", #""a \"b\" \\ c""#, #"{"a": 1}"#, "grün"])
        case .urlPath: return pick(["/", "/health?x=1&y=2", "/a,b(c)#d"])
        case .restOfLine: return pick(["ls -l", #"redis-cli -h {ip} set "a  b" 'c' | cat"#])
        case .operandWord: return pick(["leader", "ok", "red", "v1.2:x", "Up_2"])
        case .quoted: return pick([#""""#, #""a b""#, #""\\ \" (""#])
        }
    }

    private mutating func quantity(_ unit: Unit) -> String {
        let number = pick(["1", "5", "42", "100", "1.5", "0.25", "999"])
        switch unit {
        case .time:
            return pick([
                "0", "90s", "1m30s", "1.5h", "2h1ns", "30s1m", number + "ms", number + "us",
            ])
        case .size: return (Double(number) ?? 1) < 1 ? "4KiB" : pick(["12", number]) + "kB"
        case .bandwidth:
            return pick(["20MB/s", "100Mbit/s", "3bit/s", "1KiB/s", number + "Gbit/s"])
        case .frequency: return number + pick(["/s", "/m"])
        case .share: return pick(["0%", "100%", "99.9999999%", "5%", "0.05%"])
        case .number: return number
        }
    }
}
