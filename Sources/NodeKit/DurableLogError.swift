internal import GRDB

/// What can go wrong with a durable log.
public enum DurableLogError: Error, Equatable, CustomStringConvertible {
    /// The disk, or the room given to the log, is full. Nothing of the write was kept; a later one may
    /// succeed.
    case full(String)
    /// An entry does not follow the last one.
    case gap(expected: UInt64, found: UInt64)
    /// SQLite failed in any other way. What is on the disk is uncertain: a failed fsync cannot be repeated
    /// (the kernel may have dropped the pages and forgotten the error). The only safe thing is to end the
    /// process and read the log anew.
    case broken(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .full(let what): "no room left for the log: \(what)"
        case .gap(let expected, let found): "the log expected entry \(expected), not \(found)"
        case .broken(let what): "the log cannot be used: \(what)"
        }
    }

    static func wrapping<T>(_ body: () throws -> T) throws(DurableLogError) -> T {
        do {
            return try body()
        } catch let error as DurableLogError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw .full(error.message ?? "SQLITE_FULL")
        } catch {
            throw .broken("\(error)")
        }
    }
}
