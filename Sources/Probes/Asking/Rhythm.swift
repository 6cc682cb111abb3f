internal import Cluster

/// When to ask and when to give up; pure. Moments are nanoseconds of one monotonic clock.
struct Rhythm: Equatable, Sendable {
    /// What is to be done at a moment.
    enum Action: Equatable, Sendable {
        case ask
        case giveUp
        /// Nothing before this moment.
        case wait(until: Int64)
    }

    private let every: Int64
    private let timeout: Int64
    private var next: Int64
    private var deadline: Int64?

    /// The first question is due at `start`. An interval or time-out below a millisecond counts as
    /// one, and one beyond a day as a day.
    init(every: Duration, timeout: Duration, start: Int64) {
        self.every = Self.bounded(every)
        self.timeout = Self.bounded(timeout)
        next = start
    }

    /// Whether a question is under way.
    var isAsking: Bool { deadline != nil }

    /// What is to be done now.
    func action(at now: Int64) -> Action {
        if let deadline {
            if now >= deadline { return .giveUp }
            // Waiting for the sooner of the two, one alarm is enough when the answer comes in time.
            return .wait(until: next > now ? min(next, deadline) : deadline)
        }
        return now >= next ? .ask : .wait(until: next)
    }

    /// A question begins. The next one is due an interval after this one was, not after it began:
    /// small delays do not add up. Intervals that were missed are left out.
    mutating func began(at now: Int64) {
        deadline = now &+ timeout
        next = max(next &+ every, now &+ every / 2)
    }

    private static func bounded(_ duration: Duration) -> Int64 {
        min(max(duration.nanoseconds, 1_000_000), 86_400_000_000_000)
    }

    /// The question is over, with an answer or without.
    mutating func ended() { deadline = nil }
}
