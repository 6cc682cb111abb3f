/// Everything that can be named now, for the palette.
struct CompletionNames {
    var nodes: [(name: String, help: String)] = []
    var groups: [(name: String, help: String)] = []
    var labels: [String] = []
    var faults: [(name: String, help: String)] = []
    var pastFaults: [String] = []
    var scenarios: [(name: String, help: String)] = []

    init() {}

    init(_ core: Core) {
        for node in core.nodes {
            nodes.append((node.name, node.isClient ? "a client" : Self.help(node)))
            let group = node.description.group
            if group != node.name, !groups.contains(where: { $0.name == group }) {
                let count = core.nodes.count { $0.description.group == group }
                groups.append((group, count == 1 ? "1 machine" : "\(count) machines"))
            }
            for label in node.description.labels {
                let quoted = Selector.Term.label(label.key, label.value).text
                if !labels.contains(quoted) { labels.append(quoted) }
            }
        }
        for fault in core.faults.reversed() {
            if fault.isActive {
                faults.append((fault.label, fault.record.text))
            } else {
                pastFaults.append(fault.label)
            }
        }
    }

    private static func help(_ node: NodeState) -> String {
        [node.role.own.isEmpty ? node.role.role.word : node.role.own, node.phase.rawValue]
            .compactMap(\.self).joined(separator: ", ")
    }

    /// What could be written for the terminal; `typed` is what is there already.
    func candidates(
        for terminal: Grammar.Terminal, typed: String, asked: SignalCall?
    ) -> [Completion.Candidate] {
        switch terminal {
        case .word(let word): [.init(text: word, help: Self.help(for: word))]
        case .mark(let mark): mark == "," ? [] : [.init(text: mark, help: Self.help(for: mark))]
        case .unit(let unit): Self.quantities(unit, typed)
        case .whole: typed.isEmpty ? [.init(text: "2", help: "a whole number")] : []
        case .name(let kind): names(kind, asked)
        case .label: labels.map { .init(text: $0, help: "machines with this label") }
        case .signalName:
            ["HUP", "TERM", "USR1", "USR2", "INT", "QUIT"].map { .init(text: $0, help: "SIG\($0)") }
        case .urlPath: [.init(text: "/", help: "a path")]
        case .operandWord:
            ["leader", "follower", "ok", "refused", "timeout"].map {
                .init(text: $0, help: "a value")
            }
        case .glob, .key, .text, .file, .lastText, .restOfLine, .quoted: []
        }
    }

    private func names(_ kind: Grammar.NameKind, _ asked: SignalCall?) -> [Completion.Candidate] {
        let faultNames =
            faults.map { Completion.Candidate(text: $0.name, help: $0.help) }
        switch kind {
        case .node:
            return (nodes + groups).map { .init(text: $0.name, help: $0.help) }
        case .group: return groups.map { .init(text: $0.name, help: $0.help) }
        case .newFault: return []
        case .fault:
            return faultNames
                + pastFaults.prefix(20).map { .init(text: $0, help: "a fault that is over") }
        case .signal: return SignalWord.all.map { .init(text: $0.name, help: $0.help) }
        case .argument: return words(asked)
        case .scenario: return scenarios.map { .init(text: $0.name, help: $0.help) }
        }
    }

    /// What stands first in the parentheses of some signals.
    private func words(_ asked: SignalCall?) -> [Completion.Candidate] {
        guard let asked, asked.isFirst else { return [] }
        switch asked.name {
        case "did":
            return Vocabulary.verbs.map { .init(text: $0.word, help: $0.help) }
        case "last":
            return ["put", "get", "call"].map { .init(text: $0, help: "the last one by hand") }
        case "detection", "election", "recovery":
            return faults.map { .init(text: $0.name, help: $0.help) }
                + pastFaults.prefix(20).map { .init(text: $0, help: "a fault that is over") }
        default: return []
        }
    }

    /// Proposes units behind a number that was begun, and some values where nothing is typed.
    private static func quantities(_ unit: Unit, _ typed: String) -> [Completion.Candidate] {
        let (units, examples): ([String], [String]) =
            switch unit {
            case .time: (["ms", "s", "m"], ["100ms", "1s", "10s", "1m"])
            case .size: (["kB", "MB", "MiB"], ["64kB", "256MB"])
            case .bandwidth: (["kB/s", "MB/s", "Mbit/s"], ["500kB/s", "1MB/s", "10Mbit/s"])
            case .frequency: (["/s", "/m"], ["100/s", "1000/s"])
            case .share: (["%"], ["1%", "5%", "20%"])
            case .number: ([], ["1", "10"])
            }
        let isNumber = !typed.isEmpty && typed.utf8.allSatisfy { Parser.isDigit($0) || $0 == 0x2E }
        let texts = isNumber ? units.map { typed + $0 } : examples
        return texts.map { .init(text: $0, help: "a \(unit.rawValue)") }
    }

    /// What the words between mean.
    private static func help(for word: String) -> String {
        Vocabulary.help(forVerb: word) ?? joining[word] ?? ""
    }

    private static let joining: [String: String] = [
        "all": "every node", "any": "every machine, clients too",
        "leader": "every node that says it leads now",
        "followers": "every node that says it follows now", "clients": "the load generators",
        "minority": "fewer than half, drawn from the seed",
        "majority": "more than half, drawn from the seed", "of": "drawn from these",
        "except": "but not these", "rest": "every node not named",
        "/": "and on the other side", "from": "one way, from these",
        "to": "to these", "between": "both ways", "and": "and", "or": "or", "not": "not",
        "for": "ends by itself after a time", "as": "give it a name", "by": "how much",
        "jitter": "varied by so much", "uniform": "every value as likely",
        "normal": "mostly near the middle", "pareto": "a long tail", "exponential": "a tail",
        "correlation": "how much each depends on the one before",
        "ramp": "rising or falling over a time", "sine": "swinging", "square": "switching",
        "trace": "values from a file", "only": "only some packets", "burst": "in a row",
        "within": "by when", "tolerate": "may be broken for so long", "until": "until it holds",
        "during": "while the fault acts", "before": "before the fault",
        "after": "after the end of the fault", "rolling": "one after the other",
        "weather": "the standing faults", "on": "every fault on these nodes",
        "at": "which node is asked",
        "halves": "two halves", "ring": "each hears its neighbours", "thirds": "three parts",
        "bridge": "two halves and one node that hears both",
        "run": "begin it", "step": "one step, then stand still",
    ]
}
