public import Cluster

/// One fault's effect on one link: 64 bytes, a line of the cache, without a reference. Terms are added
/// up, never merged, so that healing one fault removes exactly its terms.
@frozen
public struct Term: Hashable, Sendable, BitwiseCopyable {
    /// What it does.
    public var kind: Kind
    /// How the random part of a delay is distributed, or whether losses come in bursts.
    public var shape: Shape
    /// Which protocol it is about.
    public var match: Match
    /// Tells the draws of several terms of one fault on one link apart.
    public var lane: UInt8
    /// Source or destination port; 0 for any.
    public var port: UInt16
    /// How its level changes.
    public var curve: Curve
    /// Choices of its kind.
    public var options: Options
    /// The fault that it belongs to.
    public var fault: FaultID
    /// Delay: how much of a draw is that of the packet before. Loss in bursts: the chance that a burst
    /// ends with a packet. Both in 2^-32, all ones for one.
    public var chance: UInt32
    /// The level, or where it starts. Delay: nanoseconds every packet waits. Loss, duplicate, reorder,
    /// corrupt: a packet is hit when a 32-bit draw is below it (2^32: always), so that no floating
    /// point decides. Limit: bits a second. MTU: bytes of the largest packet that fits.
    public var a: Int64
    /// Delay: nanoseconds of jitter. Reorder: nanoseconds that an overtaken packet waits. Limit: bytes
    /// that may leave at once.
    public var b: Int64
    /// Limit: the longest wait in its queue, nanoseconds.
    public var queue: Int64
    /// The level's other end.
    public var top: Int64
    /// Nanoseconds of the change, or of one of its turns.
    public var period: Int64
    /// When the fault began, monotonic nanoseconds: where the level starts.
    public var began: Int64

    /// What terms do.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case cut
        case mute
        case hold
        case delay
        case loss
        case duplicate
        case reorder
        case corrupt
        case limit
        case mtu
        case refuse
    }

    /// Distributions of a delay, and of losses.
    public enum Shape: UInt8, Sendable, BitwiseCopyable {
        case constant
        case uniform
        case normal
        case pareto
        case exponential
        case burst
    }

    /// Protocols.
    public enum Match: UInt8, Sendable, BitwiseCopyable {
        case everything
        case tcp
        case udp
        case icmp
    }

    /// Ways for a level to change.
    public enum Curve: UInt8, Sendable, BitwiseCopyable {
        case constant
        case ramp
        case sine
        case square
    }

    /// Choices of a kind.
    @frozen
    public struct Options: OptionSet, Hashable, Sendable, BitwiseCopyable {
        /// The bits.
        public let rawValue: UInt8

        /// A set of options.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// An altered packet's checksum is made right again.
        public static let right = Options(rawValue: 1)
        /// What is too big is not answered.
        public static let silent = Options(rawValue: 2)
        /// It makes only some of the packets wait: those have a queue of their own.
        public static let apart = Options(rawValue: 4)
    }

    /// The term of one part of a fault.
    init(_ part: LinkFault.Part, fault: FaultID, lane: UInt8, began: Int64 = 0) {
        self.lane = lane
        self.fault = fault
        self.began = 0
        shape = .constant
        curve = .constant
        options = []
        match =
            switch part.only?.transport {
            case .none: .everything
            case .tcp: .tcp
            case .udp: .udp
            case .icmp: .icmp
            }
        port = part.only?.port ?? 0
        (chance, a, b, queue, top, period) = (0, 0, 0, 0, 0, 0)
        switch part.effect {
        case .cut: kind = .cut
        case .mute: kind = .mute
        case .hold: kind = .hold
        case .refuse: kind = .refuse
        case .loss(let share, let burst):
            kind = .loss
            a = Self.threshold(share)
            if let burst {
                shape = .burst
                // Of the draws, one in `burst` ends it.
                let ends = (Int64(1) << 32) * 1_000_000 / max(1_000_000, burst.millionths)
                chance = UInt32(clamping: ends)
            }
        case .duplicate(let share):
            kind = .duplicate
            a = Self.threshold(share)
        case .reorder(let share, let within):
            kind = .reorder
            a = Self.threshold(share)
            b = min(max(0, within.nanoseconds), Self.longest)
        case .corrupt(let share, let right):
            kind = .corrupt
            a = Self.threshold(share)
            if right { options.insert(.right) }
        case .limit(let limit):
            kind = .limit
            a = max(0, limit.rate.bitsPerSecond)
            b = min(max(0, limit.burst.bytes), Self.largestBurst)
            queue = min(max(0, limit.queue.nanoseconds), Self.longest)
        case .mtu(let bytes, let silent):
            kind = .mtu
            a = Int64(bytes)
            if silent { options.insert(.silent) }
        case .delay(let delay):
            kind = .delay
            a = min(max(0, delay.base.nanoseconds), Self.longest)
            b = min(max(0, delay.jitter.nanoseconds), Self.longest)
            guard b > 0 else { break }
            shape =
                switch delay.bell {
                case .uniform: .uniform
                case .normal: .normal
                case .pareto: .pareto
                case .exponential: .exponential
                }
            chance = UInt32(clamping: Self.threshold(delay.correlation))
        }
        if part.only != nil, makesWait { options.insert(.apart) }
        guard let course = part.course, let other = Self.level(course.to) else { return }
        curve =
            switch course.shape {
            case .ramp: .ramp
            case .sine: .sine
            case .square: .square
            }
        top = other
        period = max(1, min(course.period.nanoseconds, Self.longest))
        self.began = began
    }

    /// A level in the unit of its term.
    private static func level(_ quantity: Quantity) -> Int64? {
        switch quantity {
        case .time(let time): min(max(0, time.nanoseconds), longest)
        case .share(let share): threshold(share)
        case .bandwidth(let rate): max(0, rate.bitsPerSecond)
        case .size, .frequency, .number: nil
        }
    }

    /// Billionths to 2^-32: fits, a share is at most 10^9.
    private static func threshold(_ share: Share) -> Int64 {
        (min(max(0, share.billionths), 1_000_000_000) << 32) / 1_000_000_000
    }

    /// One day: no sum of delays can overflow, whatever is asked.
    @usableFromInline static let longest: Int64 = 86_400_000_000_000

    /// A gigabyte: the time that it takes at any rate fits into nanoseconds.
    private static let largestBurst: Int64 = 1_000_000_000

    /// Whether packets wait because of it, in order.
    private var makesWait: Bool { kind == .delay || kind == .limit || kind == .hold }

    /// Whether it is about such a packet. Fragments after the first have no ports.
    @inlinable
    public func matches(_ packet: PacketFacts) -> Bool {
        switch match {
        case .everything: break
        case .tcp: if packet.transport != 6 { return false }
        case .udp: if packet.transport != 17 { return false }
        case .icmp: if packet.transport != 1 { return false }
        }
        if kind == .refuse, !packet.begins { return false }
        // Headers alone hold nothing that a reader would get.
        if kind == .corrupt, options.contains(.right), !packet.carries { return false }
        return port == 0 || packet.source == port || packet.destination == port
    }
}

/// What filters look at.
@frozen
public struct PacketFacts: Hashable, Sendable, BitwiseCopyable {
    /// Protocol number of the IPv4 header.
    public var transport: UInt8
    /// Whether it is the first of something: a SYN without ACK, an ICMP question, and everything of
    /// protocols that have no beginning.
    public var begins: Bool
    /// Whether there are bytes after the headers.
    public var carries: Bool
    /// Source port of TCP and UDP; 0 where there is none.
    public var source: UInt16
    /// Destination port of TCP and UDP; 0 where there is none.
    public var destination: UInt16

    /// What filters look at.
    @inlinable
    public init(
        transport: UInt8, source: UInt16 = 0, destination: UInt16 = 0, begins: Bool = true,
        carries: Bool = true
    ) {
        self.transport = transport
        self.begins = begins
        self.carries = carries
        self.source = source
        self.destination = destination
    }
}
