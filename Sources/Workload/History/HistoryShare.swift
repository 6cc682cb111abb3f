internal import Cluster

/// Which keys a history keeps when there is no room for all: whole keys, so that what is left can still be
/// judged, chosen by the run's seed, so that clients and lab agree without a word. At level n about one key
/// in 2^n is left; the keys of a level are among those of the level before.
struct HistoryShare: Equatable, Sendable {
    /// Above it no key is kept.
    static let highestLevel = 32

    private let random: KeyedRandom
    /// 0: all keys are kept.
    var level = 0

    init(seed: UInt64) { random = KeyedRandom(seed: seed) }

    /// Whether the operations of a key are written.
    func keeps(_ key: Int) -> Bool {
        if level == 0 { return true }
        guard level <= Self.highestLevel else { return false }
        // Lane 65535 belongs to no client.
        let bits = random.bits(.workload, number: UInt64(key), lane: .max)
        return bits < UInt64.max >> UInt64(level)
    }
}

/// How much a history may hold, and what becomes of that: whole keys are given up when half of the room is
/// used, then when half of the rest is used, and so on; operations of more than one key are written until
/// the room is used up.
struct HistoryBound: Equatable, Sendable {
    /// Operations that may be written.
    let operations: Int
    /// Bytes that may be written.
    let bytes: Int
    private(set) var share: HistoryShare
    private(set) var writtenOperations = 0
    private(set) var writtenBytes = 0
    /// The last level at which a key is left; 0: operations are about no single key, or about one.
    private let highestLevel: Int

    /// - Parameter keys: how many keys there are.
    init(operations: Int, bytes: Int, keys: Int, seed: UInt64) {
        self.operations = operations
        self.bytes = bytes
        share = HistoryShare(seed: seed)
        var level = 0
        var next = share
        next.level = 1
        while level < HistoryShare.highestLevel, (0..<keys).contains(where: next.keeps) {
            level = next.level
            next.level += 1
        }
        highestLevel = level
    }

    /// Whether nothing is written any more.
    var isFull: Bool { writtenOperations >= operations || writtenBytes >= bytes }

    /// Whether the line of an operation is to be written; counts it then.
    mutating func admits(key: Int?, bytes count: Int) -> Bool {
        guard !isFull, key.map(share.keeps) ?? true else { return false }
        writtenOperations += 1
        writtenBytes += count
        return true
    }

    /// Goes to the next level when it is time: true then, and keys were given up.
    mutating func gaveUpKeys() -> Bool {
        guard share.level < highestLevel else { return false }
        let left = min(
            1 - Double(writtenOperations) / Double(max(1, operations)),
            1 - Double(writtenBytes) / Double(max(1, bytes)))
        let before = share.level
        while share.level < highestLevel,
            left <= 1 / Double(UInt64(2) << UInt64(share.level))
        {
            share.level += 1
        }
        return share.level > before
    }
}
