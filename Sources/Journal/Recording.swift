public import Cluster

/// All entries of a journal, with the state at any of them. Seeking folds on from the nearest
/// checkpoint before; a checkpoint is a copy of the state that shares all its histories.
public struct Recording: Sendable {
    /// In order; their stamps never decrease.
    public private(set) var entries: [Entry] = []
    /// Moments worth a jump, in order.
    public private(set) var marks: [Mark] = []
    /// Lines of the file that made no sense and were skipped.
    public var brokenLines: UInt64 = 0
    /// Kinds that this version does not know, and how often they came.
    public var unknownKinds: [String: UInt64] = [:]
    /// Whether the file ends within a line.
    public var isTorn = false
    /// The state after the last entry.
    public private(set) var last = ClusterState()

    /// What decides which marks are chapters, as far as it was read.
    private var table = ChapterTable()
    private var checkpoints: [Checkpoint] = []
    /// Grows when there are too many checkpoints.
    private var spacing = 1

    /// A checkpoint comes after so many entries, or so much time, whatever is first.
    static let checkpointEntries = 4_096
    static let checkpointTime = Duration.seconds(10)

    /// The state when the first `count` entries were folded.
    private struct Checkpoint: Sendable {
        var count: Int
        var at: Stamp
        var state: ClusterState
    }

    /// A moment worth a jump.
    public struct Mark: Equatable, Sendable {
        /// When.
        public var at: Stamp
        /// What happened.
        public var kind: News.Kind
        /// In words.
        public var text: String
        /// More of it, a line each; for what needs an explanation.
        public var story: [String] = []
        /// The node that it tells of, if it is about one.
        public var node: NodeID?
        /// Whether a chapter begins here; see `Recording.chapters`.
        public var isChapter = false
    }

    /// Nothing recorded yet.
    public init() {}

    /// Reads a journal whole. Throws `JournalError` when it can't be read, or is none: of a torn or
    /// damaged one all is kept that makes sense.
    public init(path: String) throws(JournalError) {
        let feed = try FileFeed(path: path)
        while true {
            let entries = try feed.poll()
            if entries.isEmpty { break }
            append(entries)
        }
        if entries.isEmpty { throw JournalError("\(path) is no journal, or an empty one") }
        brokenLines = feed.brokenLines
        unknownKinds = feed.unknownKinds
        isTorn = feed.unfinishedBytes > 0
    }

    /// Adds entries at the end: a run that still goes on can be looked back into.
    public mutating func append(_ new: [Entry]) {
        entries.reserveCapacity(entries.count + new.count)
        for entry in new {
            var entry = entry
            // A damaged file may go back in time; looking for a moment needs an order.
            entry.at = max(entry.at, last.core.now)
            mark()
            let told = last.core.newsTold
            last.apply(entry)
            entries.append(entry)
            let news = last.core.news.suffix(Int(clamping: last.core.newsTold - told))
            let begins = table.begins(entry.event, last.core)
            for one in news where one.kind != .restart {
                marks.append(
                    Mark(
                        at: one.at, kind: one.kind, text: one.text, node: one.node,
                        isChapter: begins(one.kind)))
            }
            marks += table.recoveries(last.core)
            if case .judged(let judgement) = entry.event { marks(of: judgement) }
        }
    }

    /// What breaks a check happened long before it was found: each violation is a mark of its own.
    private mutating func marks(of judgement: Judgement) {
        for violation in judgement.violations {
            let mark = Mark(
                at: violation.at, kind: .violation, text: "\(judgement.text): \(violation.text)",
                story: violation.story, isChapter: true)
            guard !marks.contains(mark) else { continue }
            let place = marks.firstIndex { $0.at > violation.at } ?? marks.count
            marks.insert(mark, at: place)
        }
    }

    private mutating func mark() {
        let at = last.core.now
        if let before = checkpoints.last {
            let isDue =
                entries.count - before.count >= Self.checkpointEntries * spacing
                || at - before.at >= Self.checkpointTime * spacing
            guard isDue else { return }
        }
        checkpoints.append(Checkpoint(count: entries.count, at: at, state: last))
        // A large cluster's facts are a third of a megabyte each time.
        let most = last.core.nodes.count > 200 ? 64 : 1_024
        if checkpoints.count > most {
            let all = checkpoints
            checkpoints = all.indices.filter { $0 % 2 == 0 }.map { all[$0] }
            spacing *= 2
        }
    }

    /// When the last entry was written.
    public var length: Stamp { last.core.now }

    /// How many entries are not later than a moment.
    public func count(at moment: Stamp) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].at <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The state at a moment.
    public func state(at moment: Stamp) -> ClusterState { state(after: count(at: moment)) }

    /// The state after the first `count` entries.
    public func state(after count: Int) -> ClusterState {
        let count = min(max(0, count), entries.count)
        if count == entries.count { return last }
        var low = 0
        var high = checkpoints.count
        while low < high {
            let middle = (low + high) / 2
            if checkpoints[middle].count <= count { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return ClusterState() }
        var state = checkpoints[low - 1].state
        for entry in entries[checkpoints[low - 1].count..<count] { state.apply(entry) }
        return state
    }

    /// How many checkpoints there are.
    var checkpointCount: Int { checkpoints.count }
}
