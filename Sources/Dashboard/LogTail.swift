public import Cluster

/// The last lines of the nodes' logs, merged by time. View state: filled by the shell from the files
/// that the nodes write, never part of the fold.
public struct LogTail: Equatable, Sendable {
    /// Oldest first; at most `LogTail.kept`.
    public private(set) var lines: [Line] = []
    /// How many lines were left out because there was no room for them.
    public private(set) var dropped: UInt64 = 0
    /// Changes whenever lines do, so that two tails are compared at once.
    private var version: UInt64 = 0

    /// How many lines are kept.
    public static let kept = 4_000

    /// Longest text of a line that is kept, in UTF-8 bytes: what is beyond is not shown anyway.
    public static let keptBytes = 2_000

    /// No lines yet.
    public init() {}

    /// A line as a node wrote it; its text is anything at all.
    public struct Line: Equatable, Sendable {
        /// Who wrote it.
        public var node: NodeID
        /// When it was read.
        public var at: Stamp
        /// Without the line break; shown only through `Frame.write`.
        public var text: String

        /// A line of a log.
        public init(node: NodeID, at: Stamp, text: String) {
            self.node = node
            self.at = at
            self.text = text
        }
    }

    /// Adds lines; those that come late are put where they belong.
    public mutating func append(_ new: some Sequence<Line>) {
        var added = false
        for var line in new {
            if line.text.utf8.count > LogTail.keptBytes {
                line.text = String(line.text.prefix(LogTail.keptBytes / 4))
            }
            var index = lines.count
            while index > 0, lines[index - 1].at > line.at { index -= 1 }
            lines.insert(line, at: index)
            added = true
        }
        guard added else { return }
        version &+= 1
        let excess = lines.count - LogTail.kept
        if excess > 0 {
            lines.removeFirst(excess)
            dropped += UInt64(excess)
        }
    }

    /// Forgets what lies after a moment (a seek backwards).
    public mutating func forget(after stamp: Stamp) {
        let count = lines.count
        lines.removeAll { $0.at > stamp }
        if lines.count != count { version &+= 1 }
    }

    /// By version first.
    public static func == (a: LogTail, b: LogTail) -> Bool {
        a.version == b.version && a.dropped == b.dropped && a.lines.count == b.lines.count
            && a.lines.last == b.lines.last
    }
}
