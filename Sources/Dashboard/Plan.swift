/// What the topology of a run says beside its machines: scenarios that can be run, and where each value
/// comes from. No entry of the journal tells it; whoever opens the run's folder does.
public struct Plan: Equatable, Sendable {
    /// In the order of the file.
    public var scenarios: [Scenario]
    /// Every value that counts, those of the file first.
    public var values: [Value]

    /// What a topology says; nothing, where its file cannot be read.
    public init(scenarios: [Scenario] = [], values: [Value] = []) {
        self.scenarios = scenarios
        self.values = values
    }

    /// A scenario as it is written.
    public struct Scenario: Equatable, Sendable {
        /// Its name, as commands say it.
        public var name: String
        /// One sentence; empty without one.
        public var about: String
        /// Lines of its steps, blocks before what is in them.
        public var steps: [Step]
        /// What must hold all the time.
        public var always: [String]
        /// What is judged at the end.
        public var expect: [String]

        /// A scenario.
        public init(
            name: String, about: String = "", steps: [Step] = [], always: [String] = [],
            expect: [String] = []
        ) {
            self.name = name
            self.about = about
            self.steps = steps
            self.always = always
            self.expect = expect
        }
    }

    /// A line of a scenario's steps.
    public struct Step: Equatable, Sendable {
        /// As the run counts it: `4.2`.
        public var number: String
        /// The command, or what a block does.
        public var text: String
        /// Blocks around it.
        public var depth: Int

        /// A line.
        public init(number: String, text: String, depth: Int = 0) {
            self.number = number
            self.text = text
            self.depth = depth
        }
    }

    /// A value, and where it comes from.
    public struct Value: Equatable, Sendable {
        /// `nodes.kv.probe.every`.
        public var path: String
        /// As it counts.
        public var text: String
        /// Where it comes from, in words: `kv.yaml:12`, `--set`, `standard`.
        public var origin: String
        /// Whether somebody chose it; `false` for what squall takes unless told otherwise.
        public var isChosen: Bool

        /// A value.
        public init(path: String, text: String, origin: String, isChosen: Bool = true) {
            self.path = path
            self.text = text
            self.origin = origin
            self.isChosen = isChosen
        }
    }
}
