import Cluster
import Testing

@testable import Bench

@Suite struct ScreenTests {
    @Test("A program on a terminal is counted to the byte, answers keys, and is asleep when it is")
    func onlooker() throws {
        let program = try Onlooker(
            ["sh", "-c", "stty -echo; printf 12345; while read -r x; do printf \"$x\"; done"],
            columns: 33, rows: 7)
        defer { program.end() }
        #expect(program.bytes(within: 0.5) == 5)
        let answer = try #require(program.answer(to: "yes\n"))
        #expect(answer > 0 && answer < 1)
        #expect(program.rests(for: 0.05, atMost: 2))
        let before = program.processorTime
        #expect(program.bytes(within: 0.3) == 0)
        #expect(program.processorTime - before < 0.1)
    }

    @Test("The terminal has the size that was asked for")
    func size() throws {
        let program = try Onlooker(["stty", "size"], columns: 160, rows: 45)
        defer { program.end() }
        #expect(program.bytes(within: 0.5) == "45 160\r\n".utf8.count)
    }

    @Test("A program that is not there is told")
    func missing() {
        #expect(throws: BenchError.self) {
            try Onlooker(["/no/such/program"], columns: 80, rows: 24)
        }
    }

    @Test("A made-up run is a healthy cluster that is asked all the time")
    func madeUp() {
        var run = MadeUpRun(nodes: 30)
        var state = ClusterState()
        for entry in run.beginning() { state.apply(entry) }
        for _ in 0..<20 { for entry in run.next() { state.apply(entry) } }
        #expect(state.core.missingEntries == 0)
        #expect(state.core.health.status == .healthy)
        #expect(state.core.nodes.count == 31 && state.core.nodes[7].sample.requests > 0)
        #expect(state.core.clients.total.ok == 20 * 200)
        state.apply(run.end(at: Stamp(seconds: 20)))
        #expect(state.core.ended != nil)
    }

    @Test("Bars are met or missed by what was measured")
    func bars() {
        var report = ScreenReport()
        report.painters = [
            .init(
                name: "squall, ten nodes", core: 0.005, bytes: 1_900, clockBytes: 90, restBytes: 0,
                keys: Measured([3, 4, 15])),
            .init(
                name: "squall, 1,000 nodes", core: 0.5, bytes: 90_000, keys: Measured([20, 34])),
            .init(name: "top", core: 0.9, bytes: 90_000),
        ]
        report.frames = [.init(name: "overview", times: Measured([2, 6]))]
        report.recording = .init(length: 1_800, size: 1, open: 0.6, seeks: Measured([1, 2]))
        report.judge()
        let missed = report.judgements.filter { !$0.holds }.map(\.name)
        #expect(
            missed == [
                "squall, 1,000 nodes: key to paint, p99", "a frame of 1,000 nodes, p99",
                "one hour of ten nodes: open",
            ])
        #expect(!report.holds && !report.judgements.contains { $0.name.contains("top") })
        #expect(report.lines.contains { $0.hasPrefix("top") && $0.contains("–") })
    }
}
