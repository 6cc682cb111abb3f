/// What is part of the language and not of this version. A line that needs it is refused by name,
/// never half done; this file is the one table of what exists now.
enum Unsupported {
    /// Verbs that do not run yet, whatever follows them.
    static let verbs: Set<String> = [
        "refuse", "hold", "duplicate", "reorder", "corrupt", "limit", "mtu", "profile",
        "attack", "scale",
    ]

    /// Distributions of jitter that exist.
    static let bells: Set<Bell> = [.uniform, .normal]

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
        case .link(let effect, _, let only):
            if let refusal = effect.unsupported { return refusal }
            if case .reset = effect { return nil }
            return only == nil ? nil : Unsupported.message("only")
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
        case .delay(let level, _, let bell, let correlation):
            if let refusal = level.unsupported(of: verb) { return refusal }
            if correlation != nil { return Unsupported.message("delay … correlation") }
            guard let bell, !Unsupported.bells.contains(bell) else { return nil }
            return Unsupported.message("delay … \(bell.rawValue)")
        case .loss(let level, let burst):
            if let refusal = level.unsupported(of: verb) { return refusal }
            return burst == nil ? nil : Unsupported.message("loss … burst")
        default: return nil
        }
    }
}

extension Level {
    fileprivate func unsupported(of verb: String) -> String? {
        switch self {
        case .constant: nil
        case .ramp: Unsupported.message("\(verb) … ramp")
        case .sine: Unsupported.message("\(verb) … sine")
        case .square: Unsupported.message("\(verb) … square")
        case .trace: Unsupported.message("\(verb) … trace")
        }
    }
}
