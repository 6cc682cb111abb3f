internal import Cluster

/// What a machine is held to: what its group says, and what the active faults add. Pure.
struct MachineLimits: Sendable, Equatable {
    /// Of one processor, in millionths.
    var processor: UInt32?
    /// Bytes.
    var memory: UInt64?
    /// Open files, each program's.
    var files: UInt32?
    /// Nothing can be written to its disk.
    var diskIsFull = false
    /// How its wall clock differs.
    var clock = MachineClock()

    /// Adds one fault that began at a moment: the lowest limit counts, clocks add up.
    mutating func add(_ effect: MachineEffect, since: Stamp) {
        switch effect {
        case .cpu(let share):
            processor = Self.lower(processor, UInt32(clamping: share.billionths / 1_000))
        case .memory(let size): memory = Self.lower(memory, UInt64(clamping: size.bytes))
        case .files(let count): files = Self.lower(files, UInt32(clamping: count))
        case .diskFull: diskIsFull = true
        case .clockAhead, .clockBehind, .clockSpeed: clock.add(effect, since: since)
        case .diskSlow, .diskFailing: break
        }
    }

    private static func lower<Value: Comparable>(_ one: Value?, _ other: Value) -> Value {
        one.map { min($0, other) } ?? other
    }
}

extension FaultBook {
    /// What a machine is held to now.
    func limits(of node: NodeID, standing: MachineLimits) -> MachineLimits {
        var limits = standing
        for fault in inOrder where fault.record.nodes.contains(node) {
            if case .machine(let effect, _) = fault.spec {
                limits.add(effect, since: fault.began)
            }
        }
        return limits
    }
}

extension MachineEffect {
    /// Whether it sets a clock.
    var isClock: Bool {
        switch self {
        case .clockAhead, .clockBehind, .clockSpeed: true
        case .diskFull, .diskSlow, .diskFailing, .cpu, .memory, .files: false
        }
    }
}

extension FaultSpec {
    /// What it does to machines, if it does.
    var machineEffect: MachineEffect? {
        guard case .machine(let effect, _) = self else { return nil }
        return effect
    }
}
