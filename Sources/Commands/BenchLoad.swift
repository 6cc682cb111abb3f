internal import ArgumentParser
internal import Bench
internal import Cluster
internal import Foundation
internal import Journal

extension BenchCommand {
    /// `squall bench load`.
    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure the clients: operations a second, and what their history costs.",
            discussion: """
                One redis-server in a lab of its own is asked by squall's clients at a set rate, with \
                and without a history; then one client and redis-benchmark are as fast as they can, \
                each beside the server. Needs redis-server.
                """)

        @OptionGroup var choice: BenchChoice

        func run() throws {
            let bench = LoadBench(choice)
            let report = try bench.run()
            try choice.tell(report, report.lines, holds: report.holds)
        }
    }
}

/// Measures the load generator on real labs, one after the other.
private struct LoadBench {
    let choice: BenchChoice
    let seconds: Int
    let folder: String

    init(_ choice: BenchChoice) {
        self.choice = choice
        seconds = choice.quick ? 4 : 10
        folder = NSTemporaryDirectory() + "squall-bench-\(getpid())"
    }

    func run() throws -> LoadReport {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        choice.progress("10,000/s with history")
        let kept = try share(10_000, history: true)
        choice.progress("10,000/s without")
        let plain = try share(10_000, history: false)
        choice.progress("50,000/s with history")
        let fast = try share(50_000, history: true)
        choice.progress("flat out")
        let (choice, seconds) = (choice, seconds)
        let flat = try choice.outcome {
            try await FlatOut.measure(seconds: seconds, user: choice.user)
        }
        return LoadReport(kept: kept, plain: plain, fast: fast, flat: flat)
    }

    // MARK: squall's clients

    private func share(_ rate: Double, history: Bool) throws -> LoadReport.Share {
        let (due, ok, latency) = try seconds(at: rate, clients: 2, history)
        let p99 = latency.microseconds(atQuantile: 0.99).map { $0 / 1_000 }
        return LoadReport.Share(
            rate: rate, share: due > 0 ? Double(ok) / Double(due) : 0, p99: p99)
    }

    /// What the clients did in the measured seconds.
    private func seconds(
        at rate: Double, clients: Int, _ history: Bool
    ) throws -> (due: UInt64, ok: UInt64, latency: LatencyHistogram) {
        let state = try lab(
            """
            workload:
              kind: register
              driver: redis
              keys: 1000
              traffic: \(Int(rate))/s
              clients: \(clients)
              connections: \(50 / clients)
              history: \(history ? "20000000" : "none")
            scenarios:
              measure:
                settle: 1s
                steps:
                  - wait until ready(all) within 20s
                  - wait \(seconds + 4)s
            """)
        guard let ready = state.core.allReadyAt else { throw unmeasured("redis-server never ran") }
        let window = state.core.clients.seconds.filter {
            $0.at >= ready + .seconds(2) && $0.at < ready + .seconds(2 + seconds)
        }
        var latency = LatencyHistogram()
        for second in window { latency.merge(second.latency) }
        return (
            window.reduce(0) { $0 + $1.due }, window.reduce(0) { $0 + $1.ok }, latency
        )
    }

    private func unmeasured(_ why: String) -> any Error {
        failure("it could not be measured: \(why)", code: Code.unavailable)
    }

    /// Runs the scenario `measure` of one redis-server and its clients; the state at the end.
    private func lab(_ rest: String) throws -> ClusterState {
        let text = """
            squall: 1
            name: bench
            needs: [redis-server, redis-benchmark]
            nodes:
              redis:
                run: redis-server --bind {ip} --port 6379 --save "" --protected-mode no
                ports: {redis: 6379}
                probe: {kind: redis}
                stop: {signal: KILL}

            """
        let path = folder + "/bench.yaml"
        try (text + rest + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let source = try TopologySource(path)
        var start = try StartOptions.parse([])
        start.runs = folder
        start.seed = 1
        start.user = choice.user
        let run = try StartedRun.start(
            source, source.read(), start, mode: "command", scenario: "measure")
        let state = try RunningRun(folder: run.folder).follow(series: false) { _, _ in }
        var status: Int32 = 0
        waitpid(run.process, &status, 0)
        return state
    }
}
