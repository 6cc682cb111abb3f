internal import Cluster
internal import Glibc
internal import Supervisor
internal import Topology

/// What holds one machine to its limits.
struct MachineControl {
    /// What is in force in the machine that has power now.
    var enforced = MachineLimits()
    /// Where its processes' memory is counted, from their start on.
    var memory: ControlGroup?
    /// Where their processor time is, while there is a limit.
    var processor: ControlGroup?
    /// When its program was last started.
    var programStart: Stamp?
    /// The last change asked for: they take effect one after the other.
    var tail: Task<MachineError?, Never>?
}

/// Holding machines to what their groups and the active faults say.
extension Lab {
    /// Slots of a machine's control groups.
    private static let processorSlot: UInt32 = 0
    private static let memorySlot: UInt32 = 1

    /// Why a fault cannot be had of these machines; `nil` when it can.
    func refusal(of effect: MachineEffect, on nodes: [NodeID]) -> String? {
        for id in nodes {
            let plan = machines[Int(id.index)].plan
            if plan.kind == .client {
                return "\(plan.name) makes the load: its machine is left alone"
            }
            if case .diskFull = effect, plan.disk == nil {
                return "\(plan.name) has no disk of a size of its own: 'disk: 256MB' in its group "
                    + "gives it one"
            }
        }
        switch effect {
        case .cpu(let share) where share.billionths < 1_000_000:
            return "a share of a processor is at least 0.1%; 'pause' leaves none"
        case .memory(let size) where size.bytes < 1 << 20:
            return "a bound of memory is at least 1MiB"
        case .files(let count) where count < 1 || count > Int(Int32.max):
            return "a bound of open files is at least 1"
        default: break
        }
        if effect.isClock,
            let plan = nodes.map({ machines[Int($0.index)].plan })
                .first(where: { !$0.hasFaultableClock })
        {
            return "\(plan.name) has a clock that cannot be set: 'clock: faultable' in its group "
                + "gives it one that can"
        }
        guard case .memory = effect, case .none(let reason) = controlGroups.memory else {
            return nil
        }
        return Self.noMemoryLimit(reason)
    }

    static func noMemoryLimit(_ reason: String) -> String {
        "memory cannot be limited on this machine: \(reason)"
    }

    /// Lets a machine that was just made be held to its limits, before anything runs in it.
    func holdToLimits(_ id: NodeID, _ machine: Machine) async throws {
        let index = Int(id.index)
        // Disk and clock keep their state; everything else is the new machine's.
        let kept = machines[index].control.enforced
        machines[index].control.enforced = MachineLimits(
            diskIsFull: kept.diskIsFull, clock: kept.clock)
        machines[index].control.processor?.remove()
        machines[index].control.processor = nil
        let plan = machines[index].plan
        if plan.kind == .node, let place = controlGroups.memory.place {
            let group =
                try machines[index].control.memory
                ?? ControlGroup(
                    place, Self.controllers(of: controlGroups, at: place), machine: plan.name)
            machines[index].control.memory = group
            try await machine.moveProcesses(
                to: group.processes(), slot: Self.memorySlot, stay: true)
        }
        if let error = await enforceLimits(of: id) { throw error }
    }

    /// In the new hierarchy one group holds all back.
    private static func controllers(
        of groups: ControlGroups, at place: ControlGroups.Place
    ) -> Set<ControlGroups.Controller> {
        place.version == 2 && groups.cpu.place == place ? [.memory, .cpu] : [.memory]
    }

    /// Brings a machine to what it is held to now, and returns when it is; the first refusal, if any.
    @discardableResult
    func enforceLimits(of id: NodeID) async -> MachineError? {
        let before = machines[Int(id.index)].control.tail
        let task = Task<MachineError?, Never> {
            _ = await before?.value
            return await self.enforceNow(id)
        }
        machines[Int(id.index)].control.tail = task
        return await task.value
    }

    private func enforceNow(_ id: NodeID) async -> MachineError? {
        let index = Int(id.index)
        let runtime = machines[index]
        let wanted = faults.limits(of: id, standing: runtime.plan.standing)
        let now = runtime.control.enforced
        do throws(MachineError) {
            if wanted.diskIsFull != now.diskIsFull, let bytes = runtime.plan.disk {
                try await host.setDisk(
                    at: disk(of: runtime.plan), bytes: bytes, full: wanted.diskIsFull)
                machines[index].control.enforced.diskIsFull = wanted.diskIsFull
            }
            if wanted.clock != now.clock, runtime.plan.hasFaultableClock {
                try writeClock(of: id, wanted.clock)
                machines[index].control.enforced.clock = wanted.clock
            }
            // Without power there is nothing to hold; it is held when it comes back.
            guard let machine = runtime.machine else { return nil }
            if wanted.files != now.files {
                _ = try await machine.limitFiles(to: wanted.files)
                machines[index].control.enforced.files = wanted.files
            }
            if wanted.memory != now.memory, let group = runtime.control.memory {
                try group.limitMemory(bytes: wanted.memory)
                machines[index].control.enforced.memory = wanted.memory
            }
            if wanted.processor != now.processor {
                try await limitProcessor(of: id, machine, to: wanted.processor)
                machines[index].control.enforced.processor = wanted.processor
            }
            return nil
        } catch {
            return error == .gone ? nil : error
        }
    }

    private func limitProcessor(
        of id: NodeID, _ machine: Machine, to share: UInt32?
    ) async throws(MachineError) {
        let index = Int(id.index)
        guard let place = controlGroups.cpu.place else {
            return try await machine.limitProcessor(millionths: share)
        }
        if let both = machines[index].control.memory, both.controllers.contains(.cpu) {
            return try both.limitProcessor(millionths: share)
        }
        if let share {
            // Made when there is a limit, since a group of its own changes how a machine's programs
            // are scheduled beside all others.
            let group: ControlGroup
            if let made = machines[index].control.processor {
                group = made
            } else {
                group = try ControlGroup(place, [.cpu], machine: machines[index].plan.name)
                machines[index].control.processor = group
            }
            try group.limitProcessor(millionths: share)
            try await machine.moveProcesses(
                to: group.processes(), slot: Self.processorSlot, stay: true)
        } else if let group = machines[index].control.processor {
            try group.limitProcessor(millionths: nil)
            try await machine.moveProcesses(
                to: group.home(), slot: Self.processorSlot, stay: false)
            group.remove()
            machines[index].control.processor = nil
        }
    }

    /// Removes what was made beside the machines; all of them are gone.
    func removeControlGroups() {
        for index in machines.indices {
            machines[index].control.memory?.remove()
            machines[index].control.processor?.remove()
        }
    }

    /// Where the host covers a node's directory with its disk.
    func disk(of plan: MachinePlan) -> String { dataRoot + "/" + plan.name }
}
