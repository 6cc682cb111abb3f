public import Cluster
internal import Glibc

/// The recording of a run: UTF-8, one JSON object a line. The first line is the header; every other
/// one begins with its number, time and kind, so that `grep '"e":"fault'` is a way to look.
public enum JournalFormat {
    /// The version of the format. Raised only if old readers would be wrong: fields are added, never
    /// changed, and a changed meaning is a new kind.
    public static let version = 1

    /// The lines of some entries, as they stand in the file. Entry 0, the run's beginning, is the header.
    public static func encode(_ entries: some Sequence<Entry>) -> [UInt8] {
        var writer = LineWriter()
        for entry in entries { writer.line(entry) }
        return writer.bytes
    }
}

/// The first line of a journal.
public struct JournalHeader: Equatable, Sendable {
    /// The version of the format.
    public var version: Int
    /// What is true of the whole run.
    public var run: RunDescription
}

/// A journal that can't be read or written; the message is for a person.
public struct JournalError: Error, Equatable, CustomStringConvertible {
    /// What failed, on which file, and why.
    public var description: String

    /// An error in words.
    public init(_ description: String) { self.description = description }

    /// The last system call's error: "cannot open PATH: No such file or directory".
    init(_ verb: String, _ path: String, errno code: Int32 = errno) {
        description = "cannot \(verb) \(path): \(String(cString: strerror(code)))"
    }
}
