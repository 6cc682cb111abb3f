/// Remembers configurations of a search that led nowhere: Lowe's cache ("Testing for linearizability",
/// 2016), in one flat array so that its size is known to the byte.
///
/// A configuration is a place among the events, a value, the open operations that took effect, and the
/// operations of unknown outcome that did. One with fewer of the latter can do all that one with more
/// can, since they need never happen: so only the least sets are kept, and what contains one is known.
struct ConfigurationCache {
    private let knownWords: Int
    private let unknownWords: Int
    private let stride: Int
    /// Records: place and value, next record of the same chain, known words, unknown words.
    private var records: [UInt64] = []
    private var heads: [UInt32]
    private(set) var count = 0
    /// Words that there is room for.
    private var room = 0

    private static let none = UInt32.max

    init(knownWords: Int, unknownWords: Int) {
        self.knownWords = knownWords
        self.unknownWords = unknownWords
        stride = 2 + knownWords + unknownWords
        heads = [UInt32](repeating: Self.none, count: 1 << 6)
    }

    /// Remembers a configuration. Returns whether it was new, or `nil` when there is no memory for it.
    mutating func insert(
        place: UInt32, state: UInt32, known: [UInt64], unknown: [UInt64], meter: inout Meter
    ) -> Bool? {
        let first = UInt64(place) << 32 | UInt64(state)
        let slot = Int(truncatingIfNeeded: hash(first, known)) & (heads.count - 1)
        var record = heads[slot]
        while record != Self.none {
            let base = Int(record) * stride
            if records[base] == first, isSame(base, known), isLess(base, unknown) { return false }
            record = UInt32(truncatingIfNeeded: records[base + 1])
        }
        guard grow(&meter) else { return nil }
        let target = Int(truncatingIfNeeded: hash(first, known)) & (heads.count - 1)
        records.append(first)
        records.append(UInt64(heads[target]))
        records.append(contentsOf: known)
        records.append(contentsOf: unknown)
        heads[target] = UInt32(truncatingIfNeeded: count)
        count += 1
        return true
    }

    @inline(__always)
    private func isSame(_ base: Int, _ known: [UInt64]) -> Bool {
        for word in 0..<knownWords where records[base + 2 + word] != known[word] { return false }
        return true
    }

    /// Whether the record's unknown operations are among these.
    @inline(__always)
    private func isLess(_ base: Int, _ unknown: [UInt64]) -> Bool {
        for word in 0..<unknownWords
        where records[base + 2 + knownWords + word] & ~unknown[word] != 0 {
            return false
        }
        return true
    }

    @inline(__always)
    private func hash(_ first: UInt64, _ known: [UInt64]) -> UInt64 {
        var hash = Self.mixed(first)
        for word in 0..<knownWords { hash = Self.mixed(hash ^ known[word]) }
        return hash
    }

    /// The finaliser of SplitMix64.
    @inline(__always)
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Makes room for one more record. While an array moves to a larger place both are there, so that
    /// much must be allowed.
    private mutating func grow(_ meter: inout Meter) -> Bool {
        if records.count + stride > room {
            let wanted = max(64 * stride, room * 2)
            guard count < Int(Self.none) - 1, meter.take(wanted * 8) else { return false }
            records.reserveCapacity(wanted)
            meter.give(room * 8)
            room = wanted
        }
        if count >= heads.count * 2 {
            guard meter.take(heads.count * 2 * 4) else { return false }
            let old = heads.count
            rehash(to: heads.count * 2)
            meter.give(old * 4)
        }
        return true
    }

    private mutating func rehash(to size: Int) {
        heads = [UInt32](repeating: Self.none, count: size)
        var known = [UInt64](repeating: 0, count: knownWords)
        for number in 0..<count {
            let base = number * stride
            for word in 0..<knownWords { known[word] = records[base + 2 + word] }
            let slot = Int(truncatingIfNeeded: hash(records[base], known)) & (size - 1)
            records[base + 1] = UInt64(heads[slot])
            heads[slot] = UInt32(truncatingIfNeeded: number)
        }
    }
}
