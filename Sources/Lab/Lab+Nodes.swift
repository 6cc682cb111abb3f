internal import Cluster
internal import Glibc
internal import Supervisor
internal import Topology

/// Carries out what a node's life asks for.
extension Lab {
    /// Gives a node's life an event and does what follows.
    func node(_ id: NodeID, _ event: NodeLife.Event) {
        let actions = machines[Int(id.index)].life.on(event, at: clock.now)
        for action in actions { perform(action, id) }
    }

    private func perform(_ action: NodeLife.Action, _ id: NodeID) {
        switch action {
        case .tell(let change):
            record(.nodeChanged(id, change))
            if change.phase.isUp || change.phase == .exited { beginDependents() }
            if !change.phase.isUp { record(unknownRole: id) }
        case .arm(let number, let delay):
            after(delay) { $0.node(id, .timer(number)) }
        case .finished: finished(id)
        case .powerOn: enqueue(id) { await $0.powerOn(id) }
        case .powerOff: enqueue(id) { await $0.powerOff(id) }
        case .start: enqueue(id) { await $0.startProgram(id) }
        case .signal(let name): enqueue(id) { await $0.signal(id, name, all: false) }
        case .signalAll(let name): enqueue(id) { await $0.signal(id, name, all: true) }
        }
    }

    /// Runs asynchronous work on a machine after all that was asked of it before.
    private func enqueue(_ id: NodeID, _ work: @escaping @Sendable (isolated Lab) async -> Void) {
        let before = machines[Int(id.index)].tail
        machines[Int(id.index)].tail = Task {
            await before?.value
            await work(self)
        }
    }

    /// Makes a node's machine, or makes it again, and plugs it in.
    func powerOn(_ id: NodeID) async {
        let plan = machines[Int(id.index)].plan
        do {
            let machine = try await host.make(machineSpec(plan))
            machines[Int(id.index)].machine = machine
            byMachine[machine.id] = id
            try await plug(
                id, isTUN: machine.port.attachment == .tun,
                descriptor: machine.port.descriptor.release(), address: plan.address)
            let ping = try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: Int32(IPPROTO_ICMP))
            try plugEcho(id, ping.release(), plan.address)
            node(id, .powered)
        } catch {
            node(id, .failed("\(error)"))
        }
    }

    private func powerOff(_ id: NodeID) async {
        guard let machine = machines[Int(id.index)].machine else { return node(id, .gone) }
        unplugEcho(id)
        // The answer comes as an event; a machine that is gone already is what was wanted.
        try? await machine.powerOff()
    }

    private func signal(_ id: NodeID, _ name: String, all: Bool) async {
        guard let machine = machines[Int(id.index)].machine, let number = signalNumber(name) else {
            return
        }
        do {
            if all {
                try await machine.signalAll(number)
            } else if let process = machines[Int(id.index)].process {
                try await machine.signal(number, to: process)
            }
        } catch {
            // The process or its machine ended meanwhile: its end is told by an event of its own.
        }
    }

    private func startProgram(_ id: NodeID) async {
        let plan = machines[Int(id.index)].plan
        guard let machine = machines[Int(id.index)].machine else {
            return node(id, .failed("the machine is gone"))
        }
        do {
            machines[Int(id.index)].wasEmptied = false
            if plan.kind == .client { return try await startClient(id, in: machine) }
            let output = try logs.open(node: id)
            defer { close(output) }
            let process = try await machine.start(
                ProcessSpec(
                    arguments: plan.arguments, environment: plan.environment,
                    directory: LabPlan.dataDirectory),
                streams: StandardStreams(output: output, error: output))
            machines[Int(id.index)].process = process
            node(id, .started)
            if !endedAlready(id, process, in: machine) { startProbe(id) }
        } catch {
            node(id, .failed("\(error)"))
        }
    }

    /// A program may have ended before its start was told; then nothing tells its end again.
    func endedAlready(_ id: NodeID, _ process: ProcessID, in machine: Machine) -> Bool {
        let key = ProgramKey(machine: machine.id, process: process)
        guard let end = endedPrograms.removeValue(forKey: key) else { return false }
        machineTold(.exited(machine: machine.id, process: process, end: end))
        if machines[Int(id.index)].wasEmptied { node(id, .emptied) }
        return true
    }

    /// Takes what machines tell without being asked.
    func machineTold(_ event: MachineEvent) {
        switch event {
        case .exited(let machine, let process, let end):
            guard let id = byMachine[machine] else { return }
            if machines[Int(id.index)].process == process {
                machines[Int(id.index)].process = nil
                stopProbe(id)
                node(id, .exited(status: end.status, signal: end.signal.map(signalName)))
            } else {
                programEnded(machine, process, end)
            }
        case .emptied(let machine, _):
            guard let id = byMachine[machine] else { return }
            machines[Int(id.index)].wasEmptied = true
            node(id, .emptied)
        case .gone(let machine):
            guard let id = byMachine.removeValue(forKey: machine) else { return }
            machines[Int(id.index)].machine = nil
            machines[Int(id.index)].process = nil
            programsGone(with: machine)
            stopProbe(id)
            unplug(id)
            node(id, .gone)
        case .hostGone:
            end(RunEnd(reason: "squall-host is gone", code: 70))
        }
    }

    /// Starts every node whose dependencies are there, and tells what the others wait for.
    func beginDependents() {
        for index in machines.indices {
            let plan = machines[index].plan
            let phase = state.core.nodes[index].phase
            guard phase == .waiting, !machines[index].hasBegun else { continue }
            let missing = plan.after.flatMap { dependency in
                dependency.nodes.filter { !has($0, reached: dependency.state) }
            }
            if missing.isEmpty {
                machines[index].hasBegun = true
                node(plan.id, .begin)
            } else {
                let names = missing.map { machines[Int($0.index)].plan.name }
                let words = names.joined(separator: ", ")
                if state.core.nodes[index].change.reason != "waits for \(words)" {
                    node(plan.id, .waits(for: words))
                }
            }
        }
    }

    private func has(_ id: NodeID, reached state: Topology.Dependency.State) -> Bool {
        let node = self.state.core.nodes[Int(id.index)]
        switch state {
        case .started: return node.phase.isUp || node.phase == .exited
        case .ready: return node.phase == .ready
        case .exited: return node.phase == .exited
        }
    }

    private func record(unknownRole id: NodeID) {
        guard state.core.nodes[Int(id.index)].role.role != .unknown else { return }
        record(.roleChanged(id, RoleChange(role: .unknown, own: "", term: nil)))
    }
}
