public import Cluster

extension Script {
    /// Understands the standing faults of a topology: what acts on its links and machines from the first
    /// packet on. Gives the commands, or everything that is wrong with the lines.
    public static func weather(
        _ lines: [Line], for machines: [NodeDescription]
    ) -> (commands: [Command], complaints: [Complaint]) {
        var check = ScriptCheck(machines: machines, checks: [])
        let commands = lines.compactMap { check.weather($0) }
        return (check.complaints.isEmpty ? commands : [], check.complaints)
    }
}

extension ScriptCheck {
    fileprivate mutating func weather(_ line: Line) -> Command? {
        guard let command = command(line) else { return nil }
        guard case .fault(let spec, let ending) = command else {
            complain(line, about: "", "weather is made of faults", "weather/command")
            return nil
        }
        if ending.after != nil {
            complain(
                line, about: "for", "weather has no end of its own", "weather/end",
                "leave 'for' out; 'heal weather' ends it")
            return nil
        }
        switch spec {
        case .link, .partition, .isolate, .unplug, .machine: break
        case .process, .attack:
            complain(
                line, about: "", "weather is about links and machines, not about processes",
                "weather/process", "put the line into the steps of a scenario")
            return nil
        }
        if spec.selectors.contains(where: \.asksForRole) {
            complain(
                line, about: "", "nobody has a role before the first packet", "weather/role",
                "name the nodes, their group or a label")
            return nil
        }
        return command
    }
}

extension FaultSpec {
    /// Everybody that it names.
    fileprivate var selectors: [Selector] {
        switch self {
        case .process(_, let nodes), .isolate(let nodes), .unplug(let nodes),
            .machine(_, let nodes), .attack(let nodes, _):
            return [nodes]
        case .link(_, .from(let from, let to), _): return [from] + (to.map { [$0] } ?? [])
        case .link(_, .to(let to), _): return [to]
        case .link(_, .between(let one, let other), _): return [one, other]
        case .partition(.shape(_, let nodes)): return nodes.map { [$0] } ?? []
        case .partition(.groups(let groups)):
            return groups.compactMap {
                if case .nodes(let nodes) = $0 { nodes } else { nil }
            }
        }
    }
}

extension Selector {
    /// Whether somebody is meant by what he says of himself.
    fileprivate var asksForRole: Bool { (terms + except).contains(where: \.asksForRole) }
}

extension Selector.Term {
    fileprivate var asksForRole: Bool {
        switch self {
        case .leader, .followers, .label("role", _): true
        case .pick(_, let inner): inner.asksForRole
        case .minority(let inner), .majority(let inner): inner?.asksForRole ?? false
        case .name, .glob, .label, .all, .any, .clients: false
        }
    }
}
