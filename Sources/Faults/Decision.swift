public import Cluster

/// What becomes of one wire packet: the sum of what its link's terms say.
@frozen
public struct Decision: Hashable, Sendable, BitwiseCopyable {
    /// Some term drops it.
    public var dropped: Bool
    /// Some term holds it until further notice.
    public var held: Bool
    /// How often more it is sent.
    public var copies: UInt8
    /// What is done to its bytes.
    public var corruption: Corruption
    /// What its sender is told.
    public var answer: Answer
    /// Which of the terms that make only some packets wait it matched, one bit each, the fourth and all
    /// later ones together: packets with the same bits keep their order.
    public var queues: UInt8
    /// Largest packet that fits, where it is to be told.
    public var fits: UInt16
    /// Chooses what is altered.
    public var place: UInt32
    /// Nanoseconds that it waits: the delays added up.
    public var delay: Int64
    /// Nanoseconds that it waits beyond that, so that others overtake it.
    public var overtaken: Int64
    /// When a limit lets it go, monotonic nanoseconds; 0 where there is none.
    public var departure: Int64

    /// What is done to a packet's bytes.
    public enum Corruption: UInt8, Sendable, BitwiseCopyable {
        case none
        /// Altered, and the checksum tells so.
        case wrong
        /// Altered, and the checksum made right again.
        case right
    }

    /// What the sender of a dropped packet is told.
    public enum Answer: UInt8, Sendable, BitwiseCopyable {
        case none
        /// That nobody takes it.
        case refusal
        /// That it is too big.
        case tooBig
    }

    /// It passes.
    @inlinable
    public init(dropped: Bool = false, held: Bool = false, delay: Int64 = 0) {
        self.dropped = dropped
        self.held = held
        self.delay = delay
        copies = 0
        corruption = .none
        answer = .none
        queues = 0
        fits = .max
        place = 0
        overtaken = 0
        departure = 0
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
    /// Of those, the ones that it altered, sent twice, or had overtaken.
    public var altered: UInt64
    /// What the term has to know at the next packet: the last draw of a correlated delay, whether a
    /// burst of losses goes on, until when a limited line is busy. Of one link, never added up.
    public var memory: Int64

    /// A count.
    @inlinable
    public init(
        matched: UInt64 = 0, dropped: UInt64 = 0, delayed: UInt64 = 0, altered: UInt64 = 0
    ) {
        self.matched = matched
        self.dropped = dropped
        self.delayed = delayed
        self.altered = altered
        memory = 0
    }

    /// Adds another count to this one.
    @inlinable
    public static func += (a: inout TermCount, b: TermCount) {
        a.matched += b.matched
        a.dropped += b.dropped
        a.delayed += b.delayed
        a.altered += b.altered
    }
}

extension Decision {
    /// Decides on one wire packet of `bytes` bytes at the monotonic nanosecond `now`. Every term sees
    /// every packet that it matches, also those that another term has dropped: that is what keeps the
    /// decisions of one fault apart from the presence of another. `counts` runs parallel to `terms`.
    /// Where no term draws, `wirePackets` that share one fate can be counted at once.
    @inlinable
    public static func decide(
        _ terms: UnsafePointer<Term>, _ counts: UnsafeMutablePointer<TermCount>, count: Int,
        packet: PacketFacts, link: LinkID, random: KeyedRandom, now: Int64 = 0, bytes: Int = 0,
        wirePackets: UInt64 = 1
    ) -> Decision {
        var decision = Decision()
        var queue: UInt8 = 1
        for index in 0..<count {
            let term = terms[index]
            let isApart = term.options.contains(.apart)
            defer { if isApart, queue < 8 { queue <<= 1 } }
            guard term.matches(packet) else { continue }
            if isApart { decision.queues |= queue }
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
                let isLost =
                    term.shape == .burst
                    ? term.isInBurst(bits, number, now, &counts[index].memory)
                    : Int64(bits >> 32) < term.level(at: now)
                if isLost {
                    decision.dropped = true
                    counts[index].dropped &+= wirePackets
                }
            case .delay:
                counts[index].delayed &+= wirePackets
                let base = term.level(at: now)
                if term.shape == .constant {
                    decision.delay &+= base
                } else {
                    let bits = random.bits(
                        fault: term.fault, link: link, number: number, lane: UInt16(term.lane))
                    decision.delay &+=
                        term.chance == 0
                        ? term.delay(bits, base: base)
                        : term.delay(
                            bits, base: base, memory: &counts[index].memory,
                            isFirst: number == 0)
                }
            case .duplicate, .reorder, .corrupt:
                let bits = random.bits(
                    fault: term.fault, link: link, number: number, lane: UInt16(term.lane))
                guard Int64(bits >> 32) < term.level(at: now) else { continue }
                counts[index].altered &+= wirePackets
                decision.alter(term, UInt32(truncatingIfNeeded: bits))
            case .limit:
                let leaves = term.departure(of: bytes, at: now, &counts[index].memory)
                if leaves < 0 {
                    decision.dropped = true
                    counts[index].dropped &+= wirePackets
                } else {
                    decision.departure = max(decision.departure, leaves)
                    if leaves > now { counts[index].delayed &+= wirePackets }
                }
            case .mtu:
                guard bytes > term.a else { continue }
                counts[index].dropped &+= wirePackets
                decision.dropped = true
                guard !term.options.contains(.silent) else { continue }
                if decision.answer == .none { decision.answer = .tooBig }
                decision.fits = min(decision.fits, UInt16(clamping: term.a))
            case .refuse:
                counts[index].dropped &+= wirePackets
                decision.dropped = true
                decision.answer = .refusal
            }
        }
        return decision
    }

    /// A term was drawn that changes the packet; the lower half of the draw chooses where.
    @inlinable
    mutating func alter(_ term: Term, _ draw: UInt32) {
        switch term.kind {
        case .duplicate: if copies < .max { copies += 1 }
        case .reorder: overtaken = max(overtaken, term.b)
        default:
            place = draw
            // One wrong bit under a right checksum and one under a wrong one are wrong.
            if corruption != .wrong {
                corruption = term.options.contains(.right) ? .right : .wrong
            }
        }
    }
}
