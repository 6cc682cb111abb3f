/// What a key asks of the world beyond the view.
public enum Outcome: Equatable, Sendable {
    /// Run a line of the command language; `by` is how it came about: `key` or `palette`.
    case run(command: String, by: String)
    /// Move the playhead.
    case playback(Playback)
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
        /// A recording becomes a lab: the same topology, with the faults of this moment.
        case takeOver
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
    }
}
