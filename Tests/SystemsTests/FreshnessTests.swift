internal import NodeKit
internal import Testing

@testable internal import Systems

@Suite("Freshness of a copy") struct FreshnessTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        start + .milliseconds(milliseconds)
    }

    @Test("a copy that never heard of the leader is as old as it is")
    func never() {
        #expect(Freshness(start: start).lag(now: at(700)) == .milliseconds(700))
    }

    @Test("a copy that follows lies back one round trip at most, however long the leader waited")
    func following() {
        var freshness = Freshness(start: start)
        freshness.heard(
            asked: at(1_000), held: .milliseconds(200), now: at(1_204), behind: 0)
        #expect(freshness.lag(now: at(1_204)) == .milliseconds(4))
        #expect(freshness.lag(now: at(1_450)) == .milliseconds(4))
    }

    @Test("silence makes it grow, from the moment up to which it was complete")
    func silence() {
        var freshness = Freshness(start: start)
        freshness.heard(asked: at(1_000), held: .zero, now: at(1_010), behind: 0)
        #expect(freshness.lag(now: at(1_510)) == .milliseconds(10))
        #expect(freshness.lag(now: at(1_600)) == .milliseconds(600))
        #expect(freshness.lag(now: at(9_000)) == .milliseconds(8_000))
    }

    @Test("an answer that leaves entries missing does not make it fresh")
    func behind() {
        var freshness = Freshness(start: start)
        freshness.heard(asked: at(1_000), held: .zero, now: at(1_010), behind: 0)
        freshness.heard(asked: at(5_000), held: .zero, now: at(5_010), behind: 300)
        #expect(freshness.lag(now: at(5_010)) == .milliseconds(4_010))
        #expect(freshness.behind == 300)
        freshness.heard(asked: at(5_010), held: .zero, now: at(5_020), behind: 0)
        #expect(freshness.lag(now: at(5_020)) == .milliseconds(10))
        #expect(freshness.behind == 0)
    }

    @Test("a leader is silent when it should have been heard, on a slow line later")
    func silent() {
        var freshness = Freshness(start: start)
        #expect(!freshness.isSilent(now: at(900)) && freshness.isSilent(now: at(1_100)))
        freshness.heard(asked: at(2_000), held: .zero, now: at(2_800), behind: 5)
        #expect(!freshness.isSilent(now: at(4_500)) && freshness.isSilent(now: at(4_700)))
    }
}
