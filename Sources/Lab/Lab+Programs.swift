internal import Cluster
internal import Glibc
internal import Supervisor
internal import Topology

/// Programs beside the node's own in its machine: `squall exec`, `squall shell`, `exec` lines.
extension Lab {
    /// A program in a machine, by the numbers that its end is told with.
    struct ProgramKey: Hashable {
        var machine: MachineID
        var process: ProcessID
    }

    /// `squall exec` and `squall shell`: the descriptors are the caller's own terminal or pipes.
    func exec(_ request: ControlRequest, _ descriptors: [Int32]) async -> ControlReply {
        defer { for descriptor in descriptors { close(descriptor) } }
        guard descriptors.count == 3, !request.arguments.isEmpty else {
            return ControlReply(ok: false, text: "exec needs a program and three descriptors")
        }
        guard let plan = plan.machines.first(where: { $0.name == request.text }) else {
            return ControlReply(ok: false, text: "no machine is called \(request.text)")
        }
        let streams = StandardStreams(
            input: descriptors[0], output: descriptors[1], error: descriptors[2])
        do {
            let end = try await program(
                request.arguments, on: plan, streams, terminal: request.by == "shell")
            return ControlReply(ok: true, code: end.status ?? (128 + (end.signal ?? 0)))
        } catch {
            return ControlReply(ok: false, text: error.message)
        }
    }

    /// An `exec` line: the program runs on every node at once, what it prints goes to the nodes' logs.
    func execute(_ text: String, on nodes: [NodeID]) async throws(CommandError) -> String {
        var failures: [String] = []
        for id in nodes {
            let plan = plan.machines[Int(id.index)]
            let line = self.plan.expand(text, for: plan)
            let output: Int32
            do { output = try logs.open(node: id) } catch { throw CommandError("\(error)") }
            defer { close(output) }
            let end = try await program(
                ["/bin/sh", "-c", line], on: plan, StandardStreams(output: output, error: output))
            if end.status != 0 {
                failures.append(
                    "\(plan.name): "
                        + (end.status.map { "status \($0)" }
                            ?? "killed by signal \(end.signal ?? 0)"))
            }
        }
        guard failures.isEmpty else { throw CommandError(failures.joined(separator: ", ")) }
        return "done"
    }

    /// Runs a program in a node's machine to its end.
    private func program(
        _ arguments: [String], on plan: MachinePlan, _ streams: StandardStreams,
        terminal: Bool = false
    ) async throws(CommandError) -> ProcessEnd {
        guard let machine = machines[Int(plan.id.index)].machine else {
            throw CommandError("the machine \(plan.name) has no power")
        }
        var environment = plan.environment
        if terminal {
            environment.removeAll { $0.hasPrefix("TERM=") }
            environment.append("TERM=xterm-256color")
        }
        var spec = ProcessSpec(
            arguments: arguments, environment: environment, directory: LabPlan.dataDirectory)
        spec.controllingTerminal = terminal
        let process: ProcessID
        do {
            process = try await machine.start(spec, streams: streams)
        } catch {
            throw CommandError("\(error)")
        }
        let key = ProgramKey(machine: machine.id, process: process)
        if let end = endedPrograms.removeValue(forKey: key) { return end }
        return await withCheckedContinuation { programs[key] = $0 }
    }

    /// A program beside the node's own ended.
    func programEnded(_ machine: MachineID, _ process: ProcessID, _ end: ProcessEnd) {
        let key = ProgramKey(machine: machine, process: process)
        if let continuation = programs.removeValue(forKey: key) {
            continuation.resume(returning: end)
        } else if endedPrograms.count < 1_024 {
            // Its end overtook the answer to its start.
            endedPrograms[key] = end
        }
    }

    /// A machine is gone: nothing in it will tell its end any more.
    func programsGone(with machine: MachineID) {
        for key in programs.keys where key.machine == machine {
            let end = ProcessEnd(
                status: nil, signal: SIGKILL,
                monotonicNanoseconds: UInt64(max(0, RunClock.monotonic())))
            programs.removeValue(forKey: key)?.resume(returning: end)
        }
        endedPrograms = endedPrograms.filter { $0.key.machine != machine }
    }
}
