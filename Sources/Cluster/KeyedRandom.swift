/// Randomness without a stream: a pure function of what is being decided. The same (seed, fault,
/// link, number) gives the same bits for ever, on every machine, in any order of asking, so that
/// adding a fault, a node or a packet elsewhere moves nobody else's decisions.
///
/// The function is Philox4x32-10, from J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011 (the Random123 library; its known answers are a test).
/// The seed is the key, what is being decided the counter.
public struct KeyedRandom: Hashable, Sendable, BitwiseCopyable {
    /// The run's seed.
    public let seed: UInt64

    /// Decisions of the run with this seed.
    public init(seed: UInt64) { self.seed = seed }

    /// What a decision that belongs to no fault is about; each has a sequence of its own.
    public struct Purpose: Hashable, Sendable, BitwiseCopyable {
        /// Where it lies in the counter.
        public let rawValue: UInt32
        /// A purpose of its own number; numbers must never be given anew.
        public init(_ rawValue: UInt32) { self.rawValue = rawValue }

        /// `2 of kv`.
        public static let selection = Purpose(1)
        /// Jitter of restarts.
        public static let restart = Purpose(2)
        /// `chaos:` blocks and nemeses.
        public static let chaos = Purpose(3)
        /// Arrival times, keys and values of the load.
        public static let workload = Purpose(4)
        /// Everything else, and tests.
        public static let other = Purpose(5)
        /// Schedules of a hunt.
        public static let hunt = Purpose(6)
    }

    /// 64 bits for one wire packet under one fault. `number` counts the packets that the fault
    /// matched on this link since it began (48 bits are used); `lane` tells draws for the same
    /// packet apart.
    @inlinable
    public func bits(fault: FaultID, link: LinkID, number: UInt64, lane: UInt16) -> UInt64 {
        Self.philox(
            seed: seed,
            UInt32(truncatingIfNeeded: number),
            UInt32(truncatingIfNeeded: number >> 32) << 16 | UInt32(lane),
            UInt32(link.from.index) << 16 | UInt32(link.to.index),
            fault.number)
    }

    /// 64 bits for a decision that belongs to no fault: fault number 0 is never given.
    @inlinable
    public func bits(_ purpose: Purpose, number: UInt64, lane: UInt16 = 0) -> UInt64 {
        Self.philox(
            seed: seed,
            UInt32(truncatingIfNeeded: number),
            UInt32(truncatingIfNeeded: number >> 32) << 16 | UInt32(lane),
            purpose.rawValue,
            0)
    }

    /// A number from 0 up to, not including, `bound` (at least 1): the high half of a product, whose
    /// bias is below `bound` / 2^64.
    @inlinable
    public static func scale(_ bits: UInt64, below bound: UInt64) -> UInt64 {
        bits.multipliedFullWidth(by: bound).high
    }

    /// Ten rounds over a counter of four words, low to high; the first two words of the result.
    @inlinable
    public static func philox(
        seed: UInt64, _ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32
    ) -> UInt64 {
        var (x0, x1, x2, x3) = (c0, c1, c2, c3)
        var k0 = UInt32(truncatingIfNeeded: seed)
        var k1 = UInt32(truncatingIfNeeded: seed >> 32)
        for _ in 0..<10 {
            let p0 = UInt64(0xD251_1F53) &* UInt64(x0)
            let p1 = UInt64(0xCD9E_8D57) &* UInt64(x2)
            (x0, x1, x2, x3) = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ x1 ^ k0,
                UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ x3 ^ k1,
                UInt32(truncatingIfNeeded: p0)
            )
            k0 = k0 &+ 0x9E37_79B9
            k1 = k1 &+ 0xBB67_AE85
        }
        return UInt64(x1) << 32 | UInt64(x0)
    }
}
