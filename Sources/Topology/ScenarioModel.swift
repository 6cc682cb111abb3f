extension Topology {
    /// A script: what is done, what must hold all the time, and what is judged at the end. Lines
    /// are kept as text; the command language reads them, and its mistakes are pointed at through
    /// `Passage.place`.
    public struct Scenario: Hashable, Sendable {
        /// A word.
        public var name: String
        /// One sentence.
        public var about: String?
        /// How long the healed cluster may take to be ready before it is judged.
        public var settle: Duration = .seconds(10)
        /// In order.
        public var steps: [Step] = []
        /// Expressions that must hold from the first "all ready" to the end.
        public var always: [Passage] = []
        /// Expressions that are judged at the end.
        public var expect: [Passage] = []
        /// Where its name stands.
        public var place: Place
    }

    /// A step of a scenario.
    public indirect enum Step: Hashable, Sendable {
        /// A command line.
        case line(Passage)
        /// `{repeat: 5, steps: […]}`
        case repetition(Int, [Step], Place)
        /// `{parallel: [[…], […]]}`
        case parallel([[Step]], Place)
        /// `{for each: nodes, steps: […]}` with `{it}` in the lines.
        case forEach(Passage, [Step], Place)
        /// `{chaos: {…}}`
        case chaos(Chaos)
    }

    /// Faults drawn from the seed.
    public struct Chaos: Hashable, Sendable {
        /// Command lines and how often each is drawn, relative to the others.
        public var faults: [(line: Passage, weight: Int)]
        /// From one fault to the next.
        public var every: ClosedRange<Duration>
        /// How long it goes on.
        public var duration: Duration
        /// Faults at a time.
        public var atMost: Int
        /// Where it stands.
        public var place: Place

        /// Compares all of it.
        public static func == (a: Chaos, b: Chaos) -> Bool {
            a.faults.elementsEqual(b.faults) { $0 == $1 } && a.every == b.every
                && a.duration == b.duration && a.atMost == b.atMost && a.place == b.place
        }

        /// Hashes the lines.
        public func hash(into hasher: inout Hasher) {
            for fault in faults { hasher.combine(fault.line) }
            hasher.combine(duration)
        }
    }
}
