internal import Cluster
internal import Supervisor
internal import Topology

/// What can only be known by trying, tried on a machine of its own before anything starts: so that it
/// is refused with its place in the file, and not in the middle of a run.
struct Rehearsal {
    let topology: Topology
    /// The scenario that will run, by name or path.
    let scenario: String?
    let host: MachineHost
    let attachment: Supervisor.Attachment

    /// An address that no machine of a run has.
    private static let address: UInt32 = 0x0A42_FFFE

    /// - Throws: `LabError` with exit code 69 and the place of what this machine refuses.
    func run() async throws {
        for group in topology.groups where !group.settings.isEmpty { try await settings(of: group) }
        let resets = try topology.commands(with: scenario).filter { $0.line.fault?.isReset == true }
        if let first = resets.first { try await reset(at: first.line, first.source) }
    }

    /// Kernel settings: those that there are, and values that the kernel takes.
    private func settings(of group: Topology.Group) async throws {
        for setting in group.settings {
            do throws(MachineError) {
                try await tryMachine(change: { $0.settings = [(setting.name, setting.value)] })
            } catch {
                guard case .refused(let call, let code, _) = error, call.hasPrefix("sysctl") else {
                    throw LabError("\(error)", code: 69)
                }
                throw refusal(
                    topology.source, setting.place,
                    "this machine's kernel refuses \(setting.name) = \(setting.value): "
                        + MachineError.message(of: code), "machine/sysctl")
            }
        }
    }

    private func reset(at line: Passage, _ source: SourceText) async throws {
        var refused: MachineError?
        try await tryMachine(with: { refused = await $0.refusalToDestroySockets() })
        guard let refused else { return }
        throw refusal(
            source, line.place(at: line.text.startIndex),
            "this machine's kernel does not destroy sockets: \(refused)", "machine/reset")
    }

    private func tryMachine(
        with body: (Machine) async -> Void = { _ in },
        change: (inout MachineSpec) -> Void = { _ in }
    ) async throws(MachineError) {
        var spec = MachineSpec(
            name: "rehearsal", address: Self.address, attachment: attachment,
            hosts: "127.0.0.1 localhost\n")
        change(&spec)
        let machine = try await host.make(spec)
        await body(machine)
        try await machine.powerOff()
    }

    private func refusal(
        _ source: SourceText, _ place: Place, _ message: String, _ code: String
    ) -> LabError {
        LabError(
            source.diagnostic(at: place, message, code: code, hint: "see squall doctor")
                .description, code: 69)
    }
}
