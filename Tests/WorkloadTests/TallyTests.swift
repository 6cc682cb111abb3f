internal import Cluster
internal import Testing

@testable internal import Workload

@Suite("Tally") struct TallyTests {
    /// Milliseconds as nanoseconds.
    private func ms(_ value: Int64) -> Int64 { value * 1_000_000 }

    @Test("counts outcomes, and starts anew with each interval")
    func counts() {
        var tally = Tally(now: 0)
        tally.due(4)
        tally.succeeded(intended: ms(10), sent: ms(12), now: ms(20))
        tally.failed(.refused, intended: ms(30), timedOut: false)
        tally.failed(.unknown, count: 2, intended: ms(40), timedOut: true)
        let report = tally.end(now: ms(500), oldest: nil, open: 3)
        #expect(report.interval == 0.5 && report.due == 4 && report.open == 3)
        #expect(report.ok == 1 && report.refused == 1 && report.unknown == 2)
        #expect(report.timeouts == 2)
        #expect(report.latency.count == 1 && report.uncorrected.count == 1)
        let next = tally.end(now: ms(1_000), oldest: nil, open: 3)
        #expect(next.due == 0 && next.ok == 0 && next.unknown == 0 && next.interval == 0.5)
    }

    @Test("latency counts from the intended start; from the sending, the wait before is missing")
    func corrected() throws {
        var tally = Tally(now: 0)
        tally.succeeded(intended: ms(0), sent: ms(900), now: ms(905))
        let report = tally.end(now: ms(1_000), oldest: nil, open: 1)
        let corrected = try #require(report.latency.microseconds(atQuantile: 1))
        let uncorrected = try #require(report.uncorrected.microseconds(atQuantile: 1))
        #expect(abs(corrected - 905_000) < 30_000)
        #expect(abs(uncorrected - 5_000) < 200)
    }

    @Test("an outage lasts from the first failure's intended start to the next success")
    func outage() {
        var tally = Tally(now: 0)
        tally.succeeded(intended: ms(0), sent: ms(0), now: ms(2))
        tally.failed(.refused, intended: ms(100), timedOut: false)
        tally.failed(.refused, intended: ms(300), timedOut: false)
        let first = tally.end(now: ms(500), oldest: nil, open: 0)
        #expect(first.outage == 0.4 && first.silence == 0)
        let second = tally.end(now: ms(1_000), oldest: nil, open: 0)
        #expect(second.outage == 0.9 && second.silence == 0.9)
        tally.succeeded(intended: ms(1_190), sent: ms(1_190), now: ms(1_200))
        let third = tally.end(now: ms(1_500), oldest: nil, open: 1)
        #expect(third.outage == 1.1 && third.silence == 0)
    }

    @Test("an operation that is not answered yet is an outage too")
    func hanging() {
        var tally = Tally(now: 0)
        tally.succeeded(intended: ms(0), sent: ms(0), now: ms(5))
        _ = tally.end(now: ms(500), oldest: nil, open: 1)
        let report = tally.end(now: ms(1_000), oldest: ms(600), open: 1)
        #expect(report.silence == 0.4 && report.outage == 0.4)
    }

    @Test("who has nothing to do has no outage")
    func idle() {
        var tally = Tally(now: 0)
        tally.succeeded(intended: ms(0), sent: ms(0), now: ms(5))
        _ = tally.end(now: ms(500), oldest: nil, open: 1)
        let report = tally.end(now: ms(60_000), oldest: nil, open: 1)
        #expect(report.silence == 0 && report.outage == 0)
        tally.succeeded(intended: ms(60_000), sent: ms(60_000), now: ms(60_003))
        #expect(tally.end(now: ms(60_500), oldest: nil, open: 1).outage == 0.003)
    }
}
