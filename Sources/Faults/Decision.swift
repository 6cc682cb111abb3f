public import Cluster

/// What becomes of one wire packet: the sum of what its link's terms say.
@frozen
public struct Decision: Hashable, Sendable, BitwiseCopyable {
    /// Some term drops it.
    public var dropped: Bool
    /// Some term holds it until further notice.
    public var held: Bool
    /// Nanoseconds that it waits: the delays added up.
    public var delay: Int64

    /// It passes.
    @inlinable
    public init(dropped: Bool = false, held: Bool = false, delay: Int64 = 0) {
        self.dropped = dropped
        self.held = held
        self.delay = delay
    }
}

/// What one term did on one link since its fault began. `matched` is also the number that keys its
/// next random draw.
@frozen
public struct TermCount: Hashable, Sendable, BitwiseCopyable {
    /// Wire packets that it was about.
    public var matched: UInt64
    /// Of those, the ones that it decided to drop (another fault may have dropped them too).
    public var dropped: UInt64
    /// Of those, the ones that it made wait.
    public var delayed: UInt64

    /// A count.
    @inlinable
    public init(matched: UInt64 = 0, dropped: UInt64 = 0, delayed: UInt64 = 0) {
        self.matched = matched
        self.dropped = dropped
        self.delayed = delayed
    }

    /// Adds another count to this one.
    @inlinable
    public static func += (a: inout TermCount, b: TermCount) {
        a.matched += b.matched
        a.dropped += b.dropped
        a.delayed += b.delayed
    }
}

extension Decision {
    /// Decides on one wire packet. Every term sees every packet that it matches, also those that
    /// another term has dropped: that is what keeps the decisions of one fault apart from the
    /// presence of another. `counts` runs parallel to `terms`. Where no term draws, `wirePackets` that
    /// share one fate can be counted at once.
    @inlinable
    public static func decide(
        _ terms: UnsafePointer<Term>, _ counts: UnsafeMutablePointer<TermCount>, count: Int,
        packet: PacketFacts, link: LinkID, random: KeyedRandom, wirePackets: UInt64 = 1
    ) -> Decision {
        var decision = Decision()
        for index in 0..<count {
            let term = terms[index]
            guard term.matches(packet) else { continue }
            let number = counts[index].matched
            counts[index].matched = number &+ wirePackets
            switch term.kind {
            case .cut, .mute:
                decision.dropped = true
                counts[index].dropped &+= wirePackets
            case .hold:
                decision.held = true
                counts[index].delayed &+= wirePackets
            case .loss:
                let bits = random.bits(
                    fault: term.fault, link: link, number: number, lane: UInt16(term.lane))
                if Int64(bits >> 32) < term.a {
                    decision.dropped = true
                    counts[index].dropped &+= wirePackets
                }
            case .delay:
                counts[index].delayed &+= wirePackets
                if term.shape == .constant {
                    decision.delay &+= term.a
                } else {
                    let bits = random.bits(
                        fault: term.fault, link: link, number: number, lane: UInt16(term.lane))
                    decision.delay &+= term.delay(bits)
                }
            }
        }
        return decision
    }
}
