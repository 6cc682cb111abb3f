/// What is part of the language and not of this version. A line that needs it is refused by name,
/// never half done; this file is the one table of what exists now.
enum Unsupported {
    /// Verbs that do not run yet, whatever follows them.
    static let verbs: Set<String> = [
        "attack", "scale",
    ]

    static func message(_ what: String) -> String { "'\(what)' is not in this version" }
}

extension Command {
    /// Why this version refuses the command although it is part of the language; `nil` when it runs.
    public var unsupported: String? {
        switch self {
        case .scale: Unsupported.message("scale")
        case .traffic(.level(let level)): level.unsupported(of: "traffic")
        case .fault(let spec, _): spec.unsupported
        default: nil
        }
    }
}

extension FaultSpec {
    /// Why this version refuses the fault; `nil` when it can be injected.
    public var unsupported: String? {
        switch self {
        case .link(let effect, _, _): return effect.unsupported
        case .machine(.diskSlow, _): return Unsupported.message("disk … slow")
        case .machine(.diskFailing, _): return Unsupported.message("disk … failing")
        case .machine, .attack:
            let verb = String(text.prefix { $0 != " " })
            return Unsupported.verbs.contains(verb) ? Unsupported.message(verb) : nil
        case .process, .isolate, .unplug, .partition: return nil
        }
    }
}

extension LinkEffect {
    fileprivate var unsupported: String? {
        if Unsupported.verbs.contains(verb) { return Unsupported.message(verb) }
        switch self {
        case .delay(let level, _, _, _), .loss(let level, _), .duplicate(let level),
            .reorder(let level, _), .corrupt(let level, _), .limit(let level, _, _):
            return level.unsupported(of: verb)
        case .cut, .reset, .refuse, .hold, .mtu, .profile: return nil
        }
    }
}

extension Level {
    fileprivate func unsupported(of verb: String) -> String? {
        switch self {
        case .constant, .ramp, .sine, .square: nil
        case .trace: Unsupported.message("\(verb) … trace")
        }
    }
}
