public import Cluster

/// A lesson as it is taught: entries of the journal, the clock and what its reader says go in; commands and
/// notes come out, and `page` is what there is to read. No clock of its own, no input or output.
///
/// Its course: the cluster gets ready; each step runs its own lines, and is open until `done` holds, judged
/// on what was done since the step began; the reader goes on when ready; at the end every prediction is shown
/// again. With `plays` there is no reader: each step's attempt is made, and it must be what makes `done` true.
public struct LessonRun: Sendable {
    /// What the driver tells.
    public enum Input: Equatable, Sendable {
        /// Entries were taken in, or the time of `wake` has come.
        case changed
        /// A command is done.
        case done(Int)
        /// A command was refused.
        case refused(Int, message: String)
        /// The reader answers the question; from 1.
        case choose(Int)
        /// The reader wants a hint.
        case hint
        /// The reader has read the page.
        case next
    }

    /// What the driver has to do.
    public enum Action: Equatable, Sendable {
        /// Carry a command out as `by`, and answer with `done` or `refused` and its number.
        case command(Int, Command, text: String, by: String)
        /// Write a note into the journal as `LessonRun.own`.
        case note(String)
        /// Go to a screen.
        case show(String)
        /// What became of a step, where the lesson plays itself.
        case told(Outcome)
    }

    /// What became of a step that was played.
    public struct Outcome: Equatable, Sendable {
        /// From 1; 0 when the cluster never got ready.
        public var step: Int
        /// Why it failed; `nil` when all is well.
        public var failure: String?
        /// The figures that decided, or how many lines were played.
        public var detail: String
        /// How long it took.
        public var took: Duration
    }

    /// Who squall's own commands and notes are by.
    public static let own = "lesson"
    /// Who the attempts of a lesson that plays itself are by.
    public static let player = "lesson-check"
    /// The first hint comes after so long, and one more each time.
    public static let hintPause = Duration.seconds(20)
    /// How long a lesson that plays itself looks at a step that is done, so that what a command does has been
    /// told before the next step is judged.
    public static let readingPause = Duration.seconds(1)
    /// How long `done` may take to come true where the lesson plays itself.
    public static let stepLimit = Duration.seconds(30)
    /// How long the cluster may take to be ready where the lesson plays itself.
    public static let readyLimit = Duration.seconds(60)

    enum Phase: Equatable, Sendable {
        /// Until every node is ready.
        case waiting
        /// Squall's own lines.
        case preparing
        /// The lines of the attempt.
        case trying
        /// Until `done` holds; without one, until the reader goes on.
        case open
        /// `done` held.
        case passed
        /// The predictions again, one a page.
        case review(Int)
        /// Nothing is left to read.
        case over
    }

    enum Waiting: Equatable, Sendable {
        case nothing
        case answer(Int)
        case time(Stamp)
        case condition(Expression, by: Stamp?)
    }

    /// What is taught.
    public let lesson: Lesson
    let plays: Bool
    /// The fold of everything that was taken in.
    public private(set) var state = ClusterState(series: false)
    var phase = Phase.waiting
    /// The step, from 0.
    var index = 0
    var began = Stamp.zero
    var opened = Stamp.zero
    var passed = Stamp.zero
    var now = Stamp.zero
    var deeds = Deeds()
    /// Lines that are still to be carried out.
    var queue: [Lesson.Order] = []
    var waiting = Waiting.nothing
    var orders = 0
    var asked = 0
    /// What was chosen, by step.
    var chosen: [Int: Int] = [:]
    /// Why a line of squall's own did not work.
    var trouble: String?
    var actions: [Action] = []

    /// A lesson that has not begun. With `plays` it needs no reader.
    public init(_ lesson: Lesson, plays: Bool = false) {
        self.lesson = lesson
        self.plays = plays
    }

    /// Whether there is nothing left to do or to read.
    public var isOver: Bool { phase == .over }

    /// Takes in what happened; every entry once, in order.
    public mutating func take(_ entry: Entry) -> [Action] {
        state.apply(entry)
        deeds.take(entry, core: state.core)
        return on(.changed, at: entry.at)
    }

    /// One turn; `now` never goes back.
    public mutating func on(_ input: Input, at now: Stamp) -> [Action] {
        self.now = max(self.now, now)
        actions = []
        switch input {
        case .changed: break
        case .done(let number):
            if waiting == .answer(number) { waiting = .nothing }
        case .refused(let number, let message):
            if waiting == .answer(number) { refused(message) }
        case .choose(let answer): choose(answer)
        case .hint: if isHinting, hints.count < allHints.count { asked += 1 }
        case .next: next()
        }
        while advance() {}
        return actions
    }

    /// When the page changes although nothing happens; `nil` when it does not.
    public var wake: Stamp? {
        switch phase {
        case .waiting: return plays ? .zero + Self.readyLimit : nil
        case .preparing, .trying:
            switch waiting {
            case .time(let by): return by
            case .condition(_, let by): return by
            default: return nil
            }
        case .open where plays: return opened + Self.stepLimit
        case .passed where plays: return passed + Self.readingPause
        case .open:
            guard isHinting, hints.count < allHints.count else { return nil }
            return opened + Self.hintPause * (1 + Int(elapsed / Self.hintPause))
        default: return nil
        }
    }

    /// The step that is open.
    var step: Lesson.Step { lesson.steps[index] }

    /// Since the step is open.
    var elapsed: Duration { .microseconds(now.microseconds - opened.microseconds) }
}
