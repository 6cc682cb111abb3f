import Testing

@testable import Probes

@Suite struct RhythmTests {
    private let ms: Int64 = 1_000_000

    @Test func questionsKeepTheirIntervalsWhateverTheAnswersTake() {
        var rhythm = Rhythm(every: .milliseconds(500), timeout: .seconds(1), start: 0)
        #expect(rhythm.action(at: 0) == .ask)
        rhythm.began(at: 3 * ms)
        #expect(rhythm.action(at: 4 * ms) == .wait(until: 500 * ms))
        rhythm.ended()
        #expect(rhythm.action(at: 499 * ms) == .wait(until: 500 * ms))
        #expect(rhythm.action(at: 501 * ms) == .ask)
    }

    @Test func aQuestionIsGivenUpAtItsDeadlineAndTheNextIsAskedAtOnce() {
        var rhythm = Rhythm(every: .milliseconds(500), timeout: .seconds(1), start: 0)
        rhythm.began(at: 0)
        #expect(rhythm.isAsking)
        #expect(rhythm.action(at: 600 * ms) == .wait(until: 1_000 * ms))
        #expect(rhythm.action(at: 1_000 * ms) == .giveUp)
        rhythm.ended()
        #expect(!rhythm.isAsking)
        #expect(rhythm.action(at: 1_000 * ms) == .ask)
    }

    @Test func missedIntervalsAreNotMadeUpFor() {
        var rhythm = Rhythm(every: .milliseconds(100), timeout: .seconds(1), start: 0)
        rhythm.began(at: 10_000 * ms)
        rhythm.ended()
        #expect(rhythm.action(at: 10_049 * ms) == .wait(until: 10_050 * ms))
        #expect(rhythm.action(at: 10_050 * ms) == .ask)
    }

    @Test func aTimeOutShorterThanTheIntervalIsKept() {
        var rhythm = Rhythm(every: .seconds(2), timeout: .milliseconds(50), start: 0)
        rhythm.began(at: 0)
        #expect(rhythm.action(at: 1) == .wait(until: 50 * ms))
        #expect(rhythm.action(at: 50 * ms) == .giveUp)
        rhythm.ended()
        #expect(rhythm.action(at: 50 * ms) == .wait(until: 2_000 * ms))
    }

    @Test func intervalsOfNothingDoNotSpin() {
        var rhythm = Rhythm(every: .zero, timeout: .zero, start: 0)
        rhythm.began(at: 0)
        rhythm.ended()
        #expect(rhythm.action(at: 1) == .wait(until: ms))
    }
}

@Suite struct HealthTests {
    private func course(_ answers: String, healthy: Int, unhealthy: Int) -> String {
        var health = Health(healthyAfter: healthy, unhealthyAfter: unhealthy)
        return String(
            answers.map { answer in
                health.note(good: answer == "+")
                return health.isReady ? "R" : "."
            })
    }

    @Test func thresholdsCountAnswersInARow() {
        #expect(course("+--+---+-", healthy: 1, unhealthy: 3) == "RRRRRR.RR")
        #expect(course("++-+++--+-", healthy: 3, unhealthy: 1) == ".....R....")
        #expect(course("-+-+", healthy: 0, unhealthy: 0) == ".R.R")
    }
}
