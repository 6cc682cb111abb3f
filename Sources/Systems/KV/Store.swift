internal import NodeKit

/// One entry of the log: a key was given a value.
struct Assignment: Codable, Equatable, Sendable {
    var position: UInt64
    var term: UInt64
    var key: String
    var value: Scalar
}

/// What the log adds up to: the state that reads see. A value without I/O, and the same on every member that
/// has applied the same entries.
struct Store: Codable, Equatable, Sendable {
    /// A value and the position of the entry that wrote it.
    struct Pair: Codable, Equatable, Sendable {
        var value: Scalar
        var position: UInt64
    }

    static let mostKeys = 100_000
    static let mostBytes = 16 << 20

    private(set) var pairs: [String: Pair] = [:]
    /// The last entry that was applied.
    private(set) var position: UInt64 = 0
    private(set) var term: UInt64 = 0
    /// Keys and values together.
    private(set) var bytes = 0

    subscript(key: String) -> Pair? { pairs[key] }

    /// Applies the next entry. Entries that were applied before are passed over, so that copying some twice
    /// does no harm.
    mutating func apply(_ entry: Assignment) {
        guard entry.position > position else { return }
        bytes += Self.growth(key: entry.key, from: pairs[entry.key]?.value, to: entry.value)
        pairs[entry.key] = Pair(value: entry.value, position: entry.position)
        position = entry.position
        term = entry.term
    }

    /// How many bytes an assignment adds.
    static func growth(key: String, from old: Scalar?, to new: Scalar) -> Int {
        new.bytes - (old.map(\.bytes) ?? -key.utf8.count)
    }
}

extension Assignment {
    /// What of it is kept in the log beside position and term.
    private struct Payload: Codable {
        var key: String
        var value: Scalar
    }

    init(_ entry: LogEntry) throws {
        let payload = try JSON.read(Payload.self, entry.payload)
        self.init(
            position: entry.position, term: entry.term, key: payload.key, value: payload.value)
    }

    func logEntry() throws -> LogEntry {
        LogEntry(
            position: position, term: term,
            payload: try JSON.text(Payload(key: key, value: value)))
    }
}
