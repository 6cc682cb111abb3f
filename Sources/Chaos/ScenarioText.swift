/// A line of a scenario as it was read from a file.
public struct Line: Hashable, Sendable {
    /// The text, settings filled in; `{it}` stands for the node inside of `for each`.
    public var text: String
    /// Whatever the reader of the file wants back with a complaint, e.g. an index into its passages.
    public var mark: Int

    /// A line and the reader's mark for it.
    public init(_ text: String, mark: Int = 0) {
        self.text = text
        self.mark = mark
    }
}

/// A scenario before anybody understood its lines.
public struct ScenarioText: Hashable, Sendable {
    /// The scenario's name.
    public var name: String
    /// How long the healed cluster may take to be ready.
    public var settle: Duration
    /// In order.
    public var steps: [StepText]
    /// What must hold from the first "all ready" to the end of the traffic.
    public var always: [Line]
    /// What is judged at the end.
    public var expect: [Line]

    /// A scenario.
    public init(
        name: String, settle: Duration = .seconds(10), steps: [StepText], always: [Line] = [],
        expect: [Line] = []
    ) {
        self.name = name
        self.settle = settle
        self.steps = steps
        self.always = always
        self.expect = expect
    }
}

/// A step before anybody understood its line.
public indirect enum StepText: Hashable, Sendable {
    case line(Line)
    /// `{repeat: 5, steps: […]}`
    case repetition(Int, [StepText])
    /// `{parallel: [[…], […]]}`
    case parallel([[StepText]])
    /// `{for each: nodes, steps: […]}`
    case forEach(Line, [StepText])
    /// `{chaos: {…}}`
    case chaos(ChaosText)
}

/// Faults to be drawn from the seed.
public struct ChaosText: Hashable, Sendable {
    /// Command lines.
    public var faults: [Line]
    /// How often each is drawn, relative to the others; as many as `faults`, at least 1 each.
    public var weights: [Int]
    /// From one fault to the next.
    public var every: ClosedRange<Duration>
    /// How long it goes on.
    public var duration: Duration
    /// Faults at a time.
    public var atMost: Int

    /// A block of drawn faults.
    public init(
        faults: [Line], weights: [Int], every: ClosedRange<Duration>, duration: Duration,
        atMost: Int
    ) {
        self.faults = faults
        self.weights = weights
        self.every = every
        self.duration = duration
        self.atMost = atMost
    }
}

/// What is wrong with a line, and where in it.
public struct Complaint: Hashable, Sendable {
    /// The line.
    public var line: Line
    /// The first wrong character of the line's text, from 1.
    public var column: Int
    /// One sentence without a full stop.
    public var message: String
    /// `topic/word`.
    public var code: String
    /// What to write instead; `nil` when nobody can know.
    public var hint: String?
}
