/// How old a follower's copy may be. A value: told of every answer of the leader, it says at any time how
/// far back the copy may lie.
///
/// When an answer arrives and everything in it is applied, the copy holds all that the leader had written at
/// some moment between asking and hearing. The follower cannot see the leader's clock, but it knows the
/// earliest that moment can have been: when it asked, plus the time the leader says it held the question.
/// So the lag shown is an upper bound, about one round trip while all is well.
///
/// Between answers the bound would grow although nothing is wrong; it is left standing as long as the answer
/// to the question under way cannot be overdue. After that, and whenever an answer did not bring the copy up
/// to date, it grows with the clock.
struct Freshness: Sendable, Equatable {
    /// How long the next answer may take, beside the round trip, before the silence counts: the leader
    /// holds a question for half of it at most.
    static let patience: Duration = .milliseconds(500)

    private let start: ContinuousClock.Instant
    /// The leader's writes up to here are in the copy; nil until that was so for the first time.
    private var completeUntil: ContinuousClock.Instant?
    private var heardAt: ContinuousClock.Instant?
    /// Of any answer, also one that left entries missing.
    private var lastAnswer: ContinuousClock.Instant
    private var roundTrip = Duration.zero
    /// Entries the leader had, when last heard of, that were not here.
    private(set) var behind: UInt64 = 0

    init(start: ContinuousClock.Instant) {
        self.start = start
        lastAnswer = start
    }

    /// An answer came and was applied.
    /// - Parameters:
    ///   - asked: when the question was sent.
    ///   - held: how long the leader kept it.
    ///   - behind: entries that are still missing.
    mutating func heard(
        asked: ContinuousClock.Instant, held: Duration, now: ContinuousClock.Instant,
        behind: UInt64
    ) {
        self.behind = behind
        lastAnswer = now
        roundTrip = now - min(asked + held, now)
        if behind == 0 {
            completeUntil = min(asked + held, now)
            heardAt = now
        } else {
            heardAt = nil
        }
    }

    /// Whether the leader should have been heard by now: it is gone, or cut off.
    func isSilent(now: ContinuousClock.Instant) -> Bool {
        now - lastAnswer > Self.patience * 2 + roundTrip
    }

    /// How far back the copy may lie.
    func lag(now: ContinuousClock.Instant) -> Duration {
        guard let completeUntil else { return now - start }
        if let heardAt {
            let roundTrip = heardAt - completeUntil
            if now - heardAt <= Self.patience + roundTrip { return roundTrip }
        }
        return now - completeUntil
    }
}
