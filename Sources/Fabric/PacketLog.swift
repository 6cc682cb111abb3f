public import Cluster

/// What the switch saw of one packet; for tests and for `what was on the line` questions.
@frozen
public struct PacketSummary: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// When its fate was decided (or, for a held one, when it left), monotonic nanoseconds.
    public var at: Int64
    /// The sender.
    public var from: NodeID
    /// The receiver.
    public var to: NodeID
    /// Length of the IP packet in bytes, as one although it may stand for several wire packets.
    public var length: UInt32
    /// Bytes after the IP and transport headers.
    public var payload: UInt32
    /// Source port of TCP or UDP.
    public var source: UInt16
    /// Destination port of TCP or UDP.
    public var destination: UInt16
    /// Wire packets that it stands for.
    public var segments: UInt16
    /// Protocol number.
    public var transport: UInt8
    /// TCP flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    public var flags: UInt8
    /// What became of it.
    public var fate: Fate

    /// What became of a packet.
    public enum Fate: UInt8, Sendable, BitwiseCopyable {
        /// Handed to the receiver's kernel at once, or as soon as that takes more.
        case passed
        /// Put into the queue of its link.
        case queued
        /// Left the queue of its link.
        case released
        /// Dropped by a fault.
        case dropped
        /// Dropped because its link's queue was full.
        case queueFull
        /// Not taken by the receiver's kernel.
        case refused
    }

    /// For people: `n0>n1 tcp 4711>6379 SYN ack 60 passed`.
    public var description: String {
        let names: [(UInt8, String)] = [
            (2, "SYN"), (1, "FIN"), (4, "RST"), (8, "psh"), (16, "ack"),
        ]
        let set = names.filter { flags & $0.0 != 0 }.map(\.1).joined(separator: " ")
        let what = transport == 6 ? "tcp" : transport == 17 ? "udp" : "ip\(transport)"
        return "n\(from.index)>n\(to.index) \(what) \(source)>\(destination) \(set) "
            + "\(length)\(segments > 1 ? "/\(segments)" : "") \(fate)"
    }
}
