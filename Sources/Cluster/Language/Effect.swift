extension Command {
    /// What the command does, in words for its echo; empty where the command says it all. Best on
    /// a resolved command: then it can name and count.
    public var effect: String {
        switch self {
        case .fault(let spec, let ending): spec.effect(ending)
        case .process(.start, _): "runs again, unless a fault still holds it"
        case .process(.resume, _): "goes on where it stopped"
        case .process(.poweron, _): "a fresh machine on the same disk"
        case .process(.restart, _): "the stop ladder, then started again"
        case .process(.rollingRestart, _): "one after the other, each ready before the next"
        case .signal(_, let name): "SIG\(name) to the main process"
        case .heal(.all): "every fault ends but the weather"
        case .heal(.weather): "the standing faults end"
        case .scenario(.run): "its steps, then every fault heals, then it is judged"
        case .scenario(.step): "one step, then it stands still"
        case .scenario(.pause): "no further step; what has begun goes on"
        case .scenario(.resume): "goes on with the next step"
        case .scenario(.stop): "no further step; its faults heal, nothing is judged"
        case .heal(.on), .heal(.fault), .traffic, .put, .get, .call, .scale, .note, .wait,
            .waitUntil, .expect, .exec:
            ""
        }
    }
}

extension FaultSpec {
    /// What the fault does, in words; `ending` says what comes after.
    public func effect(_ ending: Ending = Ending()) -> String {
        switch self {
        case .process(let way, _): way.effect(ending.after)
        case .partition(let partition): partition.effect
        case .isolate(let nodes):
            nodes.isSingle
                ? "no packet between \(nodes.text) and the other nodes; clients still reach it"
                : "no packet between them and any other node; clients still reach them"
        case .unplug(let nodes):
            "no packet between \(nodes.isSingle ? nodes.brief : "them") and any machine, clients "
                + "included"
        case .link(let effect, let path, let only):
            effect.effect(on: path) + (only.map { ", only \($0.words)" } ?? "")
        case .machine(let effect, _): effect.effect
        case .attack(_, let attack): "calls with \(attack.words), which must be refused"
        }
    }
}

extension Selector {
    /// Names of machines (or groups), one by one.
    fileprivate var isPlain: Bool {
        except.isEmpty
            && terms.allSatisfy { if case .name = $0 { true } else { false } }
    }

    /// One machine by its name.
    fileprivate var isSingle: Bool {
        if terms.count == 1, except.isEmpty, case .name = terms[0] { return true }
        return false
    }

    /// A long list of names is only counted.
    fileprivate var brief: String {
        terms.count <= 4 || !except.isEmpty ? text : "\(terms.count) machines"
    }
}

extension ProcessFault {
    fileprivate func effect(_ after: Duration?) -> String {
        let (what, back) =
            switch self {
            case .stop: ("the stop ladder: signal, grace, KILL", "started again")
            case .kill:
                ("the main process ends; peers read FIN, then RST", "started again")
            case .crash:
                ("every process ends; peers read FIN, then RST", "started again")
            case .pause:
                ("the processes stop, the kernel still acknowledges", "woken up")
            case .freeze: ("processes and network stand still", "woken up")
            case .poweroff: ("silence; the disk stays", "powered on")
            }
        return what + (after.map { "; \(back) after \($0.spaced)" } ?? "")
    }
}

extension Partition {
    fileprivate var effect: String {
        let groups: [Group]
        switch self {
        case .groups(let written): groups = written
        case .shape(let shape, let nodes): return shape.effect(of: nodes)
        }
        guard groups.count <= 2, let one = groups.first else {
            return "no packet between \(groups.count) groups"
        }
        guard groups.count == 2, one.size == groups[1].size else {
            let fewer = groups.min { $0.size < $1.size } ?? one
            return "no packet between \(fewer.brief) and the others"
        }
        return "no packet between \(one.brief) and \(groups[1].brief)"
    }
}

extension Partition.Shape {
    /// With names in order it is known who stands in the middle.
    fileprivate func effect(of nodes: Selector?) -> String {
        let count = nodes?.terms.count ?? 0
        switch self {
        case .halves: return "no packet between the two halves"
        case .thirds: return "no packet between the three parts"
        case .ring where count == 3: return "each hears only one of the others, in a ring"
        case .ring: return "each reaches a majority, no two the same one"
        case .bridge:
            guard let nodes, count >= fewest, nodes.isPlain else {
                return "one node sees both sides, which do not see each other"
            }
            return "\(nodes.terms[count / 2].text) sees both sides, which do not see each other"
        }
    }
}

extension Partition.Group {
    /// How many names; the rest is more than any.
    fileprivate var size: Int {
        if case .nodes(let nodes) = self { nodes.terms.count } else { .max }
    }

    fileprivate var brief: String {
        if case .nodes(let nodes) = self { nodes.brief } else { "the others" }
    }
}

extension Path {
    /// `from a to b` acts on one direction of each pair, `between` on both; `kv to kv` as well.
    fileprivate var isBothWays: Bool {
        switch self {
        case .between: true
        case .from(let from, .some(let to)): from == to && !from.isSingle
        case .from, .to: false
        }
    }

    fileprivate var words: String {
        switch self {
        case .from(let from, nil): "from \(from.brief) to anybody"
        case .from(let from, .some(let to)): "from \(from.brief) to \(to.brief)"
        case .to(let to): "from anybody to \(to.brief)"
        case .between(let one, let other):
            one == other ? "among \(one.brief)" : "between \(one.brief) and \(other.brief)"
        }
    }

    /// Who hears nothing and who still does.
    fileprivate var cutWords: String {
        switch self {
        case .from(let from, nil): "no packet \(words): \(from.brief) hears, but is not heard"
        case .to(let to): "no packet \(words): \(to.brief) is heard, but hears nothing"
        case .from where !isBothWays: "no packet \(words); the other way is open"
        case .from, .between: "no packet \(words)"
        }
    }
}

extension LinkEffect {
    fileprivate func effect(on path: Path) -> String {
        let way = path.isBothWays ? "each way " : "one way "
        switch self {
        case .cut: return path.cutWords
        case .reset: return "connections \(path.words) end at once"
        case .refuse: return "new connections \(path.words) are refused"
        case .hold: return "packets \(path.words) wait until healed"
        case .delay(let level, let jitter, let bell, _):
            return delay(level, jitter, bell, path)
        case .loss(let level, let burst):
            return way + level.words + " of packets lost"
                + (burst.map { ", about \($0.text) in a row" } ?? "") + roundTripLoss(level, path)
        case .duplicate(let level): return way + level.words + " of packets twice"
        case .reorder(let level, _): return way + level.words + " of packets overtaken"
        case .corrupt(let level, let checksum):
            return way + level.words + " of packets altered, "
                + (checksum == .right
                    ? "the checksum right: the reader gets them"
                    : "the checksum wrong: dropped by the receiver")
        case .limit(let level, _, let queue):
            return way + "at most " + level.words
                + ", queue \((queue ?? .milliseconds(200)).spaced)"
        case .mtu(let bytes, let silent):
            return "packets above \(bytes) bytes "
                + (silent ? "vanish" : "are answered: too big")
        case .profile(let profile): return way + profile.words
        }
    }

    /// "each way 100 ms, round trip +200 ms": the one thing about a delay that half of all people
    /// expect otherwise.
    private func delay(
        _ level: Level, _ jitter: Duration?, _ bell: Bell?, _ path: Path
    ) -> String {
        let trips = path.isBothWays ? 2 : 1
        let around = jitter.map { " ± \($0.spaced)" } ?? ""
        let shape = jitter == nil ? "" : bell.map { " \($0.rawValue)" } ?? ""
        let each = (path.isBothWays ? "each way " : "one way ") + level.words + around + shape
        switch level {
        case .constant(.time(let time)): return each + ", round trip +\((time * trips).spaced)"
        case .ramp(_, .time(let time), _), .sine(_, .time(let time), _),
            .square(_, .time(let time), _):
            return each + ", round trip up to +\((time * trips).spaced)"
        default: return each
        }
    }

    /// Of a question and its answer, how many do not make it: `1 - (1 - p)²`.
    private func roundTripLoss(_ level: Level, _ path: Path) -> String {
        guard case .constant(.share(let share)) = level, path.isBothWays else { return "" }
        let passed = 1 - share.value
        let percent = ((1 - passed * passed) * 1_000).rounded() / 10
        let whole = Int64(exactly: (percent * 10).rounded()) ?? 0
        return ", of round trips \(Quantity.decimal(whole, places: 1))%"
    }
}

extension Level {
    fileprivate var words: String {
        switch self {
        case .constant(let value): value.spaced
        case .ramp(let low, let high, let time):
            "\(low.spaced) rising to \(high.spaced) over \(time.spaced)"
        case .sine(let low, let high, let time):
            "\(low.spaced) to \(high.spaced) and back every \(time.spaced)"
        case .square(let low, let high, let time):
            "\(low.spaced) or \(high.spaced), changing every \(time.spaced)"
        case .trace(let file): "as in \(file)"
        }
    }
}

extension LinkEffect.Profile {
    fileprivate var words: String {
        switch self {
        case .region: "0.5 ms ± 0.1 ms, round trip +1 ms"
        case .continent: "30 ms ± 2 ms and 0.01% lost, round trip +60 ms"
        case .ocean: "75 ms ± 5 ms and 0.05% lost, round trip +150 ms"
        }
    }
}

extension Only {
    fileprivate var words: String {
        [transport?.rawValue, port.map { "port \($0)" }].compactMap(\.self).joined(separator: " ")
    }
}

extension MachineEffect {
    fileprivate var effect: String {
        switch self {
        case .clockAhead(let time): "its clock runs \(time.spaced) ahead"
        case .clockBehind(let time): "its clock runs \(time.spaced) behind"
        case .clockSpeed(let factor): "its clock runs \(factor.text) times as fast"
        case .diskFull: "no space left on its disk"
        case .diskSlow(let time): "every access to its disk takes \(time.spaced) longer"
        case .diskFailing(let share): "\(share.text) of the accesses to its disk fail"
        case .cpu(let share): "at most \(share.text) of a processor"
        case .memory(let size): "at most \(Quantity.size(size).spaced) of memory"
        case .files(let count): "at most \(count) open files"
        }
    }
}

extension Attack {
    fileprivate var words: String {
        switch self {
        case .impersonation: "somebody else's name"
        case .expiredCertificate: "an expired certificate"
        case .forgedToken: "a forged token"
        case .replayedToken: "a token used before"
        case .unknownCaller: "a name that nobody knows"
        }
    }
}

extension Quantity {
    /// For people: a blank between number and unit, as in "100 ms".
    public var spaced: String {
        switch self {
        case .share, .number, .frequency: return text
        case .time(let time): return time.spaced
        case .size, .bandwidth:
            guard let unit = text.firstIndex(where: \.isLetter) else { return text }
            return text[..<unit] + " " + text[unit...]
        }
    }
}

extension Duration {
    /// For people: "100 ms", "1 m 30 s".
    public var spaced: String {
        var spaced = ""
        var last: Character = " "
        for letter in text {
            if letter.isLetter != last.isLetter, last != " ", letter != ".", last != "." {
                spaced.append(" ")
            }
            spaced.append(letter)
            last = letter
        }
        return spaced
    }
}
