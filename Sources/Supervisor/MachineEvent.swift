/// What happens to machines without being asked for, in the order in which it happened to each.
public enum MachineEvent: Equatable, Sendable {
    /// A process that was started by request ended.
    case exited(machine: MachineID, process: ProcessID, end: ProcessEnd)
    /// No process but pid 1 is left in the machine: what a stop waits for.
    case emptied(machine: MachineID, monotonicNanoseconds: UInt64)
    /// The machine's power is gone, whatever the reason; all its processes have ended and were
    /// collected. Its directories stay.
    case gone(machine: MachineID)
    /// `squall-host` itself is gone, and so is every machine.
    case hostGone
}

/// A machine by number; given once in a host's life, not reused when power comes back.
public struct MachineID: Hashable, Sendable {
    /// From 1.
    public let number: UInt32
}
