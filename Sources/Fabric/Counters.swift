public import Cluster
public import Faults

/// A copy of all that the switch counted since it began.
public struct FabricCounters: Sendable {
    /// When the copy was made, in nanoseconds of the monotonic clock.
    public var at: Int64
    /// Links that were ever used or faulted, sorted by link.
    public var links: [LinkCounters]
    /// Ports there are now, sorted by machine.
    public var ports: [PortCounters]
    /// Active faults by number, and those that ended and were not asked for yet (`Fabric.ended`).
    public var faults: [FaultID: FaultCounters]
    /// How late held packets left, in microseconds: the scheduler's share of every delay.
    public var lateness: LatencyHistogram
    /// Packets that the switch holds now.
    public var held: Int
    /// Bytes that they take.
    public var heldBytes: Int
}

/// What went over one direction between two machines. The unit is the wire packet: what would cross
/// an Ethernet of the link's MTU, although it may have come as part of a larger one.
public struct LinkCounters: Hashable, Sendable, BitwiseCopyable {
    /// Which direction.
    public var link: LinkID
    /// Wire packets that came, also those that were dropped then.
    public var packets: UInt64
    /// Their bytes, IP headers of each included, Ethernet headers not.
    public var bytes: UInt64
    /// Wire packets dropped by faults, each counted once.
    public var dropped: UInt64
    /// Wire packets dropped because the link held its 64 MB or 10,000 packets: `queue full`.
    public var queueFull: UInt64
    /// Wire packets held now.
    public var held: UInt32
    /// TCP connections begun: SYN without ACK, retries included.
    public var connections: UInt64
}

/// What a port saw that belongs to no link.
public struct PortCounters: Hashable, Sendable, BitwiseCopyable {
    /// The machine.
    public var node: NodeID
    /// Packets that the kernel dropped before the switch could read them. Nobody asked for these.
    public var missed: UInt64
    /// Wire packets that could not be handed to the machine's kernel: its queue stayed full. Nobody
    /// asked for these either.
    public var refused: UInt64
    /// Writes that failed otherwise (the device is down, or the packet was nonsense).
    public var failed: UInt64
    /// Neither IPv4 nor ARP.
    public var foreign: UInt64
    /// Broken: truncated, impossible lengths.
    public var malformed: UInt64
    /// To addresses that no machine has.
    public var unknown: UInt64
    /// Address questions that the switch answered.
    public var answered: UInt64

    /// Drops that no fault accounts for: they spoil a proof.
    public var unasked: UInt64 { missed + refused + failed }
}

/// What a fault did, over all its links: the "applied" half of its proof.
public struct FaultCounters: Hashable, Sendable {
    /// The sum over all links.
    public var total = TermCount()
    /// Link by link, sorted; only links where something was matched.
    public var links: [LinkID: TermCount] = [:]
}

/// How the packet loop is scheduled.
public enum Scheduling: String, Sendable, CaseIterable {
    /// SCHED_FIFO, priority 1.
    case fifo
    /// Nice -20.
    case nice
    /// A slice of 100 µs of the fair scheduler.
    case slice
    /// Nothing was given.
    case plain
}
