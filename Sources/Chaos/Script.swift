public import Cluster

/// A scenario whose lines are understood; it can be run.
public struct Script: Hashable, Sendable {
    /// The scenario's name.
    public var name: String
    /// How long the healed cluster may take to be ready.
    public var settle: Duration
    /// In order.
    public var steps: [Step]
    /// What must hold from the first "all ready" to the end of the traffic.
    public var always: [Promise]
    /// What is judged at the end.
    public var expect: [Promise]
    /// Checks of what the clients saw, by name; made once the traffic has stopped.
    public var checks: [String]

    /// A step of a script.
    public indirect enum Step: Hashable, Sendable {
        case command(Command, text: String)
        /// A line with `{it}`, understood when the node is known.
        case template(String)
        case repetition(Int, [Step])
        case parallel([[Step]])
        case forEach(Selector, text: String, [Step])
        case chaos(Chaos)
    }

    /// Faults to be drawn from the seed.
    public struct Chaos: Hashable, Sendable {
        /// Commands with their texts.
        public var faults: [Fault]
        /// From one fault to the next.
        public var every: ClosedRange<Duration>
        /// How long it goes on.
        public var duration: Duration
        /// Faults at a time.
        public var atMost: Int

        /// One of the faults, and how often it is drawn.
        public struct Fault: Hashable, Sendable {
            /// What is done.
            public var command: Command
            /// As written.
            public var text: String
            /// Relative to the others.
            public var weight: Int
        }
    }

    /// A line of `always` or `expect`.
    public struct Promise: Hashable, Sendable {
        /// What was promised.
        public var clause: Clause
        /// As written.
        public var text: String
    }
}
