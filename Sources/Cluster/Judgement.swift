/// A verdict on an expectation, an invariant or a check.
public struct Judgement: Equatable, Sendable {
    /// What kind of promise.
    public var kind: Kind
    /// Its text.
    public var text: String
    /// What was found.
    public var verdict: Verdict
    /// The values that decided: "recovery(crash) was 3.2 s".
    public var detail: String
    /// What a check counted: "lost" 2, "stale" 0.
    public var counts: [Count]
    /// What breaks a check, the first ones in the order of time.
    public var violations: [Violation]

    /// A judgement.
    public init(
        kind: Kind, text: String, verdict: Verdict, detail: String = "", counts: [Count] = [],
        violations: [Violation] = []
    ) {
        self.kind = kind
        self.text = text
        self.verdict = verdict
        self.detail = detail
        self.counts = counts
        self.violations = violations
    }

    /// Something that clients saw and that was promised not to be.
    public struct Violation: Equatable, Sendable {
        /// In one line: "k17: client-1 read 841, although 842 was acknowledged before".
        public var text: String
        /// When it can be seen, for a replay to go there.
        public var at: Stamp
        /// The operations that contradict each other, and what was done to their nodes then, a line each.
        public var story: [String]

        /// A violation.
        public init(text: String, at: Stamp, story: [String] = []) {
            self.text = text
            self.at = at
            self.story = story
        }
    }

    /// Something that a check counted.
    public struct Count: Equatable, Sendable {
        /// A word: `lost`, `stale`, `duplicated`.
        public var name: String
        /// How many.
        public var number: UInt64

        /// A count.
        public init(name: String, number: UInt64) {
            self.name = name
            self.number = number
        }
    }

    /// Kinds of promises.
    public enum Kind: String, Sendable, CaseIterable {
        case expect
        case always
        case check
    }

    /// Three-valued.
    public enum Verdict: String, Sendable, CaseIterable {
        case holds
        case broken
        case unknown
    }
}
