/// Why a history can't be read, and where.
public struct ReadingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, counted from 1; 0 when it is about the whole.
    public var line: Int
    /// What is wrong there, and perhaps what would be right.
    public var message: String

    /// A mistake in a line.
    public init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }

    /// `3: …`, to be put behind the file's name.
    public var description: String { line == 0 ? message : "\(line): \(message)" }
}
