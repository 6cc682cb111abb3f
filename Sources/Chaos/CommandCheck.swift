internal import Cluster
internal import Faults

/// Whether names exist, and whether a command can mean anything in this cluster.
extension ScriptCheck {
    mutating func check(_ command: Command, _ line: Line) {
        switch command {
        case .process(_, let nodes), .signal(let nodes, _), .get(_, let nodes),
            .put(_, _, let nodes), .call(let nodes, _, _, _), .exec(let nodes, _):
            check(nodes, line)
        case .fault(let spec, let ending):
            check(spec, line)
            if let name = ending.name { checkIsFree(name, line) }
        case .heal(.on(let nodes)): check(nodes, line)
        case .heal(.fault(let name)): checkFault(name, line)
        case .heal(.weather):
            guard !hasWeather else { break }
            complain(
                line, about: "weather", "there is no weather in this topology", "heal/weather",
                "faults of steps have names: 'heal NAME'")
        case .waitUntil(let expression, _): check(expression, line)
        case .expect(let clause):
            check(clause.expression, line)
            if case .within(_, let name?) = clause.grace { checkFault(name, line) }
            if case .tolerate = clause.grace {
                complain(
                    line, about: "tolerate", "'tolerate' belongs to 'always'", "expect/tolerate",
                    "write 'within 5s'")
            }
        case .traffic:
            if !machines.contains(where: { $0.kind == .client }) {
                complain(
                    line, about: "traffic", "there are no clients", "workload/none",
                    "add a 'workload:' to the topology")
            }
        case .scenario:
            complain(
                line, about: "scenario", "a scenario does not run scenarios", "scenario/nested",
                "write its steps here")
        case .heal(.all), .scale, .note, .wait: break
        }
    }

    private mutating func check(_ spec: FaultSpec, _ line: Line) {
        switch spec {
        case .process(_, let nodes): checkHasProcess(nodes, line)
        case .isolate(let nodes), .unplug(let nodes), .attack(let nodes, _):
            check(nodes, line)
        case .machine(let effect, let nodes): check(effect, nodes, line)
        case .link(let effect, let path, let only):
            if let why = effect.complaint { complain(line, about: "", why, "fault/impossible") }
            check(path, line)
            guard effect == .reset, let transport = only?.transport, transport != .tcp else {
                break
            }
            complain(
                line, about: transport.rawValue,
                "\(transport.rawValue) has no connections that could be reset", "reset/transport")
        case .partition(.groups(let groups)): check(groups, line)
        case .partition(.shape(let shape, let nodes)): check(shape, nodes, line)
        }
    }

    private mutating func checkHasProcess(_ nodes: Selector, _ line: Line) {
        check(nodes, line)
        guard let named = known(nodes), !named.isEmpty, named.allSatisfy({ $0.kind == .client })
        else { return }
        complain(
            line, about: named[0].name, "clients are squall's own and are not taken down",
            "name/client", "cut them off instead: unplug \(named[0].name)")
    }

    mutating func check(_ path: Path, _ line: Line) {
        let sides: [Selector]
        switch path {
        case .from(let from, let to): sides = [from] + (to.map { [$0] } ?? [])
        case .to(let to): sides = [to]
        case .between(let one, let other): sides = [one, other]
        }
        for side in sides { check(side, line) }
        guard sides.count == 2, let one = known(sides[0]), let other = known(sides[1]),
            one.count == 1, one == other
        else { return }
        complain(
            line, about: one[0].name, "\(one[0].name) has no link to itself", "path/itself")
    }

    private mutating func check(_ shape: Partition.Shape, _ nodes: Selector?, _ line: Line) {
        let selector = nodes ?? Selector([.all])
        if nodes != nil { check(selector, line) }
        guard let members = known(selector), members.count < shape.fewest else { return }
        complain(
            line, about: shape.rawValue,
            "'\(shape.rawValue)' takes \(shape.fewest) machines or more, there "
                + "\(members.count == 1 ? "is" : "are") \(members.count)", "partition/few")
    }

    private mutating func check(_ groups: [Partition.Group], _ line: Line) {
        var places: [String: Int] = [:]
        var everybodyIsKnown = true
        var hasRest = groups.count == 1
        for (index, group) in groups.enumerated() {
            guard case .nodes(let nodes) = group else {
                hasRest = true
                continue
            }
            check(nodes, line)
            guard let members = known(nodes) else {
                everybodyIsKnown = false
                continue
            }
            for member in members {
                if let other = places[member.name], other != index {
                    complain(
                        line, about: member.name,
                        "\(member.name) is on two sides of this partition",
                        "partition/overlap", "use 'except', or another group")
                }
                places[member.name] = index
            }
        }
        guard !hasRest, everybodyIsKnown else { return }
        let missing = machines.filter { $0.kind == .node && places[$0.name] == nil }.map(\.name)
        guard let first = missing.first else { return }
        let whom = missing.count == 1 ? first : "\(first) and \(missing.count - 1) more"
        complain(
            line, about: "",
            "\(whom) \(missing.count == 1 ? "is" : "are") in no group of this partition",
            "partition/incomplete",
            missing.count == 1 ? "add ' / \(first)' or ' / rest'" : "add ' / rest'")
    }

    // MARK: Names

    mutating func check(_ selector: Selector, _ line: Line) {
        for term in selector.terms + selector.except { check(term, line) }
        if !selector.except.isEmpty, let left = known(selector), left.isEmpty {
            complain(line, about: "except", "nobody is left after 'except'", "name/nobody")
        }
    }

    /// Roles change and draws are drawn: of these only the names inside are looked at.
    private mutating func check(_ term: Selector.Term, _ line: Line) {
        let word: String
        switch term {
        case .leader, .followers, .label("role", _): return
        case .minority(let inner), .majority(let inner):
            if let inner { check(inner, line) }
            return
        case .pick(let count, let inner):
            let before = complaints.count
            check(inner, line)
            guard complaints.count == before, known(Selector([inner])) != nil else { return }
            word = "\(count)"
        case .name(let name): word = name
        case .glob(let glob): word = glob
        case .label(let key, _): word = key
        case .all: word = "all"
        case .any: word = "any"
        case .clients: word = "clients"
        }
        do {
            _ = try Selector([term]).resolve(in: roster, random: KeyedRandom(seed: 0), command: 0)
        } catch {
            var hint = error.hint.isEmpty ? nil : error.hint
            if case .name = term, faults[word] != nil { hint = "'\(word)' is a fault" }
            complain(line, about: word, error.message, "name/unknown", hint)
        }
    }

    /// Who is meant, if that does not depend on roles or on the seed.
    func known(_ selector: Selector) -> [NodeDescription]? {
        let isFixed = (selector.terms + selector.except).allSatisfy {
            switch $0 {
            case .name, .glob, .all, .any, .clients: true
            case .label(let key, _): key != "role"
            case .pick, .minority, .majority, .leader, .followers: false
            }
        }
        guard isFixed else { return nil }
        let ids = try? selector.resolve(in: roster, random: KeyedRandom(seed: 0), command: 0)
        return (ids ?? []).map { machines[Int($0.index)] }
    }

    /// A fault by its name or number.
    mutating func checkFault(_ name: String, _ line: Line) {
        if faults[name] != nil || Self.isNumber(name) { return }
        complain(
            line, about: name, "no fault of this scenario is called '\(name)'", "fault/unknown",
            near(name, Array(faults.keys))
                ?? (faults.isEmpty
                    ? "name one: 'cut … as \(name)'"
                    : "there are: " + faults.keys.sorted().joined(separator: " ")))
    }

    private static func isNumber(_ name: String) -> Bool {
        name.first == "f" && name.count > 1
            && name.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    private mutating func checkIsFree(_ name: String, _ line: Line) {
        let taken =
            machines.contains { $0.name == name }
            ? "a node"
            : machines.contains { $0.group == name }
                ? "a group"
                : machines.contains { $0.labels.contains { $0.key == name } } ? "a label" : nil
        guard let taken else { return }
        complain(
            line, about: "as \(name)", "'\(name)' is already \(taken)", "name/taken",
            "give the fault another name")
        // The caret belongs under the name.
        complaints[complaints.count - 1].column += "as ".count
    }

    func near(_ word: String, _ words: [String]) -> String? {
        let candidates = words.filter { abs($0.count - word.count) <= 2 }
            .map { (word: $0, distance: Self.distance(word, $0)) }
            .filter { $0.distance <= (word.count <= 3 ? 1 : 2) && $0.distance < word.count }
        return candidates.min { $0.distance < $1.distance }.map { "did you mean '\($0.word)'?" }
    }

    private func unique(_ words: [String]) -> [String] {
        var seen = Set<String>()
        return words.filter { seen.insert($0).inserted }
    }

    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var next = [i + 1]
            for j in b.indices {
                next.append(min(row[j] + (letter == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1))
            }
            row = next
        }
        return row[b.count]
    }
}
