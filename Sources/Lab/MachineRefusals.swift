internal import Cluster
internal import Glibc
internal import Supervisor
public import Topology

/// What a topology asks for that this very machine cannot do: the same file is right elsewhere.
public enum MachineRefusals {
    /// Every such thing, with its place; nothing is started to find out. `scenario` is one by name, or
    /// a scenario file by path.
    ///
    /// - Throws: `Diagnostics` or `LabError` when there is no such scenario.
    public static func diagnostics(
        of topology: Topology, scenario: String? = nil
    ) throws -> Diagnostics {
        try diagnostics(of: topology, scenario: scenario, ControlGroups())
    }

    /// The same, for any machine.
    static func diagnostics(
        of topology: Topology, scenario: String? = nil, _ groups: ControlGroups
    ) throws -> Diagnostics {
        Diagnostics(
            accounts(of: topology) + directories(of: topology) + clocks(of: topology)
                + (try memory(of: topology, scenario, groups)))
    }

    private static func memory(
        of topology: Topology, _ scenario: String?, _ groups: ControlGroups
    ) throws -> [Diagnostic] {
        guard case .none(let reason) = groups.memory else { return [] }
        let limits = topology.groups.compactMap(\.memory?.place).map { (topology.source, $0) }
        let lines = try topology.commands(with: scenario).filter { $0.line.limitsMemory }
            .map { ($0.source, $0.line.place(at: $0.line.text.startIndex)) }
        return (limits + lines).map { source, place in
            source.diagnostic(
                at: place, Lab.noMemoryLimit(reason), code: "machine/memory",
                hint: "run squall as root, or give this user a control group; see squall doctor")
        }
    }

    private static func accounts(of topology: Topology) -> [Diagnostic] {
        topology.groups.compactMap(\.user).filter { Account(named: $0.value) == nil }.map { user in
            topology.source.diagnostic(
                at: user.place, "this machine has no user \(user.value)", code: "machine/user",
                hint: "install the package that makes it")
        }
    }

    private static func clocks(of topology: Topology) -> [Diagnostic] {
        guard FakeTime.library == nil else { return [] }
        return topology.groups.compactMap(\.clock).map { place in
            topology.source.diagnostic(
                at: place, "a clock is set by libfaketime, which is not installed here",
                code: "machine/clock", hint: "apt install faketime")
        }
    }

    private static func directories(of topology: Topology) -> [Diagnostic] {
        topology.groups.flatMap(\.writable).filter { !isDirectory($0.value) }.map { path in
            topology.source.diagnostic(
                at: path.place, "this machine has no directory \(path.value)",
                code: "machine/directory", hint: "install the package that makes it")
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// A user of this machine.
struct Account: Equatable {
    var userID: UInt32
    var groupID: UInt32

    init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        userID = entry.pointee.pw_uid
        groupID = entry.pointee.pw_gid
    }
}

extension Topology {
    /// The command lines of every scenario, and of a scenario file, with the text that they are in.
    func commands(with scenario: String?) throws -> [(line: Passage, source: SourceText)] {
        var all = scenarios.flatMap(\.commands).map { (line: $0, source: source) }
        if let scenario, self.scenario(scenario) == nil {
            let file = try ScenarioReading.text(scenario, of: self)
            all += file.scenario.commands.map { (line: $0, source: file.source) }
        }
        return all
    }
}

extension Topology.Scenario {
    /// Every command line.
    var commands: [Passage] { steps.flatMap(\.commands) }
}

extension Topology.Step {
    var commands: [Passage] {
        switch self {
        case .line(let line): [line]
        case .repetition(_, let steps, _), .forEach(_, let steps, _): steps.flatMap(\.commands)
        case .parallel(let branches, _): branches.joined().flatMap(\.commands)
        case .chaos(let chaos): chaos.faults.map(\.line)
        }
    }
}

extension Passage {
    /// The fault that the line injects, if it does; whoever `{it}` is.
    var fault: FaultSpec? {
        let line = text.replacing("{it}", with: "it")
        guard case .fault(let spec, _)? = try? Command(parsing: line) else { return nil }
        return spec
    }

    fileprivate var limitsMemory: Bool {
        if case .machine(.memory, _)? = fault { true } else { false }
    }
}
