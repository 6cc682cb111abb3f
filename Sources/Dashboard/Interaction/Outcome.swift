public import Cluster

/// What a key asks of the world beyond the view.
public enum Outcome: Equatable, Sendable {
    /// Run a line of the command language; `by` is how it came about: `key` or `palette`.
    case run(command: String, by: String)
    /// Move the playhead.
    case playback(Playback)
    /// Look for the nearest place in the recording that the filter keeps.
    case search(Search)
    /// Write a remark about a moment of the recording beside it; an empty one takes it away.
    case annotate(String, at: Stamp)
    /// Tell the lesson.
    case lesson(LessonPanel.Wish)
    /// Start the same cluster with the faults that act at the playhead, and leave for it.
    case takeOver
    /// Leave, and what becomes of the lab.
    case leave(Leaving)
    /// Stop until the shell says `fg`.
    case suspend
    /// Paint everything again.
    case redraw

    /// What becomes of the lab.
    public enum Leaving: Equatable, Sendable {
        /// It goes on.
        case detach
        /// It ends.
        case stop
    }

    /// A wish about a recording.
    public enum Playback: Equatable, Sendable {
        case toggle
        /// By seconds, backwards when negative.
        case step(seconds: Double)
        case faster
        case slower
        case nextEvent
        case previousEvent
        /// To a share of the whole, 0 … 1.
        case seek(Double)
        /// To a moment.
        case to(Stamp)
        /// To the next entry of the journal, the smallest step that there is.
        case nextEntry
        case previousEntry
    }

    /// What is looked for in a recording.
    public struct Search: Equatable, Sendable {
        /// What is kept.
        public var filter: Filter
        /// Only what is about these; about anything when empty.
        public var nodes: Set<NodeID>
        /// Later than the playhead, or earlier.
        public var isForward: Bool

        /// A search from the playhead on.
        public init(filter: Filter, nodes: Set<NodeID> = [], isForward: Bool = true) {
            self.filter = filter
            self.nodes = nodes
            self.isForward = isForward
        }
    }
}
