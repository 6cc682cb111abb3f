public import Cluster
public import Dashboard

/// Everything outside of the painter: where entries come from and where commands go. A lab, a
/// recording or a test; the painter cannot tell. Called on the painter's thread only, and none of
/// it may wait.
public protocol PainterWorld {
    /// Readable when `advance` has something to do, so that the painter wakes up for it; negative for none.
    var wakeDescriptor: Int32 { get }
    /// Takes in what has come since the last call. Returns whether anything is new.
    mutating func advance() -> Bool
    /// The cluster as far as it has been taken in.
    var state: ClusterState { get }
    /// The run's clock, or the playhead.
    var now: Stamp { get }
    /// Live, or a recording and its playhead.
    var source: View.Source { get }
    /// Adds lines that the nodes have written since the last call.
    mutating func read(into logs: inout LogTail)
    /// Hands a line of the command language over. What became of it comes as an entry; only what
    /// could not even be handed over is told here.
    mutating func send(_ command: String, by: String) -> String?
    /// Moves the playhead; a lab ignores it.
    mutating func playback(_ wish: Outcome.Playback)
    /// Moves the playhead to the nearest place that is looked for; `nil`, and it stays, when there is none.
    mutating func search(_ search: Outcome.Search) -> View.Found?
    /// Says which machine is looked at from inside; `nil` when none is. Called before each frame.
    mutating func look(at node: NodeID?)
    /// What was found there last.
    var inspection: Inspection? { get }
    /// Keeps a remark beside the recording; what went wrong, if anything did.
    mutating func annotate(_ text: String, at moment: Stamp) -> String?
    /// The lesson that is taught beside the screen; `nil` for none.
    var lesson: LessonPanel? { get }
    /// Tells the lesson what its reader says.
    mutating func lesson(_ wish: LessonPanel.Wish)
    /// The screen that the lesson wants to be looked at; told once.
    mutating func nextScreen() -> View.Screen?
}

/// Most worlds teach nothing.
extension PainterWorld {
    /// None.
    public var lesson: LessonPanel? { nil }

    /// Nobody hears it.
    public mutating func lesson(_ wish: LessonPanel.Wish) {}

    /// None.
    public mutating func nextScreen() -> View.Screen? { nil }
}

/// A recording has no machines that could be looked into.
extension PainterWorld {
    /// Nothing is asked.
    public mutating func look(at node: NodeID?) {}

    /// Nothing is found.
    public var inspection: Inspection? { nil }
}

/// A lab has nothing to look back into: its remarks are commands.
extension PainterWorld {
    /// Finds nothing.
    public mutating func search(_ search: Outcome.Search) -> View.Found? { nil }

    /// Refuses.
    public mutating func annotate(_ text: String, at moment: Stamp) -> String? {
        "there is no recording here to write beside"
    }
}

/// A lab that runs: entries are folded as they come.
public struct LiveWorld: PainterWorld {
    /// The fold so far.
    public private(set) var state: ClusterState
    /// Readable when there are entries.
    public let wakeDescriptor: Int32
    private let entries: () -> [Entry]
    private let clock: () -> Stamp
    private let lines: () -> [LogTail.Line]
    private let viewers: () -> Int?
    private let inside: (_ node: NodeID?) -> Inspection?
    private let command: (_ command: String, _ by: String) -> String?
    /// What was found in the machine that is looked at.
    public private(set) var inspection: Inspection?

    /// A lab behind closures; all of them are called on the painter's thread, and none may wait.
    /// - Parameters:
    ///   - wake: readable when there are entries; `entries` makes it unreadable again.
    ///   - state: what was folded before.
    ///   - entries: the next ones in order; empty when there are none now.
    ///   - now: the run's clock.
    ///   - lines: lines of logs since the last call.
    ///   - viewers: how many look on, this one included; `nil` when unknown.
    ///   - inside: says which machine is looked at, and gives what was found last.
    ///   - send: hands a command line over; a sentence when that was impossible.
    public init(
        wake: Int32, state: ClusterState = ClusterState(), entries: @escaping () -> [Entry],
        now: @escaping () -> Stamp, lines: @escaping () -> [LogTail.Line] = { [] },
        viewers: @escaping () -> Int? = { nil },
        inside: @escaping (_ node: NodeID?) -> Inspection? = { _ in nil },
        send: @escaping (_ command: String, _ by: String) -> String?
    ) {
        self.state = state
        wakeDescriptor = wake
        self.entries = entries
        clock = now
        self.lines = lines
        self.viewers = viewers
        self.inside = inside
        command = send
    }

    /// Folds what has come.
    public mutating func advance() -> Bool {
        let new = entries()
        for entry in new { state.apply(entry) }
        return !new.isEmpty
    }

    /// Stands still once the run has ended.
    public var now: Stamp {
        state.core.ended == nil ? max(clock(), state.core.now) : state.core.now
    }

    /// Live.
    public var source: View.Source { .live(viewers: viewers()) }

    /// Appends new lines.
    public mutating func read(into logs: inout LogTail) { logs.append(lines()) }

    /// Hands the line over.
    public mutating func send(_ command: String, by: String) -> String? {
        self.command(command, by)
    }

    /// Asks, and takes what was answered.
    public mutating func look(at node: NodeID?) { inspection = inside(node) }

    /// A lab has no playhead.
    public mutating func playback(_ wish: Outcome.Playback) {}
}
