internal import GRDB

/// One decision in a log: where it stands, in which term it was taken, and what it says.
public struct LogEntry: Equatable, Sendable {
    /// Its place: 1, 2, 3 … without a gap.
    public var position: UInt64
    /// The term of the leader that wrote it.
    public var term: UInt64
    /// What it says, in the words of the system that keeps the log.
    public var payload: String

    /// An entry by its parts.
    public init(position: UInt64, term: UInt64, payload: String) {
        self.position = position
        self.term = term
        self.payload = payload
    }
}

/// Everything that the entries up to a position add up to.
public struct LogSnapshot: Equatable, Sendable {
    /// The last position that is in it.
    public var position: UInt64
    /// The term at that position.
    public var term: UInt64
    /// The state, in the words of the system that keeps the log.
    public var state: String

    /// A snapshot by its parts.
    public init(position: UInt64, term: UInt64, state: String) {
        self.position = position
        self.term = term
        self.state = state
    }
}

/// An append-only log that survives `kill -9` and a power cut: one SQLite file, opened in WAL mode with
/// `synchronous = FULL`, so that a commit has been fsynced when it returns. `sqlite3 log.sqlite` opens it.
/// (A copy may do without the fsync, see `Durability`.)
///
/// A log has an *identity*, drawn when the file is made. Two logs with the same identity began as the same
/// file; positions of logs with different identities cannot be compared, however equal the numbers look.
///
/// It is bounded twice: `compact` replaces the oldest entries by a snapshot, and the file never grows beyond
/// `largest` bytes (`DurableLogError.full`).
///
/// Writes must come from one thread at a time; reads may come from anywhere.
public final class DurableLog: Sendable {
    /// When a commit is on the disk.
    public enum Durability: String, Sendable {
        /// When it returns: for who answers for its entries.
        case everyCommit = "FULL"
        /// Soon: `kill -9` loses nothing, a power cut may lose the last entries, though never one from the
        /// middle. For copies, whose last entries can be had again from the original.
        case soon = "NORMAL"
    }

    private static let pageSize = 4_096

    private let pool: DatabasePool

    /// Opens the log at `path`, or makes it.
    /// - Parameter largest: the size of the file, in bytes, at which it refuses to grow.
    public init(
        path: String, durability: Durability = .everyCommit, largest: Int = 512 << 20
    ) throws(DurableLogError) {
        pool = try DurableLogError.wrapping {
            let pool = try DatabasePool(path: path)
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
                try db.execute(sql: "PRAGMA max_page_count = \(largest / Self.pageSize)")
            }
            try pool.write(Self.createTables)
            return pool
        }
    }

    private static func createTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS entry (
                    position INTEGER PRIMARY KEY, term INTEGER NOT NULL, payload TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS snapshot (
                    one INTEGER PRIMARY KEY CHECK (one = 1),
                    position INTEGER NOT NULL, term INTEGER NOT NULL, state TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS about (
                    one INTEGER PRIMARY KEY CHECK (one = 1),
                    identity TEXT NOT NULL, term INTEGER NOT NULL);
                INSERT OR IGNORE INTO about VALUES (1, lower(hex(randomblob(8))), 0);
                """)
    }

    /// What the log is: its identity and its highest term.
    public func about() throws(DurableLogError) -> (identity: String, term: UInt64) {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT identity, term FROM about") else {
                throw DurableLogError.broken("the table 'about' is empty")
            }
            return (row[0], Self.unsigned(row[1]))
        }
    }

    /// Begins a new term: one higher than any before, durable when this returns.
    public func beginTerm() throws(DurableLogError) -> UInt64 {
        try write { db in
            try db.execute(sql: "UPDATE about SET term = term + 1")
            return Self.unsigned(try Int64.fetchOne(db, sql: "SELECT term FROM about") ?? 0)
        }
    }

    /// The last position; 0 when nothing was ever written.
    public func lastPosition() throws(DurableLogError) -> UInt64 {
        try read(Self.lastPosition)
    }

    /// Writes entries behind the last one, durable when this returns, all or none.
    /// - Throws: `gap` when the first one is not the next.
    public func append(_ entries: [LogEntry]) throws(DurableLogError) {
        try write { db in
            var last = try Self.lastPosition(db)
            let insert = try db.cachedStatement(sql: "INSERT INTO entry VALUES (?, ?, ?)")
            for entry in entries {
                guard entry.position == last + 1 else {
                    throw DurableLogError.gap(expected: last + 1, found: entry.position)
                }
                last = entry.position
                try insert.execute(
                    arguments: [Int64(entry.position), Int64(entry.term), entry.payload])
            }
            if let term = entries.last?.term {
                try db.execute(
                    sql: "UPDATE about SET term = max(term, ?)", arguments: [Int64(term)])
            }
        }
    }

    /// At most `limit` entries after `position`, in order; nil when they have been compacted away.
    public func entries(
        after position: UInt64, limit: Int
    ) throws(DurableLogError) -> [LogEntry]? {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM entry WHERE position > ? ORDER BY position LIMIT ?",
                arguments: [Int64(position), limit])
            let entries = rows.map {
                LogEntry(
                    position: Self.unsigned($0[0]), term: Self.unsigned($0[1]), payload: $0[2])
            }
            if let first = entries.first { return first.position == position + 1 ? entries : nil }
            return try Self.lastPosition(db) <= position ? [] : nil
        }
    }

    /// The newest snapshot, if there is one.
    public func snapshot() throws(DurableLogError) -> LogSnapshot? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT position, term, state FROM snapshot").map {
                LogSnapshot(
                    position: Self.unsigned($0[0]), term: Self.unsigned($0[1]), state: $0[2])
            }
        }
    }

    /// Keeps `snapshot`, and drops the entries that the snapshot *before* it held already. So a reader that is
    /// only a little behind still finds entries and need not take the whole state.
    public func compact(_ snapshot: LogSnapshot) throws(DurableLogError) {
        try write { db in
            let before = try Int64.fetchOne(db, sql: "SELECT position FROM snapshot") ?? 0
            try Self.keep(snapshot, db)
            try db.execute(sql: "DELETE FROM entry WHERE position <= ?", arguments: [before])
        }
    }

    /// Throws everything away and becomes a copy of another log, from its snapshot on.
    public func become(
        identity: String, from snapshot: LogSnapshot
    ) throws(DurableLogError) {
        try write { db in
            try db.execute(sql: "DELETE FROM entry")
            try Self.keep(snapshot, db)
            try db.execute(
                sql: "UPDATE about SET identity = ?, term = ?",
                arguments: [identity, Int64(snapshot.term)])
        }
    }

    /// Closes the file; nothing may be called afterwards.
    public func close() throws(DurableLogError) {
        try DurableLogError.wrapping { try pool.close() }
    }

    /// How SQLite was told to write: 2 is `FULL`, 1 is `NORMAL`.
    func synchronousSetting() throws -> Int {
        try pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
        }
    }

    private static func keep(_ snapshot: LogSnapshot, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?)",
            arguments: [Int64(snapshot.position), Int64(snapshot.term), snapshot.state])
    }

    private static func lastPosition(_ db: Database) throws -> UInt64 {
        let sql = """
            SELECT max(coalesce((SELECT max(position) FROM entry), 0),
                       coalesce((SELECT position FROM snapshot), 0))
            """
        return unsigned(try Int64.fetchOne(db, sql: sql) ?? 0)
    }

    private static func unsigned(_ value: Int64) -> UInt64 {
        UInt64(clamping: value)
    }

    private func read<T>(_ body: (Database) throws -> T) throws(DurableLogError) -> T {
        try DurableLogError.wrapping { try pool.read(body) }
    }

    private func write<T>(_ body: (Database) throws -> T) throws(DurableLogError) -> T {
        try DurableLogError.wrapping { try pool.write(body) }
    }
}
