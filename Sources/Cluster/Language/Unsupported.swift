extension Command {
    /// Why this version refuses the command although it is part of the language; `nil` when it runs.
    /// This is the one table of what exists now.
    public var unsupported: String? {
        switch self {
        case .process(.rollingRestart, _): Self.missing("restart … rolling")
        case .process, .signal, .heal, .traffic, .put, .get, .call, .note, .wait, .waitUntil,
            .expect, .exec:
            nil
        case .scale: Self.missing("scale")
        case .fault(let spec, _): spec.unsupported
        }
    }

    static func missing(_ what: String) -> String { "'\(what)' is not in this version" }
}

extension FaultSpec {
    /// Why this version refuses the fault; `nil` when it can be injected.
    public var unsupported: String? {
        switch self {
        case .process, .isolate, .unplug, .partition(.groups): nil
        case .partition(.shape(let shape, _)): Command.missing("partition \(shape.rawValue)")
        case .link(let effect, _, let only):
            effect.unsupported ?? (only == nil ? nil : Command.missing("only"))
        case .machine(let effect, _): Command.missing(effect.verb)
        case .attack: Command.missing("attack")
        }
    }
}

extension LinkEffect {
    fileprivate var unsupported: String? {
        switch self {
        case .cut: nil
        case .delay(let level, _, let bell, let correlation):
            level.unsupported(of: "delay")
                ?? (correlation == nil ? nil : Command.missing("delay … correlation"))
                ?? bell.flatMap {
                    $0 == .uniform || $0 == .normal
                        ? nil : Command.missing("delay … \($0.rawValue)")
                }
        case .loss(let level, let burst):
            level.unsupported(of: "loss") ?? (burst == nil ? nil : Command.missing("loss … burst"))
        case .reset, .refuse, .hold, .duplicate, .reorder, .corrupt, .limit, .mtu, .profile:
            Command.missing(verb)
        }
    }
}

extension Level {
    fileprivate func unsupported(of verb: String) -> String? {
        switch self {
        case .constant: nil
        case .ramp: Command.missing("\(verb) … ramp")
        case .sine: Command.missing("\(verb) … sine")
        case .square: Command.missing("\(verb) … square")
        case .trace: Command.missing("\(verb) … trace")
        }
    }
}

extension MachineEffect {
    fileprivate var verb: String {
        switch self {
        case .clockAhead, .clockBehind, .clockSpeed: "clock"
        case .diskFull, .diskSlow, .diskFailing: "disk"
        case .cpu: "cpu"
        case .memory: "memory"
        case .files: "files"
        }
    }
}
