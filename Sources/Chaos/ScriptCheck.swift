public import Cluster

extension Script {
    /// Understands a scenario for a cluster of these machines, whose topology makes these checks of what
    /// clients saw. Gives the script, or everything that is wrong with it: words, units, names,
    /// partitions that leave somebody out. `weather` are the standing faults of the topology, which have
    /// been checked.
    public static func check(
        _ scenario: ScenarioText, for machines: [NodeDescription], weather: [Line] = [],
        checks: [String] = []
    ) -> (script: Script?, complaints: [Complaint]) {
        var check = ScriptCheck(machines: machines, checks: checks)
        check.hasWeather = !weather.isEmpty
        check.collectNames(weather.map { .line($0) })
        let script = check.script(scenario)
        return (check.complaints.isEmpty ? script : nil, check.complaints)
    }
}

/// Reads the lines of one scenario and collects what is wrong with them.
struct ScriptCheck {
    let machines: [NodeDescription]
    var complaints: [Complaint] = []
    /// Names given with `as` anywhere in the scenario, and what they were given to.
    var faults: [String: FaultSpec] = [:]
    /// Whether faults stand from the first packet on.
    var hasWeather = false
    /// Whether somebody learns, whose deeds can be asked for.
    var hasLearner = false

    let roster: Roster
    /// Names of the checks that are made.
    let checks: [String]

    init(machines: [NodeDescription], checks: [String]) {
        self.machines = machines
        self.checks = checks
        roster = Roster(machines)
    }

    mutating func script(_ scenario: ScenarioText) -> Script {
        // Names first: a window may be written above the fault that it is about.
        collectNames(scenario.steps)
        return Script(
            name: scenario.name, settle: scenario.settle, steps: steps(scenario.steps),
            always: scenario.always.compactMap { promise($0, always: true) },
            expect: scenario.expect.compactMap { promise($0, always: false) }, checks: checks)
    }

    mutating func complain(
        _ line: Line, about word: String, _ message: String, _ code: String, _ hint: String? = nil
    ) {
        complaints.append(
            Complaint(
                line: line, column: Self.column(of: word, in: line.text), message: message,
                code: code, hint: hint))
    }

    /// Where a word stands in a line as a whole word; the line's beginning if it does not.
    static func column(of word: String, in text: String) -> Int {
        var from = text.startIndex
        while !word.isEmpty, let range = text[from...].firstRange(of: word) {
            let before =
                range.lowerBound == text.startIndex
                ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            if !isPart(before), !isPart(after) {
                return text.distance(from: text.startIndex, to: range.lowerBound) + 1
            }
            from = text.index(after: range.lowerBound)
        }
        return 1
    }

    private static func isPart(_ character: Character?) -> Bool {
        guard let character else { return false }
        return character.isLetter || character.isNumber || character == "-"
    }

    // MARK: Steps

    mutating func collectNames(_ steps: [StepText]) {
        for step in steps {
            switch step {
            case .line(let line): collectName(line)
            case .repetition(_, let steps), .forEach(_, let steps): collectNames(steps)
            case .parallel(let branches): for branch in branches { collectNames(branch) }
            case .chaos(let chaos): for line in chaos.faults { collectName(line) }
            }
        }
    }

    private mutating func collectName(_ line: Line) {
        let text = line.text.replacing("{it}", with: machines.first?.name ?? "it")
        if case .fault(let spec, let ending)? = try? Command(parsing: text), let name = ending.name
        {
            faults[name] = spec
        }
    }

    private mutating func steps(
        _ steps: [StepText], each candidates: [NodeDescription]? = nil
    ) -> [Script.Step] {
        steps.compactMap { step in
            switch step {
            case .line(let line): return self.line(line, candidates)
            case .repetition(let times, let inner):
                return .repetition(times, self.steps(inner, each: candidates))
            case .parallel(let branches):
                return .parallel(branches.map { self.steps($0, each: candidates) })
            case .forEach(let line, let inner): return forEach(line, inner)
            case .chaos(let chaos): return self.chaos(chaos).map { .chaos($0) }
            }
        }
    }

    private mutating func line(_ line: Line, _ candidates: [NodeDescription]?) -> Script.Step? {
        guard let candidates, line.text.contains("{it}") else {
            return command(line).map { .command($0, text: line.text) }
        }
        // The line must be right for each of them; one wrong one is enough to tell.
        let before = complaints.count
        for node in candidates where complaints.count == before {
            let trial = Line(line.text.replacing("{it}", with: node.name), mark: line.mark)
            _ = command(trial)
        }
        guard let first = candidates.first, complaints.count > before else {
            return .template(line.text)
        }
        let longer = first.name.count - "{it}".count
        for index in complaints.indices[before...] {
            complaints[index].line = line
            if let it = line.text.firstRange(of: "{it}") {
                let start = line.text.distance(from: line.text.startIndex, to: it.lowerBound) + 1
                if complaints[index].column > start { complaints[index].column -= longer }
            }
            complaints[index].column = max(1, min(complaints[index].column, line.text.count + 1))
        }
        return nil
    }

    private mutating func forEach(_ line: Line, _ inner: [StepText]) -> Script.Step? {
        let selector: Selector
        do {
            selector = try Selector(parsing: line.text)
        } catch {
            complain(line, error)
            return nil
        }
        check(selector, line)
        if !selector.isPlain {
            complain(
                line, about: "of", "'for each' draws nothing", "each/drawn",
                "name them, their group or a label")
        }
        let candidates = known(selector) ?? machines.filter { $0.kind == .node }
        return .forEach(selector, text: line.text, steps(inner, each: candidates))
    }

    private mutating func chaos(_ chaos: ChaosText) -> Script.Chaos? {
        var faults: [Script.Chaos.Fault] = []
        for (line, weight) in zip(chaos.faults, chaos.weights) {
            guard let command = command(line) else { continue }
            guard case .fault(_, let ending) = command else {
                complain(line, about: "", "only faults can be drawn", "chaos/command")
                continue
            }
            if ending.after == nil, !command.isMomentary {
                complain(
                    line, about: "", "a drawn fault needs an end", "chaos/endless",
                    "add 'for 5s'")
            }
            faults.append(.init(command: command, text: line.text, weight: weight))
        }
        if faults.isEmpty { return nil }
        return Script.Chaos(
            faults: faults, every: chaos.every, duration: chaos.duration, atMost: chaos.atMost)
    }

    // MARK: Lines

    mutating func complain(_ line: Line, _ error: ParseError) {
        complaints.append(
            Complaint(
                line: line, column: max(1, error.column), message: error.message,
                code: "command/syntax", hint: error.hint.isEmpty ? nil : error.hint))
    }

    mutating func command(_ line: Line) -> Command? {
        let command: Command
        do {
            command = try Command(parsing: line.text)
        } catch {
            complain(line, error)
            return nil
        }
        if let why = command.unsupported {
            complain(line, about: "", why, "version/not-yet", "leave it out for now")
            return nil
        }
        check(command, line)
        return command
    }

    private mutating func promise(_ line: Line, always: Bool) -> Script.Promise? {
        let clause: Clause
        do {
            clause = try Clause(parsing: line.text)
        } catch {
            complain(line, error)
            return nil
        }
        check(clause.expression, line)
        switch clause.grace {
        case .within(_, let name) where always:
            complain(
                line, about: "within", "'always' has no 'within'", "always/within",
                "'tolerate 2s' lets it be broken for a while"
                    + (name == nil ? "" : "; put the line into 'expect'"))
        case .within(_, let name?): checkFault(name, line)
        case .tolerate where !always:
            complain(
                line, about: "tolerate", "'tolerate' belongs to 'always'", "expect/tolerate",
                "in 'expect' write 'within 5s' or 'within 5s after NAME'")
        default: break
        }
        return Script.Promise(clause: clause, text: line.text)
    }
}

extension Command {
    /// Done in a moment: nothing is left to heal.
    var isMomentary: Bool {
        guard case .fault(let spec, let ending) = self, ending.after == nil else { return false }
        switch spec {
        case .process(let way, _): return way == .kill || way == .crash
        case .link(.reset, _, _): return true
        default: return false
        }
    }
}

extension Selector {
    /// Whether nothing has to be drawn from the seed.
    var isPlain: Bool {
        (terms + except).allSatisfy {
            switch $0 {
            case .pick, .minority, .majority: false
            default: true
            }
        }
    }
}
