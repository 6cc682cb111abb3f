/// What a node was at a moment: one letter of its lane.
public enum StoryMark: UInt8, Sendable, CaseIterable {
    /// Not defined yet.
    case nothing
    /// Waits for others, or is being made, or has not said yes yet.
    case coming
    /// Ready, and says that it leads.
    case leader
    /// Ready, and says that it follows.
    case follower
    /// Ready, and wants to lead.
    case candidate
    /// Ready, and only watches.
    case observer
    /// Ready; tells no role.
    case ready
    /// Runs, but its probe says no, or nothing; or it is being stopped.
    case unready
    /// Its program ended, or is held down.
    case down
    /// The machine has no power.
    case off

    /// The mark of a node as it is now.
    public init(_ node: NodeState) {
        switch node.phase {
        case .waiting, .starting, .started: self = .coming
        case .unready where !node.wasReady: self = .coming
        case .ready:
            switch node.role.role {
            case .leader: self = .leader
            case .follower: self = .follower
            case .candidate: self = .candidate
            case .observer: self = .observer
            case .unknown, .none: self = .ready
            }
        case .unready, .stopping: self = .unready
        case .exited, .failed, .backingOff, .stopped: self = .down
        case .off: self = .off
        }
    }

    /// For lanes: `L F C O -` for the roles, `·` coming, `≈` unready, `─` down, `_` without power.
    public var letter: Character {
        switch self {
        case .nothing: " "
        case .coming: "·"
        case .leader: "L"
        case .follower: "F"
        case .candidate: "C"
        case .observer: "O"
        case .ready: "-"
        case .unready: "≈"
        case .down: "─"
        case .off: "_"
        }
    }

    /// Of several in one cell the gravest is shown; among equals the last.
    var gravity: Int {
        switch self {
        case .nothing: 0
        case .leader, .follower, .candidate, .observer, .ready: 1
        case .coming: 2
        case .unready: 3
        case .down, .off: 4
        }
    }
}

/// A node's story: every change of what it was, so that any stretch of the run can be told exactly.
public struct Story: Sendable, Equatable {
    /// Changes, oldest first; at most `Story.kept`.
    public private(set) var changes = Chunked<Change>()

    /// How many changes are kept.
    public static let kept = 16_384

    /// From a moment on it was this.
    public struct Change: Sendable, Equatable {
        /// When.
        public var at: Stamp
        /// What it was from then on.
        public var mark: StoryMark
    }

    init() {}

    mutating func append(_ mark: StoryMark, at: Stamp) {
        guard changes.last?.mark != mark else { return }
        changes.append(Change(at: at, mark: mark), keeping: Story.kept)
    }

    /// What it was at a moment.
    public func mark(at moment: Stamp) -> StoryMark {
        let index = firstChange(after: moment)
        return index == 0 ? .nothing : changes[index - 1].mark
    }

    /// `count` equal parts of a time, oldest first: of each the gravest that it was in it, however short.
    public func cells(_ count: Int, from: Stamp, to: Stamp) -> [StoryMark] {
        guard count > 0, count <= 100_000, from < to else { return [] }
        let begin = Double(from.microseconds)
        let length = Double(to.microseconds) - begin
        var cells: [StoryMark] = []
        cells.reserveCapacity(count)
        var index = firstChange(after: from)
        var mark = index == 0 ? StoryMark.nothing : changes[index - 1].mark
        for cell in 0..<count {
            let start = begin + length * Double(cell) / Double(count)
            let end = begin + length * Double(cell + 1) / Double(count)
            while index < changes.count, Double(changes[index].at.microseconds) <= start {
                mark = changes[index].mark
                index += 1
            }
            var gravest = mark
            while index < changes.count, Double(changes[index].at.microseconds) < end {
                mark = changes[index].mark
                if mark.gravity >= gravest.gravity { gravest = mark }
                index += 1
            }
            cells.append(gravest)
        }
        return cells
    }

    /// One cell a second for the last `count` seconds up to and with that of `end`; nothing is told
    /// of what has not happened at `end` yet.
    public func seconds(_ count: Int = 60, endingAt end: Stamp) -> [StoryMark] {
        let next = end.second + 1
        return cells(count, from: Stamp(second: next - count), to: Stamp(second: next))
    }

    private func firstChange(after moment: Stamp) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
