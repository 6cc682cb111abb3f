import Cluster
import Foundation
import Testing

@testable import Bench

/// What is made of measurements: medians, ratios, bars, tables.
@Suite("Reports of measurements")
struct ReportTests {
    private func report(bulk: Double, lossy: Double, redis: Double, trip: Double) -> LinkReport {
        func row(
            _ name: String, _ bulk: Double, _ lossy: Double?, _ redis: Double, _ trip: Double
        )
            -> LinkReport.Row
        {
            LinkReport.Row(
                name: name, bulk: Measured([bulk]), lossyBulk: Measured(lossy.map { [$0] } ?? []),
                tripMedian: Measured([trip]), tripP99: Measured([trip]), redis: Measured([redis]),
                connections: Measured([1_000]))
        }
        var report = LinkReport(
            surroundings: .init(
                cores: 2, kernel: "6.1", scheduling: "fifo", attachments: ["tun", "veth"]),
            rounds: 1,
            contenders: [
                row("loopback", 30, nil, 100_000, 50),
                row("veth + bridge", 20, nil, 80_000, 55),
                row("squall (tun)", bulk, lossy, redis, trip),
                row("toxiproxy-server", 3, nil, 45_000, 90),
            ], delays: [], rates: [], leftOut: [])
        report.judge()
        return report
    }

    @Test(
        "a median is the middle one, or between the two in the middle, and that of nothing is none")
    func median() {
        #expect(Measured([3, 1, 2]).median == 2)
        #expect(Measured([4, 1, 2, 3]).median == 2.5)
        #expect(Measured().median == nil)
    }

    @Test("ratios are judged against the bridge, loopback and toxiproxy of the same run")
    func ratios() {
        let good = report(bulk: 15, lossy: 10, redis: 75_000, trip: 60)
        #expect(good.judgements.map(\.value) == [0.75, 5, 10.0 / 15, 0.9375, 0.75, 5])
        #expect(good.holds)
        #expect(
            good.judgements.map(\.reachesAim) == [false, true, false, false, false, true])
    }

    @Test(
        "one figure that misses its bar is a report that does not hold",
        arguments: [
            (bulk: 11.0, lossy: 10.0, redis: 75_000.0, trip: 60.0), (15, 8, 75_000, 60),
            (15, 10, 71_000, 60), (15, 10, 75_000, 76),
        ])
    func missed(figures: (bulk: Double, lossy: Double, redis: Double, trip: Double)) {
        let missed = report(
            bulk: figures.bulk, lossy: figures.lossy, redis: figures.redis, trip: figures.trip)
        #expect(!missed.holds)
        #expect(missed.judgements.filter { !$0.holds }.count == 1)
        #expect(missed.lines.filter { $0.hasPrefix("✕") }.count == 1)
    }

    @Test("lateness on busy cores is judged only where the packet loop got a priority")
    func lateness() {
        var busy = report(bulk: 15, lossy: 10, redis: 75_000, trip: 60)
        let before = busy.judgements.count
        busy.delays = [
            .init(
                name: "squall (tun)", isBusy: true, lateMedian: Measured([50]),
                lateP99: Measured([600]), felt: Measured([10]))
        ]
        busy.judge()
        #expect(busy.judgements.count == before + 2)
        #expect(!busy.holds)
        busy.surroundings.scheduling = "plain"
        busy.judge()
        #expect(busy.judgements.count == before)
        #expect(busy.holds)
    }

    @Test("a limit is judged by how far it is off, in either direction", arguments: [97.5, 102.5])
    func rate(measured: Double) throws {
        var limited = report(bulk: 15, lossy: 10, redis: 75_000, trip: 60)
        limited.rates = [.init(name: "squall (tun)", rate: Measured([measured]))]
        limited.judge()
        let last = try #require(limited.judgements.last)
        #expect(last.value == 2.5)
        #expect(!last.holds)
    }

    @Test("machines are judged by the bars of a thousand, in proportion")
    func machines() {
        var few = MachineReport(
            count: 100, attachment: "tun", up: 1.9, gone: 3.9, memory: 1.9, idle: 0.009)
        few.judge()
        #expect(few.holds && few.judgements.count == 4)
        few.up = 2.1
        few.judge()
        #expect(few.judgements.filter { !$0.holds }.map(\.name) == ["100 machines up"])
        few.mesh = .init(machines: 100, rate: 50_000, arrived: 0.99, core: 0.4, lateP99: 50)
        few.judge()
        #expect(few.judgements.filter { !$0.holds }.count == 2)
    }

    @Test("a report survives being written as JSON and read again")
    func json() throws {
        let report = report(bulk: 15, lossy: 10, redis: 75_000, trip: 60)
        let read = try JSONDecoder().decode(
            LinkReport.self, from: try JSONEncoder().encode(report))
        #expect(read.judgements == report.judgements)
        #expect(read.lines == report.lines)
    }

    @Test("figures show about three digits, and nothing as a dash")
    func figures() {
        #expect(figure(0.856) == "0.86")
        #expect(figure(9.999) == "10.00")
        #expect(figure(17.46) == "17.5")
        #expect(figure(106_952) == "106,952")
        #expect(figure(-15.23) == "-15.2")
        #expect(figure(100) == "100")
        #expect(figure(nil) == "–")
    }

    @Test("a table is as wide as its widest cells, numbers to the right")
    func table() {
        var table = Table(["", "a", "long"])
        table.add(["name", "1,000", "2"])
        #expect(table.lines == ["          a  long", "name  1,000     2"])
    }

    @Test("what a histogram counted since a copy is what a later copy has more")
    func histogram() {
        var old = LatencyHistogramForTests.make([1, 1, 40])
        let copy = old
        old.record(microseconds: 40)
        old.record(microseconds: 7)
        #expect(old.since(copy) == LatencyHistogramForTests.make([7, 40]))
    }

    @Test(
        "a load is judged by what is made of a set rate, with and without its history, and flat out"
    )
    func load() {
        func report(_ kept: Double, _ plain: Double, _ client: Double) -> LoadReport {
            func share(_ rate: Double, _ share: Double) -> LoadReport.Share {
                .init(rate: rate, share: share, p99: 1.5)
            }
            return LoadReport(
                kept: share(10_000, kept), plain: share(10_000, plain), fast: share(50_000, 0.5),
                flat: FlatOut(client: client, benchmark: 80_000))
        }
        let good = report(1, 1, 72_000)
        #expect(good.holds && good.judgements.map(\.holds) == [true, true, true])
        #expect(good.judgements[2].value == 0.9)
        #expect(good.lines.contains { $0.contains("50,000") && $0.contains("25,000") })
        #expect(report(0.99, 1, 72_000).judgements.map(\.holds) == [false, true, true])
        #expect(report(0.94, 1, 72_000).judgements.map(\.holds) == [false, false, true])
        #expect(report(1, 1, 40_000).judgements.map(\.holds) == [true, true, false])
    }
}
