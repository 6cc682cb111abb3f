extension Command {
    /// The canonical text: `Command(parsing: c.text) == c` for every command that can be written.
    public var text: String {
        switch self {
        case .process(.rollingRestart, let nodes): "restart \(nodes.text) rolling"
        case .process(let verb, let nodes): "\(verb.rawValue) \(nodes.text)"
        case .signal(let nodes, let name): "signal \(nodes.text) \(name)"
        case .fault(let spec, let ending): spec.text + ending.text
        case .heal(let target): "heal \(target.text)"
        case .traffic(let change): "traffic \(change.text)"
        case .put(let key, let value, let nodes):
            "put \(Written.word(key)) \(Written.word(value)) at \(nodes.text)"
        case .get(let key, let nodes): "get \(Written.word(key)) at \(nodes.text)"
        case .call(let nodes, let method, let path, let body):
            "call \(nodes.text) \(method.rawValue) \(path)"
                + (body.map { " " + Written.word($0) } ?? "")
        case .scale(let group, let count): "scale \(group) to \(count)"
        case .note(let text): "note \(Written.word(text))"
        case .wait(let time): "wait \(time.text)"
        case .waitUntil(let expression, let time):
            "wait until \(expression.text)" + (time.map { " within \($0.text)" } ?? "")
        case .expect(let clause): "expect \(clause.text)"
        case .exec(let nodes, let rest): "exec \(nodes.text) \(rest)"
        case .scenario(let order): "scenario \(order.text)"
        }
    }
}

extension ScenarioOrder {
    /// The canonical text, without the verb: `run leader-crash`, `pause`.
    public var text: String {
        switch self {
        case .run(let name): "run \(name)"
        case .step(let name): name.map { "step \($0)" } ?? "step"
        case .pause: "pause"
        case .resume: "resume"
        case .stop: "stop"
        }
    }
}

extension FaultSpec {
    /// The canonical text, without an ending.
    public var text: String {
        switch self {
        case .process(let way, let nodes): "\(way.rawValue) \(nodes.text)"
        case .partition(let partition): "partition \(partition.text)"
        case .isolate(let nodes): "isolate \(nodes.text)"
        case .unplug(let nodes): "unplug \(nodes.text)"
        case .link(let effect, let path, let only): effect.text(on: path) + (only?.text ?? "")
        case .machine(let effect, let nodes): effect.text(on: nodes)
        case .attack(let nodes, let attack): "attack \(nodes.text) with \(attack.rawValue)"
        }
    }
}

extension Ending {
    /// The canonical text with a blank in front; empty when nothing was said.
    public var text: String {
        (after.map { " for \($0.text)" } ?? "") + (name.map { " as \($0)" } ?? "")
    }
}

extension Partition {
    /// The canonical text, without the verb: `a,b / rest`, `halves of kv`.
    public var text: String {
        switch self {
        case .groups(let groups): groups.map(\.text).joined(separator: " / ")
        case .shape(let shape, let nodes):
            shape.rawValue + (nodes.map { " of \($0.text)" } ?? "")
        }
    }
}

extension Partition.Group {
    /// The canonical text.
    public var text: String {
        switch self {
        case .nodes(let nodes): nodes.text
        case .rest: "rest"
        }
    }
}

extension LinkEffect {
    /// The verb.
    public var verb: String {
        switch self {
        case .cut: "cut"
        case .reset: "reset"
        case .refuse: "refuse"
        case .hold: "hold"
        case .delay: "delay"
        case .loss: "loss"
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .corrupt: "corrupt"
        case .limit: "limit"
        case .mtu: "mtu"
        case .profile: "profile"
        }
    }

    func text(on path: Path) -> String { "\(verb) \(path.text)\(details)" }

    /// What stands behind the path, with a blank in front.
    private var details: String {
        switch self {
        case .cut, .reset, .refuse, .hold: ""
        case .delay(let level, let jitter, let bell, let correlation):
            " by \(level.text)" + Written.option("jitter", jitter?.text)
                + (bell.map { " \($0.rawValue)" } ?? "")
                + Written.option("correlation", correlation?.text)
        case .loss(let level, let burst): " \(level.text)" + Written.option("burst", burst?.text)
        case .duplicate(let level): " \(level.text)"
        case .reorder(let level, let time):
            " \(level.text)" + Written.option("within", time?.text)
        case .corrupt(let level, let checksum):
            " \(level.text)" + Written.option("checksum", checksum?.rawValue)
        case .limit(let level, let burst, let queue):
            " \(level.text)" + Written.option("burst", burst?.text)
                + Written.option("queue", queue?.text)
        case .mtu(let bytes, let silent): " \(bytes)" + (silent ? " silent" : "")
        case .profile(let profile): " \(profile.rawValue)"
        }
    }
}

extension Level {
    /// The canonical text.
    public var text: String {
        switch self {
        case .constant(let value): value.text
        case .ramp(let low, let high, let time):
            "ramp \(low.text) to \(high.text) over \(time.text)"
        case .sine(let low, let high, let time):
            "sine \(low.text) to \(high.text) every \(time.text)"
        case .square(let low, let high, let time):
            "square \(low.text) to \(high.text) every \(time.text)"
        case .trace(let file): "trace \(Written.word(file))"
        }
    }
}

extension Only {
    /// The canonical text with a blank in front.
    var text: String {
        " only" + (transport.map { " \($0.rawValue)" } ?? "") + (port.map { " port \($0)" } ?? "")
    }
}

extension MachineEffect {
    func text(on nodes: Selector) -> String {
        switch self {
        case .clockAhead(let time): "clock \(nodes.text) ahead \(time.text)"
        case .clockBehind(let time): "clock \(nodes.text) behind \(time.text)"
        case .clockSpeed(let factor): "clock \(nodes.text) speed \(factor.text)"
        case .diskFull: "disk \(nodes.text) full"
        case .diskSlow(let time): "disk \(nodes.text) slow \(time.text)"
        case .diskFailing(let share): "disk \(nodes.text) failing \(share.text)"
        case .cpu(let share): "cpu \(nodes.text) \(share.text)"
        case .memory(let size): "memory \(nodes.text) \(size.text)"
        case .files(let count): "files \(nodes.text) \(count)"
        }
    }
}

extension HealTarget {
    /// The canonical text, without the verb.
    public var text: String {
        switch self {
        case .all: "all"
        case .weather: "weather"
        case .on(let nodes): "on \(nodes.text)"
        case .fault(let name): name
        }
    }
}

extension TrafficChange {
    /// The canonical text, without the verb.
    public var text: String {
        switch self {
        case .start: "start"
        case .stop: "stop"
        case .level(let level): level.text
        }
    }
}

/// Spellings that several parts of the language share.
enum Written {
    /// A text as one word, in quotes where it needs them. What no line can hold becomes a blank.
    static func word(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty || text.utf8.first == 0x22
            || text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        return needsQuotes ? quoted(text) : text
    }

    static func quoted(_ text: String) -> String {
        var letters: [UInt8] = [0x22]
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: letters += [0x5C, byte]
            case ..<0x20, 0x7F: letters.append(0x20)
            default: letters.append(byte)
            }
        }
        return String(decoding: letters + [0x22], as: UTF8.self)
    }

    static func option(_ word: String, _ value: String?) -> String {
        value.map { " \(word) \($0)" } ?? ""
    }
}
