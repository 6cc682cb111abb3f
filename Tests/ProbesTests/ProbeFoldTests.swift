import Cluster
import Testing

@testable import Probes

/// A cluster whose nodes answer as a test says.
private final class Course {
    var fold = ProbeFold()

    func tell(
        _ node: UInt16, at seconds: Double, start: UInt64 = 1, ready: Bool = true,
        _ change: (inout Reading) -> Void
    ) {
        var reading = Reading()
        change(&reading)
        fold.add(
            ProbeResult(
                node: NodeID(node), start: start, at: Int64(seconds * 1e9), ready: ready,
                roundTrip: 0.001, reading: reading))
    }

    func miss(_ node: UInt16, at seconds: Double, ready: Bool = true) {
        fold.add(
            ProbeResult(
                node: NodeID(node), start: 1, at: Int64(seconds * 1e9), ready: ready,
                reason: "no answer within 1 s"))
    }

    func primary(
        _ node: UInt16, at seconds: Double, _ position: UInt64, _ stream: String = "aa",
        continues: (String, UInt64)? = nil
    ) {
        tell(node, at: seconds) {
            $0.role = .leader
            $0.position = position
            $0.stream = .init(
                name: stream, continued: continues?.0, continuedTo: continues?.1 ?? 0)
        }
    }

    func replica(
        _ node: UInt16, at seconds: Double, _ position: UInt64, _ stream: String = "aa",
        up: Bool = true, silence: Double = 0
    ) {
        tell(node, at: seconds, ready: up) {
            $0.role = .follower
            $0.position = position
            $0.stream = .init(name: stream, link: .init(isUp: up, silence: silence))
        }
    }

    func sample(_ node: UInt16, at seconds: Double) -> Sample? {
        fold.samples(now: Int64(seconds * 1e9)).first { $0.node == NodeID(node) }
    }
}

@Suite struct ProbeFoldTests {
    @Test func everyToldFigureArrives() throws {
        let course = Course()
        for (moment, requests) in [(0.0, 100.0), (0.5, 200), (1.0, 350)] {
            course.tell(3, at: moment) {
                $0.role = .follower
                $0.roleWord = "follower"
                $0.term = 7
                $0.position = 1_234
                $0.behind = 6
                $0.lag = 0.25
                $0.requests = requests
                $0.errors = moment * 4
                $0.latency = 0.5
            }
            if moment == 0 { _ = course.sample(3, at: 0) }
        }
        var expected = Sample(node: NodeID(3))
        expected.role = .follower
        expected.ready = true
        expected.term = 7
        expected.position = 1_234
        expected.behind = 6
        expected.lag = 0.25
        expected.requests = 250
        expected.errors = 4
        expected.p99 = 0.5
        #expect(course.sample(3, at: 1.1) == expected)
        #expect(course.fold.last(of: NodeID(3))?.reading.roleWord == "follower")
    }

    @Test func theRoundTripStandsForALatencyThatIsNotTold() {
        let course = Course()
        course.tell(0, at: 0) { _ in }
        #expect(course.sample(0, at: 0)?.p99 == 0.001)
    }

    @Test func whatIsOldIsNotTold() throws {
        let course = Course()
        course.tell(0, at: 0) { $0.lag = 1 }
        #expect(course.sample(0, at: 3)?.ready == true)
        #expect(course.sample(0, at: 3.1) == Sample(node: NodeID(0)))
        // Answers stay away: the last one is true for a while, whatever the thresholds say.
        course.tell(0, at: 10) { $0.lag = 1 }
        course.miss(0, at: 11)
        course.miss(0, at: 12)
        #expect(course.sample(0, at: 12.9)?.lag == 1)
        course.miss(0, at: 13)
        #expect(course.sample(0, at: 13.1) == Sample(node: NodeID(0)))
    }

    @Test func aNodeThatIsOffIsNotInTheSamples() {
        let course = Course()
        course.tell(0, at: 0) { _ in }
        course.tell(1, at: 0) { _ in }
        course.fold.forget(NodeID(0))
        #expect(course.fold.samples(now: 0).map(\.node) == [NodeID(1)])
        #expect(course.fold.last(of: NodeID(0)) == nil)
    }

    @Test func resultsOfAnEarlierStartArePassedOver() {
        let course = Course()
        course.tell(0, at: 5, start: 2) { $0.requests = 0 }
        course.tell(0, at: 6, start: 1) { $0.requests = 900 }
        course.tell(0, at: 4, start: 2) { $0.requests = 800 }
        course.tell(0, at: 7, start: 2) { $0.requests = 20 }
        #expect(course.sample(0, at: 7)?.requests == 10)
        // A new start counts anew: nobody asked meanwhile.
        course.tell(0, at: 60, start: 3) { $0.requests = 5_000 }
        #expect(course.sample(0, at: 60)?.requests.isNaN == true)
    }

    @Test func otherWordsAreKeptAndTheirCountersAreRates() {
        let course = Course()
        for (moment, served) in [(0.0, 10.0), (2, 30)] {
            course.tell(0, at: moment) {
                $0.others = ["waiting": 4, "served": served]
                $0.counters = ["served"]
            }
        }
        _ = course.sample(0, at: 2)
        #expect(course.fold.metric("waiting", of: NodeID(0), now: 2_000_000_000) == 4)
        #expect(course.fold.metric("served", of: NodeID(0), now: 2_000_000_000) == 10)
        #expect(course.fold.metric("missing", of: NodeID(0), now: 2_000_000_000) == nil)
        #expect(course.fold.metric("waiting", of: NodeID(0), now: 9_000_000_000) == nil)
        #expect(course.fold.metric("waiting", of: NodeID(5), now: 2_000_000_000) == nil)
    }

    @Test func aReplicaThatIsCutFallsBehindAndCatchesUp() throws {
        let course = Course()
        var lags: [Float] = []
        for tick in 0..<60 {
            let now = Double(tick) / 2
            course.primary(0, at: now, UInt64(tick) * 100)
            // Cut from 10 s to 20 s.
            let seen = (20..<40).contains(tick) ? 20 : tick
            course.replica(1, at: now + 0.1, UInt64(seen) * 100, silence: Double((tick - seen) / 2))
            lags.append(try #require(course.sample(1, at: now + 0.1)).lag)
        }
        #expect(lags[..<21].allSatisfy { $0 == 0 })
        for tick in 21..<40 {
            // All that it has, the primary had when the line was cut: half a second a tick.
            #expect(abs(lags[tick] - (Float(tick - 20) / 2 + 0.1)) < 0.01)
        }
        #expect(lags[40...].allSatisfy { $0 == 0 })
        #expect(course.sample(0, at: 29.6)?.lag.isNaN == true)
    }

    @Test func aDelayedReplicaIsBehindByItsDelay() throws {
        let course = Course()
        // 1,000 bytes a second; the replica has what the primary had 200 ms ago, asked 10 ms after it.
        for tick in 2..<20 {
            let now = Double(tick) / 2
            course.primary(0, at: now, UInt64(now * 1_000))
            course.replica(1, at: now + 0.01, UInt64((now + 0.01 - 0.2) * 1_000))
        }
        let sample = try #require(course.sample(1, at: 9.51))
        #expect(abs(sample.lag - 0.2) < 0.01)
        #expect(sample.behind == 190)
    }

    @Test func whoIsCutFallsFurtherBehindWhileThePrimaryCannotBeAsked() throws {
        let course = Course()
        course.primary(0, at: 1, 100)
        course.replica(1, at: 1, 100)
        course.primary(0, at: 2, 200)
        for second in 3..<40 {
            course.miss(0, at: Double(second), ready: false)
            course.replica(1, at: Double(second), 100, silence: Double(second - 1))
        }
        #expect(course.sample(1, at: 39)?.lag == 38)
        #expect(course.sample(1, at: 39)?.behind == 100)
    }

    @Test func aPausedPrimaryLeavesItsReplicaWhereItIs() throws {
        let course = Course()
        for second in 1..<10 {
            course.primary(0, at: Double(second), 200)
            course.replica(1, at: Double(second) + 0.2, 200)
        }
        for second in 10..<100 {
            course.miss(0, at: Double(second), ready: false)
            let isUp = second < 70
            course.replica(
                1, at: Double(second), 200, up: isUp,
                silence: Double(isUp ? second - 9 : second - 70))
            #expect(course.sample(1, at: Double(second))?.lag == 0)
        }
        // It goes on, and has been heard by the probe before the replica heard of it.
        course.primary(0, at: 100, 200)
        course.replica(1, at: 100.2, 200, up: false, silence: 30)
        let lag = try #require(course.sample(1, at: 100.2)).lag
        #expect(lag > 0 && lag < 0.3)
        course.replica(1, at: 101, 200)
        #expect(course.sample(1, at: 101)?.lag == 0)
    }

    @Test func anIdleReplicaThatIsCutIsSilentAfterAHeartbeatAndBehindWithTheNextOne() throws {
        let course = Course()
        for second in 0..<60 {
            let now = Double(second)
            // A heartbeat of 14 bytes each 10 s; cut from 13 s on, the last heartbeat was that at 10 s.
            course.primary(0, at: now, UInt64(second / 10 * 14))
            course.replica(
                1, at: now + 0.5, UInt64(min(second, 13) / 10 * 14),
                silence: Double(second < 13 ? second % 10 : second - 10))
            let lag = try #require(course.sample(1, at: now + 0.5)).lag
            switch second {
            case 0..<20: #expect(lag == 0)
            case 20, 21: #expect(lag > 0 && lag < 3)
            default: #expect(abs(lag - (Float(second) + 0.5 - 10)) < 1)
            }
        }
    }

    @Test func afterAFailoverTheOthersAreMeasuredAgainstTheNewLeader() throws {
        let course = Course()
        course.primary(0, at: 1, 1_000)
        course.replica(1, at: 1, 1_000)
        course.replica(2, at: 1, 900)
        course.miss(0, at: 2, ready: false)
        course.primary(1, at: 3, 1_100, "bb", continues: ("aa", 1_001))
        // Node 2 has not heard of it yet, but its positions are those of the log that goes on.
        course.replica(2, at: 3.5, 900, "aa", up: false, silence: 2)
        #expect(course.sample(2, at: 3.5)?.behind == 200)
        let lag = try #require(course.sample(2, at: 3.5)).lag
        #expect(lag >= 2.5)
        // The old primary comes back as a replica, with writes that the new log has not.
        course.tell(0, at: 4) {
            $0.role = .follower
            $0.position = 1_050
            $0.stream = .init(name: "aa", link: .init(isUp: false, silence: nil))
        }
        #expect(course.sample(0, at: 4)?.behind == Sample.notTold)
        course.replica(2, at: 5, 1_100, "bb")
        #expect(course.sample(2, at: 5)?.lag == 0)
    }

    @Test func aPrimaryThatBeganAnewIsNotComparedWithItsReplicasOldLog() throws {
        let course = Course()
        course.primary(0, at: 1, 1_000)
        course.replica(1, at: 1, 1_000)
        course.miss(0, at: 2, ready: false)
        course.primary(0, at: 3, 14, "cc")
        course.replica(1, at: 5, 1_000, "aa", up: false, silence: 3)
        let sample = try #require(course.sample(1, at: 5))
        #expect(sample.behind == Sample.notTold)
        #expect(sample.lag == 2)
    }

    @Test func aReplicaThatNeverHadACopyIsBehindByNobodyKnowsHowMuch() throws {
        let course = Course()
        course.primary(0, at: 1, 1_000)
        course.replica(1, at: 1, 0, "zz", up: false)
        let sample = try #require(course.sample(1, at: 1))
        #expect(sample.lag.isNaN)
        #expect(sample.behind == Sample.notTold)
    }

    @Test func theLaterTermLeadsWhereTwoSayTheyDo() throws {
        let course = Course()
        func raft(_ node: UInt16, _ moment: Double, _ role: Role, _ term: UInt64, _ at: UInt64) {
            course.tell(node, at: moment) {
                $0.role = role
                $0.term = term
                $0.position = at
                $0.stream = .init(name: "kv")
            }
        }
        raft(0, 1, .leader, 1, 50)
        raft(1, 1.1, .leader, 2, 80)
        raft(0, 1.2, .leader, 1, 50)
        raft(2, 1.3, .follower, 2, 70)
        #expect(course.sample(2, at: 1.3)?.behind == 10)
        // The one of term 2 is gone and forgotten; the next one has less.
        course.fold.forget(NodeID(1))
        raft(2, 2, .leader, 3, 75)
        raft(0, 2.1, .follower, 3, 74)
        #expect(course.sample(0, at: 2.1)?.behind == 1)
        #expect(course.sample(2, at: 2.1)?.behind == Sample.notTold)
    }

    @Test func withoutTermsTheOneThatAnswersLeads() throws {
        let course = Course()
        course.primary(0, at: 1, 100)
        course.primary(1, at: 1.1, 400)
        course.replica(2, at: 1.2, 90)
        #expect(course.sample(2, at: 1.2)?.behind == 10)
        course.miss(0, at: 2)
        course.primary(1, at: 2.1, 400)
        course.replica(2, at: 2.2, 90)
        #expect(course.sample(2, at: 2.2)?.behind == 310)
        course.fold.forget(NodeID(1))
        course.primary(0, at: 3, 100)
        course.replica(2, at: 3.2, 90)
        #expect(course.sample(2, at: 3.2)?.behind == 10)
    }

    @Test func whateverNodesTellTheFiguresAreFiniteOrUntold() {
        var random = SplitMix(seed: 3)
        func odd() -> Double {
            let values = [0, 1, -1, 0.5, 1e300, -1e300, .infinity, -.infinity, .nan, 1e18, 12]
            return values[Int(random.next() % UInt64(values.count))]
        }
        func whole() -> UInt64 {
            [0, 1, 1_000, UInt64.max, UInt64.max - 1, 1 << 53][Int(random.next() % 6)]
        }
        var fold = ProbeFold()
        var now: Int64 = 0
        for _ in 0..<20_000 {
            now += Int64(random.next() % 3_000_000_000)
            let node = NodeID(UInt16(random.next() % 5))
            var reading = Reading()
            reading.role = [.leader, .follower, .unknown][Int(random.next() % 3)]
            reading.term = whole()
            reading.position = whole()
            reading.requests = odd()
            reading.errors = odd()
            reading.stream = .init(
                name: "\(random.next() % 3)", continued: "\(random.next() % 4)",
                continuedTo: whole(),
                link: random.next() % 2 == 0
                    ? nil : .init(isUp: random.next() % 2 == 0, silence: odd()))
            fold.add(
                ProbeResult(
                    node: node, start: UInt64(now / 1_000_000_000_000), at: now,
                    roundTrip: random.next() % 4 == 0 ? .nan : 0.1, reading: reading))
            if random.next() % 50 == 0 { fold.forget(node) }
            for sample in fold.samples(now: now) {
                #expect(!sample.lag.isInfinite && !(sample.lag < 0))
                #expect(!(sample.requests < 0) && !(sample.errors < 0))
            }
        }
    }

    @Test func logsThatNobodyLeadsAreBounded() {
        let course = Course()
        for start in 0..<1_000 { course.primary(0, at: Double(start), 10, "log-\(start)") }
        course.primary(1, at: 1_001, 70, "other")
        course.replica(2, at: 1_002, 60, "other")
        #expect(course.sample(2, at: 1_002)?.behind == 10)
        #expect(course.fold.streams.logs.count <= Streams.keptOrphans + 2)
    }
}
