internal import Cluster

/// Whether a question can ever be answered in this cluster: a question that cannot is a green or red
/// light that proves nothing.
extension ScriptCheck {
    mutating func check(_ expression: Expression, _ line: Line) {
        switch expression {
        case .or(let parts), .and(let parts): for part in parts { check(part, line) }
        case .not(let inner): check(inner, line)
        case .truth(let term): check(term, line)
        case .comparison(let term, _, let operand):
            check(term, line)
            if case .signal(let right) = operand { check(right, line) }
        }
    }

    private mutating func check(_ term: SignalTerm, _ line: Line) {
        if Signals.notYet.contains(term.name) {
            complain(
                line, about: term.name, "'\(term.name)' is not in this version", "version/not-yet",
                "leave it out for now")
            return
        }
        let isOwn = machines.contains { $0.metrics.contains(term.name) }
        guard Signals.known.contains(term.name) || isOwn else {
            complain(
                line, about: term.name, "there is no signal '\(term.name)'", "signal/unknown",
                near(term.name, Array(Signals.known)))
            return
        }
        if Signals.ofLearners.contains(term.name), !hasLearner {
            complain(
                line, about: term.name, "only the 'done' of a lesson can ask what was done by hand",
                "signal/learner", "ask for its effect: 'faults == 1'")
            return
        }
        if term.name == "check" || Signals.ofChecks.contains(term.name) {
            return checkCheck(term, line)
        }
        checkWindow(term, line)
        checkClients(term, line)
        let nodes = checkWord(term, line)
        for argument in nodes {
            switch argument {
            case .expression(let inner): check(inner, line)
            case .path(let path): check(path, line)
            case .nodes(let nodes) where Signals.ofFaults.contains(term.name):
                if case .name(let name)? = nodes.terms.first { checkFault(name, line) }
            case .nodes(let nodes):
                check(nodes, line)
                if !nodes.isPlain {
                    complain(
                        line, about: "of", "a question draws nothing", "signal/drawn",
                        "name them, or ask for one: any(\(term.name)(kv) > …)")
                }
            }
        }
    }

    /// The word of `metric(in-doubt, bank)`, `last(put, kv-1)`, `did(cut)`; gives the arguments behind it.
    private mutating func checkWord(_ term: SignalTerm, _ line: Line) -> [SignalTerm.Argument] {
        guard Signals.ofWords.union(Signals.ofLearners).contains(term.name),
            case .nodes(let first)? = term.arguments.first,
            case .name(let word)? = first.terms.first
        else { return term.arguments }
        let words =
            switch term.name {
            case "last": AskRecord.Verb.allCases.map(\.rawValue)
            case "did":
                LanguageReference.verbs.filter(\.isInThisVersion).map(\.word)
                    .filter { $0 != "wait" && $0 != "expect" }
            default: Set(machines.flatMap(\.metrics)).sorted()
            }
        if !words.contains(word) {
            complain(
                line, about: word,
                "'\(word)' is no \(term.name == "metric" ? "metric" : "verb") here",
                "signal/word",
                words.isEmpty
                    ? "add it to 'metrics:' of the group"
                    : near(word, words) ?? "there are: " + words.joined(separator: " "))
        }
        return Array(term.arguments.dropFirst())
    }

    /// A check that nobody makes is never known.
    private mutating func checkCheck(_ term: SignalTerm, _ line: Line) {
        guard !checks.isEmpty else {
            complain(
                line, about: term.name, "nothing checks what the clients saw", "check/none",
                "add 'checks: [linearizable]' to the topology")
            return
        }
        guard term.name == "check" else { return }
        guard let name = term.checkName else {
            complain(
                line, about: term.name, "'check' takes the name of one check", "check/name",
                "checks here: " + checks.joined(separator: " "))
            return
        }
        guard !checks.contains(name) else { return }
        complain(
            line, about: name, "the topology makes no check '\(name)'", "check/unknown",
            near(name, checks))
    }

    private mutating func checkWindow(_ term: SignalTerm, _ line: Line) {
        let word: String
        let name: String
        switch term.window {
        case nil: return
        case .before(let fault): (word, name) = ("before", fault)
        case .during(let fault): (word, name) = ("during", fault)
        case .after(let fault): (word, name) = ("after", fault)
        }
        guard Signals.ofClients.contains(term.name), term.name != "errors" || term.arguments.isEmpty
        else {
            complain(
                line, about: word, "'\(term.name)' has no window: it is asked of now",
                "signal/window",
                word == "after" ? "for a deadline write 'within 10s after \(name)'" : nil)
            return
        }
        checkFault(name, line)
    }

    private mutating func checkClients(_ term: SignalTerm, _ line: Line) {
        guard Signals.ofClients.contains(term.name), term.arguments.isEmpty,
            !machines.contains(where: { $0.kind == .client })
        else { return }
        complain(
            line, about: term.name, "nobody measures '\(term.name)': there are no clients",
            "workload/none", "add a 'workload:' to the topology")
    }
}
