internal import Cluster
internal import Glibc
internal import Supervisor

/// What was felt in some machines before a fault of theirs began.
struct MachinesBefore: Sendable {
    /// Share of a processor, as last sampled.
    var processor: [NodeID: Double] = [:]
    /// What a write to the disk got.
    var write: [NodeID: Int32] = [:]
    /// What memory was used, and how often the limit was met.
    var memory: [NodeID: ControlGroup.MemoryUse] = [:]
    /// How often the processor was held back.
    var heldBack: [NodeID: UInt64] = [:]
    /// What a program read from its clocks.
    var clock: [NodeID: Lab.ClockReading] = [:]
}

/// Faults of machines: disk, processor, memory, open files.
extension Lab {
    /// How long a machine is looked at to tell what it uses.
    private static let lookDuration = Duration.seconds(1)

    /// Holds machines to a fault, and tells so; nothing has happened when it throws.
    func injectMachineFault(
        _ record: FaultRecord, _ spec: FaultSpec, _ effect: MachineEffect, for duration: Duration?
    ) async throws(CommandError) {
        let before = await machinesBefore(effect, record.nodes)
        faults.insert(
            FaultBook.Active(record: record, spec: spec, link: nil, holds: [], began: clock.now))
        var refusal: (node: String, error: MachineError)?
        for id in record.nodes {
            guard let error = await enforceLimits(of: id) else { continue }
            refusal = (machines[Int(id.index)].plan.name, error)
            break
        }
        if let refusal {
            _ = faults.remove(record.id)
            await enforceLimits(on: record.nodes)
            throw CommandError("\(refusal.node) cannot be held to that: \(refusal.error)")
        }
        self.record(.faultBegan(record))
        if let duration { after(duration) { await $0.endFault(record.id, .elapsed) } }
        background { lab in
            var proofs: [Proof] = []
            for id in record.nodes {
                proofs.append(await lab.prove(effect, of: id, record, before))
            }
            guard !Task.isCancelled, !proofs.isEmpty else { return }
            lab.record(.faultMeasured(record.id, Judging.combined(proofs)))
        }
    }

    /// Brings several machines to what they are held to now.
    func enforceLimits(on nodes: [NodeID]) async {
        for id in nodes { await enforceLimits(of: id) }
    }

    // MARK: What is felt

    private func machinesBefore(_ effect: MachineEffect, _ nodes: [NodeID]) async -> MachinesBefore
    {
        var before = MachinesBefore()
        for id in nodes {
            let runtime = machines[Int(id.index)]
            switch effect {
            case .cpu:
                let sample = state.core.nodes[Int(id.index)].sample.cpu
                if !sample.isNaN { before.processor[id] = Double(sample) }
                before.heldBack[id] = await heldBack(id)
            case .memory: before.memory[id] = runtime.control.memory?.memoryUse
            case .diskFull:
                before.write[id] = try? await runtime.machine?.tryWrite(in: LabPlan.dataDirectory)
            case .clockAhead, .clockBehind, .clockSpeed: before.clock[id] = await readClock(of: id)
            case .files, .diskSlow, .diskFailing: break
            }
        }
        return before
    }

    private func heldBack(_ id: NodeID) async -> UInt64? {
        let runtime = machines[Int(id.index)]
        if controlGroups.cpu.place != nil {
            let group = runtime.control.processor ?? runtime.control.memory
            return group?.heldBack ?? 0
        }
        return try? await runtime.machine?.usage().heldBack
    }

    /// One machine under one fault.
    private func prove(
        _ effect: MachineEffect, of id: NodeID, _ record: FaultRecord, _ before: MachinesBefore
    ) async -> Proof {
        let runtime = machines[Int(id.index)]
        let name = runtime.plan.name
        guard let machine = runtime.machine else {
            return Proof(verdict: .notProvable, words: "\(name) has no power")
        }
        switch effect {
        case .cpu(let share): return await proveProcessor(id, machine, share, record, before)
        case .memory(let size): return await proveMemory(id, size, record, before)
        case .files(let count): return await proveFiles(id, machine, count)
        case .diskFull: return await proveFullDisk(name, machine, before.write[id])
        case .clockAhead, .clockBehind, .clockSpeed:
            let now = await readClock(of: id)
            return Judging.clock(name, effect, before: before.clock[id], now: now)
        case .diskSlow, .diskFailing:
            return Proof(verdict: .notProvable, words: "nothing was measured")
        }
    }

    /// Looks at a machine for a while, but not beyond the fault's end.
    private func look(_ record: FaultRecord) async {
        let left = record.ends.map { max(.zero, ($0 - clock.now) * 0.8) } ?? Self.lookDuration
        try? await Task.sleep(for: min(Self.lookDuration, left))
    }

    private func proveProcessor(
        _ id: NodeID, _ machine: Machine, _ share: Share, _ record: FaultRecord,
        _ before: MachinesBefore
    ) async -> Proof {
        let name = machines[Int(id.index)].plan.name
        let began = RunClock.monotonic()
        let first = try? await machine.usage()
        await look(record)
        let ended = RunClock.monotonic()
        guard let first, let last = try? await machine.usage(), last.processes > 0,
            sampling.healedAt[record.id] == nil
        else {
            return Proof(verdict: .notProvable, words: "\(name) was not looked at for long enough")
        }
        let used = max(0, (last.cpu - first.cpu).inSeconds) / (Double(ended - began) / 1e9)
        let now = await heldBack(id) ?? 0
        let times = now - min(now, before.heldBack[id] ?? 0)
        return Judging.processor(
            name, used: used, limit: share.value, heldBack: times, before: before.processor[id])
    }

    private func proveMemory(
        _ id: NodeID, _ size: ByteCount, _ record: FaultRecord, _ before: MachinesBefore
    ) async -> Proof {
        let runtime = machines[Int(id.index)]
        await look(record)
        guard let now = runtime.control.memory?.memoryUse, sampling.healedAt[record.id] == nil
        else {
            return Proof(
                verdict: .notProvable,
                words: "\(runtime.plan.name) was not looked at for long enough")
        }
        return Judging.memory(
            runtime.plan.name, now, limit: UInt64(clamping: size.bytes), before: before.memory[id])
    }

    private func proveFiles(_ id: NodeID, _ machine: Machine, _ count: Int) async -> Proof {
        let runtime = machines[Int(id.index)]
        guard let most = runtime.control.enforced.files,
            let limit = try? await machine.limitFiles(to: most)
        else {
            return Proof(
                verdict: .notProvable, words: "\(runtime.plan.name) was not asked in time")
        }
        return Judging.files(runtime.plan.name, limit, most: count)
    }

    private func proveFullDisk(
        _ name: String, _ machine: Machine, _ before: Int32?
    ) async -> Proof {
        let now = try? await machine.tryWrite(in: LabPlan.dataDirectory)
        return Judging.fullDisk(name, before: before, now: now)
    }
}
