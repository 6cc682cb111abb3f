internal import Cluster

/// One line of execution through the steps; `parallel` has several.
struct Strand: Sendable {
    let id: Int
    /// The strand that waits for this one.
    let parent: Int?
    /// The innermost block last.
    var frames: [Frame]
    var waiting = Waiting.nothing
    /// The step that goes on: `4.2` and its text.
    var step = ""
    var text = ""
    /// The step's position was told as begun.
    var isTold = false

    /// Moves the draws of a `chaos` block to later.
    mutating func shiftDrawing(by time: Duration) {
        guard case .drawing(var drawing) = waiting else { return }
        drawing.end = drawing.end + time
        drawing.next = drawing.next + time
        waiting = .drawing(drawing)
    }

    /// What a strand waits for.
    enum Waiting: Sendable {
        case nothing
        /// The cluster, before the first fault.
        case ready(Order, by: Stamp)
        case order(Int)
        case time(Stamp)
        case condition(Expression, by: Stamp?)
        case expectation(Deadline)
        case children(Set<Int>)
        case drawing(Drawing)

        /// When it has to be looked at although nothing happened.
        func nextLook(after now: Stamp) -> Stamp? {
            switch self {
            case .nothing, .order, .children: nil
            case .ready(_, let by), .time(let by): by
            case .condition(_, let by): by
            case .expectation(let deadline): deadline.nextLook(after: now)
            case .drawing(let drawing): drawing.next
            }
        }
    }

    /// A command that waits for the cluster.
    struct Order: Sendable {
        var command: Command
        var text: String
    }
}

/// A block of steps on the way through.
struct Frame: Sendable {
    let steps: [Script.Step]
    var next = 0
    /// What `{it}` stands for in each round; as many rounds as there are entries.
    var rounds: [String?]
    var round = 0
    /// `4.` in front of the numbers of a block's steps.
    let prefix: String

    init(_ steps: [Script.Step], rounds: [String?] = [nil], prefix: String = "") {
        self.steps = steps
        self.rounds = rounds
        self.prefix = prefix
    }

    var it: String? { rounds.indices.contains(round) ? rounds[round] : nil }
}

/// A `chaos` block on the way.
struct Drawing: Sendable {
    let chaos: Script.Chaos
    /// When it stops drawing.
    var end: Stamp
    /// The next draw.
    var next: Stamp
    /// Commands that were not answered yet.
    var pending: Set<Int> = []
    /// Faults that it made.
    var made: Set<FaultID> = []
    /// Why the last one that was refused was.
    var refusal: String?
}
