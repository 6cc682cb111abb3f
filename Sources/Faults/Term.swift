public import Cluster

/// One fault's effect on one link: 32 bytes without a reference. Terms are added up, never merged,
/// so that healing one fault removes exactly its terms.
@frozen
public struct Term: Hashable, Sendable, BitwiseCopyable {
    /// What it does.
    public var kind: Kind
    /// How the random part of a delay is distributed.
    public var shape: Shape
    /// Which protocol it is about.
    public var match: Match
    /// Tells the draws of several terms of one fault on one link apart.
    public var lane: UInt8
    /// Source or destination port; 0 for any.
    public var port: UInt16
    /// The fault that it belongs to.
    public var fault: FaultID
    /// Delay: nanoseconds every packet waits. Loss: lost when a 32-bit draw is below it (2^32: always),
    /// so that no floating point decides.
    public var a: Int64
    /// Delay: nanoseconds of jitter.
    public var b: Int64

    /// What terms do.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case cut
        case mute
        case hold
        case delay
        case loss
    }

    /// Distributions of a delay.
    public enum Shape: UInt8, Sendable, BitwiseCopyable {
        case constant
        case uniform
        case normal
        case pareto
        case exponential
    }

    /// Protocols.
    public enum Match: UInt8, Sendable, BitwiseCopyable {
        case everything
        case tcp
        case udp
        case icmp
    }

    /// The term of one part of a fault; `nil` when it could do nothing at all.
    init(_ effect: Effect, only: Only?, fault: FaultID, lane: UInt8) {
        self.lane = lane
        self.fault = fault
        shape = .constant
        match =
            switch only?.transport {
            case .none: .everything
            case .tcp: .tcp
            case .udp: .udp
            case .icmp: .icmp
            }
        port = only?.port ?? 0
        a = 0
        b = 0
        switch effect {
        case .cut: kind = .cut
        case .mute: kind = .mute
        case .hold: kind = .hold
        case .loss(let share):
            kind = .loss
            // Billionths to 2^-32: fits, a share is at most 10^9.
            a = (min(max(0, share.billionths), 1_000_000_000) << 32) / 1_000_000_000
        case .delay(let delay):
            kind = .delay
            a = min(max(0, delay.base.nanoseconds), Self.longest)
            b = min(max(0, delay.jitter.nanoseconds), Self.longest)
            if b > 0 {
                shape =
                    switch delay.bell {
                    case .uniform: .uniform
                    case .normal: .normal
                    case .pareto: .pareto
                    case .exponential: .exponential
                    }
            }
        }
    }

    /// One day: no sum of delays can overflow, whatever is asked.
    @usableFromInline static let longest: Int64 = 86_400_000_000_000

    /// Whether it is about such a packet. Fragments after the first have no ports.
    @inlinable
    public func matches(_ packet: PacketFacts) -> Bool {
        switch match {
        case .everything: break
        case .tcp: if packet.transport != 6 { return false }
        case .udp: if packet.transport != 17 { return false }
        case .icmp: if packet.transport != 1 { return false }
        }
        return port == 0 || packet.source == port || packet.destination == port
    }
}

/// What filters look at.
@frozen
public struct PacketFacts: Hashable, Sendable, BitwiseCopyable {
    /// Protocol number of the IPv4 header.
    public var transport: UInt8
    /// Source port of TCP and UDP; 0 where there is none.
    public var source: UInt16
    /// Destination port of TCP and UDP; 0 where there is none.
    public var destination: UInt16

    /// What filters look at.
    @inlinable
    public init(transport: UInt8, source: UInt16 = 0, destination: UInt16 = 0) {
        self.transport = transport
        self.source = source
        self.destination = destination
    }
}
