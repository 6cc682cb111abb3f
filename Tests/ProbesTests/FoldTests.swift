import Cluster
import Testing

@testable import Probes

private let second: Int64 = 1_000_000_000

/// Seconds of the tests' clock.
private func at(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }

@Suite struct RateTests {
    @Test func aRateIsGrowthOverTheTimeBetweenLooks() {
        var rate = Rate(100, at: 0)
        rate.look()
        #expect(rate.perSecond == nil)
        rate.add(150, at: at(0.5))
        rate.add(300, at: at(1))
        rate.look()
        #expect(rate.perSecond == 200)
        rate.look()
        #expect(rate.perSecond == 200)
        rate.add(300, at: at(3))
        rate.look()
        #expect(rate.perSecond == 0)
    }

    @Test func aCounterThatBeginsAgainHasGrownByWhatItShows() {
        var rate = Rate(1_000, at: 0)
        rate.add(1_010, at: at(0.5))
        rate.add(5, at: at(1))
        rate.add(2_000, at: at(2))
        rate.look()
        #expect(rate.perSecond == 1_005)
    }

    @Test func whatIsNoNumberIsPassedOver() {
        var rate = Rate(1, at: 0)
        for odd in [Double.nan, .infinity, -1] { rate.add(odd, at: second) }
        rate.add(7, at: 0)
        rate.look()
        #expect(rate.perSecond == nil)
        rate.add(3, at: second)
        rate.look()
        #expect(rate.perSecond == 2)
    }
}

@Suite struct PositionHistoryTests {
    @Test func aPositionIsFoundInTimeWithEvenGrowthBetween() {
        var history = PositionHistory()
        #expect(history.lastMoment(at: 0) == nil)
        history.append(100, at: at(1))
        history.append(200, at: at(2))
        history.append(200, at: at(3))
        history.append(300, at: at(4))
        #expect(history.lastMoment(at: 300) == nil)
        #expect(history.lastMoment(at: 999) == nil)
        #expect(history.lastMoment(at: 250) == at(3.5))
        #expect(history.lastMoment(at: 200) == at(3))
        #expect(history.lastMoment(at: 150) == at(1.5))
        #expect(history.lastMoment(at: 99) == at(1))
    }

    @Test func aLogThatStandsStillTakesTwoPoints() {
        var history = PositionHistory()
        for tick in 0..<100_000 { history.append(7, at: Int64(tick) * second) }
        #expect(
            history.points == [.init(at: 0, position: 7), .init(at: 99_999 * second, position: 7)])
    }

    @Test func theFarPastBecomesCoarserButStaysKnown() throws {
        var history = PositionHistory()
        for tick in 0..<100_000 { history.append(UInt64(tick) * 10, at: Int64(tick) * second / 2) }
        #expect(history.points.count <= PositionHistory.limit)
        // Even growth makes the moments of what was left out exact; ten minutes are kept whole.
        for tick in [0, 1, 17, 50_000, 98_801, 99_998] {
            #expect(history.lastMoment(at: UInt64(tick) * 10) == Int64(tick) * second / 2)
        }
        let recent = history.points.filter { $0.at >= (100_000 - 1_200) * second / 2 }
        #expect(recent.count == 1_200)
    }

    @Test func aHeadThatWentBackTakesItsTailWithIt() {
        var history = PositionHistory()
        history.append(100, at: at(1))
        history.append(200, at: at(2))
        history.append(150, at: at(3))
        #expect(history.points.map(\.position) == [100, 150])
        #expect(history.lastMoment(at: 180) == nil)
        history.append(170, at: at(3))
        #expect(history.head == .init(at: at(3), position: 150))
        #expect(history.upTo(120).points.map(\.position) == [100])
    }
}

@Suite struct LagTests {
    private let history = {
        var history = PositionHistory()
        history.append(100, at: at(1))
        history.append(200, at: at(2))
        history.append(200, at: at(9))
        history.append(300, at: at(10))
        return history
    }()

    private func lag(
        _ position: UInt64, at moment: Double, link: Reading.Link? = nil,
        leader: (Double, Double)? = nil, caughtUpAt: Double? = nil, compared: Bool = true
    ) -> Lag {
        Lag(
            position: position, at: at(moment), link: link, history: compared ? history : nil,
            leader: leader.map { .init(since: at($0.0), until: at($0.1)) },
            caughtUpAt: caughtUpAt.map(at))
    }

    @Test func whoHasAllThatIsKnownIsNotBehind() {
        for position in [300, 301, 5_000] as [UInt64] {
            let lag = lag(position, at: 10.4)
            #expect(lag.seconds == 0)
            #expect(lag.behind == 0)
            #expect(lag.isCaughtUp)
        }
    }

    @Test func whoMissesSomethingFallsBehindByASecondEachSecond() {
        #expect(lag(200, at: 10.5).seconds == 1.5)
        #expect(lag(200, at: 60.5).seconds == 51.5)
        #expect(lag(150, at: 10.5).seconds == 9)
        #expect(lag(150, at: 10.5).behind == 150)
        #expect(!lag(150, at: 10.5).isCaughtUp)
        // The leader can't be asked any more: what is missed grows no younger.
        #expect(lag(200, at: 60.5, leader: (0, 10)).seconds == 51.5)
    }

    @Test func anIdleLeadersHeartbeatIsNoSilence() {
        let up = Reading.Link(isUp: true, silence: 11)
        #expect(lag(300, at: 20, link: up, leader: (0, 20)).seconds == 0)
        let silent = Reading.Link(isUp: true, silence: 12)
        #expect(lag(300, at: 22, link: silent, leader: (0, 22)).seconds == 12)
        #expect(lag(200, at: 22, link: silent, leader: (0, 22)).seconds == 13)
    }

    @Test func aLinkThatIsDownCountsFromTheLastMomentOfHavingAll() {
        let down = Reading.Link(isUp: false, silence: 3)
        let lag = lag(300, at: 20, link: down, leader: (0, 20), caughtUpAt: 16.5)
        #expect(lag.seconds == 3.5)
        #expect(lag.behind == 0)
        #expect(!lag.isCaughtUp)
        #expect(self.lag(300, at: 20, link: down, leader: (0, 20)).seconds == 3)
    }

    @Test func aLeaderThatIsDeadOrPausedLeavesNobodyBehind() {
        let down = Reading.Link(isUp: false, silence: 50)
        // It last answered at 10.0; what the follower had at 9.9 may have missed a tenth of a second.
        let frozen = lag(300, at: 60, link: down, leader: (0, 10), caughtUpAt: 9.9)
        #expect(abs((frozen.seconds ?? .nan) - 0.1) < 1e-6)
        #expect(lag(300, at: 60, link: down, leader: (0, 10), caughtUpAt: 10.2).seconds == 0)
        #expect(lag(300, at: 60, link: down).seconds == 0)
    }

    @Test func aLeaderThatCameBackIsMissedSinceThen() {
        let down = Reading.Link(isUp: false, silence: 50)
        #expect(lag(300, at: 60, link: down, leader: (58, 60), caughtUpAt: 9).seconds == 2)
    }

    @Test func positionsOfAnotherLogTellNothing() {
        let up = Reading.Link(isUp: true, silence: 0)
        let lag = lag(300, at: 20, link: up, leader: (0, 20), compared: false)
        #expect(lag == Lag(seconds: nil, behind: nil))
        let down = Reading.Link(isUp: false, silence: 2)
        #expect(
            self.lag(300, at: 20, link: down, leader: (0, 20), caughtUpAt: 15, compared: false)
                == Lag(seconds: 5, behind: nil))
    }
}
