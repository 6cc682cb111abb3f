/// Merges the streams of several clients into one history, in the order in which operations ended, and says
/// what is written. A value without I/O. The streams are those of `HistorySender`.
///
/// A line is written once every client has told what ended before it; for a client that says nothing (it is
/// paused, or its machine is gone) nobody waits longer than `patience`, and its lines come late.
struct HistoryMerge: Sendable {
    /// Microseconds for which a silent client is waited for.
    static let patience: Int64 = 1_000_000
    /// The longest line that is taken, in bytes.
    static let longestLine = 64 << 20

    /// How often what happened.
    struct Counts: Equatable, Sendable {
        var ok = 0
        var refused = 0
        var unknown = 0
        /// Of unknown: under way when the history ended, or when their client died.
        var open = 0
        /// Operations of no single key that were not written because a queue was full.
        var lost = 0
        /// Operations that were not written because the history is full.
        var beyond = 0
    }

    private struct Client: Sendable {
        /// Bytes of its stream that were taken.
        var arrived: UInt64 = 0
        var unread: [UInt8] = []
        /// Everything before was told; nil: it tells nothing more.
        var mark: Int64? = 0
        var hasSaidGoodbye = false
    }

    /// A line that waits for its turn.
    private struct Pending: Sendable {
        var finished: Int64
        var key: Int?
        var line: [UInt8]
    }

    private var clients: [Int: Client] = [:]
    private var pending: [Pending] = []
    private(set) var bound: HistoryBound
    /// How many keys there are; 0: operations are about no single key.
    private let keys: Int
    /// Keys that were lost one by one.
    private var lostKeys: Set<Int> = []
    private(set) var counts = Counts()

    init(bound: HistoryBound, keys: Int) {
        self.bound = bound
        self.keys = keys
    }

    // MARK: What comes

    /// A client begins.
    mutating func began(_ client: Int) { clients[client] = Client() }

    /// Bytes of its stream that were taken so far.
    func arrived(from client: Int) -> UInt64 { clients[client]?.arrived ?? 0 }

    /// Whether it said that nothing more follows.
    func hasSaidGoodbye(_ client: Int) -> Bool { clients[client]?.hasSaidGoodbye ?? true }

    /// Whether all clients said so.
    var allSaidGoodbye: Bool { clients.values.allSatisfy { $0.mark == nil } }

    /// Bytes of a client's stream.
    /// - Returns: false: they are none, or a line is too long; the stream is not to be read on.
    mutating func took(_ bytes: some Collection<UInt8>, from number: Int) -> Bool {
        guard var client = clients.removeValue(forKey: number) else { return false }
        defer { clients[number] = client }
        client.arrived += UInt64(bytes.count)
        client.unread += bytes
        var start = 0
        while let end = client.unread[start...].firstIndex(of: 10) {
            take(client.unread[start..<end], &client)
            start = end + 1
        }
        client.unread.removeFirst(start)
        return client.unread.count <= Self.longestLine
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ client: inout Client) {
        guard let mark = line.first else { return }
        var rest = line.dropFirst()
        switch mark {
        case UInt8(ascii: "="):
            guard let finished = Self.number(&rest) else { return }
            keep(rest, finished: finished)
        case UInt8(ascii: "~"): client.mark = Self.number(&rest) ?? client.mark
        case UInt8(ascii: "!"):
            let key = Self.number(&rest)
            let count = Int(Self.number(&rest) ?? 1)
            if let key { lostKeys.insert(Int(key)) } else { counts.lost += count }
        case UInt8(ascii: "."):
            counts.open += Int(Self.number(&rest) ?? 0)
            client.mark = nil
            client.hasSaidGoodbye = true
        default: break
        }
    }

    /// `KEY LINE`.
    private mutating func keep(_ text: ArraySlice<UInt8>, finished: Int64) {
        var rest = text
        let key = Self.number(&rest).map { Int($0) }
        pending.append(Pending(finished: finished, key: key, line: Array(rest)))
    }

    /// A client's stream has ended without a goodbye: its process died. What it left takes the place of
    /// what it did not send; without it, nobody knows how much is missing.
    mutating func died(_ client: Int, leaving remains: HistoryRemains?, now: Int64) {
        guard !hasSaidGoodbye(client) else { return }
        if let remains {
            _ = took(remains.stream, from: client)
            for line in remains.open {
                keep(line.last == 10 ? line.dropLast() : line[...], finished: now)
            }
            counts.open += remains.open.count
            counts.lost += remains.tooLong
        } else {
            counts.lost += 1
        }
        clients[client]?.mark = nil
        clients[client]?.hasSaidGoodbye = true
    }

    /// An operation by hand, which has ended.
    mutating func add(_ line: [UInt8], key: String?, finished: Int64) {
        var number: Int?
        if let key, key.hasPrefix("k"), let named = Int(key.dropFirst()), named < keys {
            number = named
        }
        pending.append(Pending(finished: finished, key: number, line: line))
    }

    // MARK: What is written

    /// The next lines, each with its end. Where keys were given up, a line says so.
    /// - Parameter all: nobody is waited for.
    mutating func next(now: Int64, all: Bool = false) -> [UInt8] {
        let marks = clients.values.compactMap(\.mark)
        let limit = all ? .max : max(min(marks.min() ?? now, now), now - Self.patience)
        var ready: [Pending] = []
        var later: [Pending] = []
        for line in pending {
            if line.finished <= limit { ready.append(line) } else { later.append(line) }
        }
        pending = later
        ready.sort { $0.finished < $1.finished }
        var bytes = lost()
        for line in ready {
            guard line.key.map({ !lostKeys.contains($0) }) ?? true else { continue }
            let isKept = line.key.map(bound.share.keeps) ?? true
            guard bound.admits(key: line.key, bytes: line.line.count + 1) else {
                if isKept { counts.beyond += 1 }
                continue
            }
            count(line.line)
            bytes += line.line
            bytes.append(10)
            let before = bound.share
            if bound.gaveUpKeys() { bytes += givenUp(since: before) }
        }
        return bytes
    }

    /// Everything that ended before this time, and came, was handed out by `next`.
    func told(now: Int64) -> Int64 { min(clients.values.compactMap(\.mark).min() ?? now, now) }

    private var toldLost: Set<Int> = []

    private mutating func lost() -> [UInt8] {
        let new = lostKeys.subtracting(toldLost)
        toldLost = lostKeys
        return Self.dropped(new.sorted())
    }

    private func givenUp(since before: HistoryShare) -> [UInt8] {
        Self.dropped((0..<keys).filter { before.keeps($0) && !bound.share.keeps($0) })
    }

    private static func dropped(_ keys: [Int]) -> [UInt8] {
        if keys.isEmpty { return [] }
        let names = keys.map { "\"k\($0)\"" }.joined(separator: ",")
        return Array("{\"dropped\":[\(names)]}\n".utf8)
    }

    /// How many keys are not judged.
    var keysDropped: Int {
        let givenUp = bound.share.level == 0 ? 0 : (0..<keys).count { !bound.share.keeps($0) }
        return givenUp + lostKeys.count { bound.share.keeps($0) }
    }

    /// The last line.
    func end(at now: Int64) -> [UInt8] {
        var text = "{\"end\":{\"at\":\(now),\"ok\":\(counts.ok),\"refused\":\(counts.refused)"
        text += ",\"unknown\":\(counts.unknown),\"open\":\(counts.open)"
        text += ",\"keys-dropped\":\(keysDropped),\"lost\":\(counts.lost)"
        text += ",\"beyond\":\(counts.beyond)}}\n"
        return Array(text.utf8)
    }

    /// The outcome is the only text that stands behind the value: `…,"ok","kv-1"]`.
    private mutating func count(_ line: [UInt8]) {
        var commas = 0
        var position = line.count - 1
        while position > 0 {
            // Names hold no quotation marks and no commas.
            if line[position] == UInt8(ascii: ",") { commas += 1 }
            if commas == 2 { break }
            position -= 1
        }
        guard position + 2 < line.count else { return }
        switch line[position + 2] {
        case UInt8(ascii: "o"): counts.ok += 1
        case UInt8(ascii: "r"): counts.refused += 1
        default: counts.unknown += 1
        }
    }

    /// Reads a number and the blank behind it; nil: there is none (`-`).
    private static func number(_ text: inout ArraySlice<UInt8>) -> Int64? {
        let word = text.prefix { $0 != 32 }
        text = text.dropFirst(word.count + 1)
        var isNegative = false
        var digits = word
        if digits.first == UInt8(ascii: "-") {
            isNegative = true
            digits = digits.dropFirst()
        }
        guard !digits.isEmpty, digits.count < 19 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 48)
        }
        return isNegative ? -value : value
    }
}
