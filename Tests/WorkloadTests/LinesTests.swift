internal import Cluster
internal import Testing

@testable internal import Workload

@Suite("Lines between a client and the lab") struct LinesTests {
    @Test("a report is the same after its journey")
    func report() {
        var report = ClientReport()
        report.interval = 0.5
        report.due = 100
        report.ok = 90
        report.refused = 4
        report.unknown = 6
        report.timeouts = 5
        report.silence = 0.25
        report.outage = 1.5
        report.open = 3
        for value in [0, 31, 32, 1_000, 5_000_000_000] as [Int64] {
            report.latency.record(microseconds: value)
            report.latency.record(microseconds: value)
        }
        report.uncorrected.record(microseconds: 7)
        #expect(report.line.firstIndex(of: 10) == report.line.count - 1)
        #expect(ClientReport(line: report.line) == report)
        #expect(ClientReport(line: report.line.dropLast()) == report)
        for end in 0..<(report.line.count - 1) {
            #expect(ClientReport(line: report.line[..<end]) == nil)
        }
        let sample = report.sample(of: NodeID(4))
        #expect(sample.client == NodeID(4) && sample.due == 100 && sample.unknown == 6)
        #expect(sample.latency == report.latency && sample.outage == 1.5)
    }

    @Test("a configuration is the same after its journey, and judged in words")
    func configuration() {
        let target = ClientConfiguration.Target(node: "kv-1", address: "10.66.0.1", port: 7_000)
        let good = ClientConfiguration(client: 1, targets: [target], seed: .max)
        #expect(good.problem == nil)
        #expect(ClientConfiguration(line: good.line) == good)
        #expect(ClientOrder(line: ClientOrder(rate: 12.5).line) == ClientOrder(rate: 12.5))
        func problem(_ change: (inout ClientConfiguration) -> Void) -> String? {
            var bad = good
            change(&bad)
            return bad.problem
        }
        #expect(problem { $0.targets = [] } == "no node is asked")
        #expect(problem { $0.connections = 0 } != nil)
        #expect(problem { $0.rate = .nan } != nil)
        #expect(problem { $0.rate = 1e9 } != nil)
        #expect(problem { $0.driver = .http } != nil)
        #expect(problem { $0.path = "a b" } != nil)
        #expect(problem { $0.targets[0].port = 0 } == "kv-1 has no port 0")
    }

    @Test(
        "a histogram tells quantiles within 3.2 % of the exact ones, merged or not",
        arguments: 1...5)
    func histogram(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        var exact: [Int64] = []
        var halves = [LatencyHistogram(), LatencyHistogram()]
        for number in 0..<20_000 as Range<UInt64> {
            let bits = random.bits(.other, number: number)
            // Over seven decades, as times are.
            let value = Int64(1) << Int64(bits % 24) + Int64(bits >> 40) % 1_000
            exact.append(value)
            halves[Int(number % 2)].record(microseconds: value)
        }
        exact.sort()
        var merged = halves[0]
        merged.merge(halves[1])
        #expect(merged.count == 20_000)
        for quantile in [0.01, 0.5, 0.9, 0.99, 0.999, 1] {
            let index = max(0, Int((quantile * 20_000).rounded(.up)) - 1)
            let found = try #require(merged.microseconds(atQuantile: quantile))
            #expect(abs(found - Double(exact[index])) <= Double(exact[index]) * 0.032 + 1)
        }
    }
}
