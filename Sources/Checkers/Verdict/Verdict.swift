/// What a check found.
public enum Verdict: Equatable, Sendable {
    /// The history can be had from an object that keeps the promise.
    case valid
    /// It can't; each violation is a proof. At least one.
    case invalid([Violation])
    /// Nobody knows: why, and how far the promise was proved to be kept.
    case unknown(Ignorance, proven: Prefix)

    /// Whether the promise is broken.
    public var isInvalid: Bool { if case .invalid = self { true } else { false } }
    /// Whether nobody knows.
    public var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

/// Why there is no verdict.
public enum Ignorance: Equatable, Sendable {
    /// The time that the check may take is over.
    case time(Duration)
    /// The memory that the check may take, in bytes, is used up.
    case memory(Int)
    /// Somebody ended the check.
    case cancelled
    /// The history has no end mark: what is missing may have been lost with its rest.
    case incomplete
    /// The history can't tell: in words.
    case notShown(String)

    /// A sentence without its full stop.
    public var text: String {
        switch self {
        case .time(let time): "the time of the check, \(told(time)), is over"
        case .memory(let bytes): "the memory of the check, \(bytes / 1_000_000) MB, is used up"
        case .cancelled: "the check was ended"
        case .incomplete: "the history has no end: what is missing in it need not be lost"
        case .notShown(let why): why
        }
    }

    private func told(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        let tenths = (seconds * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
    }
}

/// How much of a history was proved to keep the promise: everything that was answered before a time,
/// and some keys to their end.
public struct Prefix: Equatable, Sendable {
    /// All operations that were answered before this time; 0 when nothing is proved.
    public var before: Int64
    /// How many operations that are.
    public var operations: Int
    /// Keys proved to their end, where keys are judged one by one.
    public var keys: Int
    /// Of so many.
    public var ofKeys: Int

    /// A prefix.
    public init(before: Int64 = 0, operations: Int = 0, keys: Int = 0, ofKeys: Int = 0) {
        self.before = before
        self.operations = operations
        self.keys = keys
        self.ofKeys = ofKeys
    }
}

extension Prefix {
    /// For people, without a full stop; times as the history tells them.
    public func told(by history: History) -> String {
        if before == 0, keys == 0, operations == 0 { return "nothing is proved" }
        let keys = ofKeys > 1 ? ", \(keys) of \(ofKeys) keys to their end" : ""
        let time = before > 0 ? "up to \(history.moment(before))" : "of what was judged"
        return "proved to hold \(time): \(operations) operations\(keys)"
    }
}

/// The verdict of one check on one history.
public struct Judgement: Equatable, Sendable {
    /// What was checked.
    public var check: Check
    /// What was found.
    public var verdict: Verdict
    /// How many operations were looked at.
    public var operations: Int
    /// Figures that tell more, by their names.
    public var figures: [Figure]

    /// A number and what it counts.
    public struct Figure: Equatable, Sendable {
        /// What is counted, as in `lost`.
        public var name: String
        /// How many.
        public var count: Int

        /// A number and what it counts.
        public init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// A judgement.
    public init(_ check: Check, _ verdict: Verdict, operations: Int, figures: [Figure] = []) {
        self.check = check
        self.verdict = verdict
        self.operations = operations
        self.figures = figures
    }
}

/// A broken promise, told so that one learns from it. Pure text and times.
public struct Violation: Equatable, Sendable {
    /// What is wrong, in one line: `k17: client-1 read 841, although 842 was acknowledged before`.
    public var title: String
    /// The key that it is about, where keys are judged one by one.
    public var key: String?
    /// The moment when it can be seen, for a replay to go to.
    public var at: Int64
    /// The operations that contradict each other, in the order of time; none can be left out.
    public var operations: [Witness]
    /// Why they contradict each other, a line each.
    public var reasons: [String]

    /// A violation.
    public init(
        title: String, key: String? = nil, at: Int64, operations: [Witness], reasons: [String] = []
    ) {
        self.title = title
        self.key = key
        self.at = at
        self.operations = operations
        self.reasons = reasons
    }
}

/// An operation that takes part in a violation.
public struct Witness: Equatable, Sendable {
    /// Its row in the history.
    public var row: Int
    /// When it was sent.
    public var invoked: Int64
    /// When it was answered, if it was.
    public var returned: Int64?
    /// Who did what, through whom, when, and how it ended.
    public var text: String
}
