public import Cluster

/// One run, ready to be told: what was promised and kept, what each fault did, how soon all was well
/// again, and how to do it once more. Made from the fold of a journal and what only its starter knew.
public struct RunReport: Sendable {
    /// What only the one who started the run knows.
    public struct Origin: Sendable {
        /// Where the run was recorded; empty when nobody knows.
        public var folder = ""
        /// The command line that repeats the run.
        public var again = ""
        /// Settings that were changed.
        public var settings: [(word: String, value: String)] = []
        /// Version of the program.
        public var version = ""
        /// Where lines of the scenario stand in its file, by their text.
        public var places: [String: Place] = [:]
        /// The scenario's file and first line.
        public var place: Place?

        /// Whether its lab runs now.
        public var isRunning = false

        /// Nothing is known.
        public init() {}
    }

    /// A place in a file.
    public struct Place: Sendable, Hashable {
        /// As the user named it.
        public var file: String
        /// From 1.
        public var line: Int
        /// From 1.
        public var column: Int

        /// A place in a file.
        public init(file: String, line: Int, column: Int) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    /// What only the one who started the run knows.
    public var origin: Origin
    /// The whole fold; with histories, where the page is to show a timeline.
    public let state: ClusterState
    /// The exit code.
    public let code: Int32
    /// Each fault that was injected, in order; weather is none.
    public let faults: [FaultFigures]
    /// What clients saw from "all ready" to the end; `nil` without clients.
    public let clients: ClientFigures?
    /// The run moment by moment, where somebody has read the whole recording.
    public var moments: Course?
    /// Figures beside those of an earlier run; see `compare(with:)`.
    public internal(set) var comparison: [Change] = []

    /// A report of a run as far as it came. One without an end ended in an internal error.
    public init(_ state: ClusterState, origin: Origin = Origin()) {
        self.state = state
        self.origin = origin
        let core = state.core
        code = core.ended?.code ?? (origin.isRunning ? 0 : 70)
        faults = core.faults.filter { !$0.record.weather }.map { FaultFigures($0, in: core) }
        clients = core.clientFigures
    }

    /// The verdict.
    public var outcome: Outcome {
        if origin.isRunning, state.core.ended == nil { return .running }
        return scenario == nil && code == 0 ? .ended : Outcome(code: code)
    }
    /// The topology's name.
    public var topology: String { state.core.run?.topology ?? "?" }
    /// The scenario's name; `nil` for a run by hand.
    public var scenario: String? { state.core.scenario?.name ?? state.core.run?.scenario }
    /// Every random decision came from it.
    public var seed: UInt64 { state.core.run?.seed ?? 0 }
    /// The run's name, as its folder is called.
    public var name: String { state.core.run?.run ?? "" }
    /// When it began, RFC 3339.
    public var wall: String { state.core.run?.wall ?? "" }
    /// How long it took, in seconds.
    public var length: Double { state.core.now.seconds }
    /// The latest verdict on each promise.
    public var promises: [Judgement] { state.core.judgements }
    /// `kv leader-crash, seed 7`.
    public var title: String {
        topology + (scenario.map { " " + $0 } ?? "") + ", seed \(seed)"
    }
}
