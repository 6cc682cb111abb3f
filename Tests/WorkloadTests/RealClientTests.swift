internal import Cluster
internal import Foundation
internal import Testing
internal import Workload

@Suite("A client against real servers", .serialized) struct RealClientTests {
    private func configuration(
        _ servers: [RealServer], driver: ClientConfiguration.Driver = .redis, rate: Double = 400,
        connections: Int = 6, timeout: Int = 1_000
    ) -> ClientConfiguration {
        ClientConfiguration(
            client: 1, kind: driver == .http ? .http : .register, driver: driver,
            targets: servers.map(\.target), path: "/health", keys: 10, rate: rate,
            connections: connections, timeout: timeout, interval: 100, seed: 3)
    }

    @Test("keeps the rate that was set, and a new one")
    func rate() async throws {
        let redis = try await RealServer.redis()
        let client = try RunningClient(configuration([redis], rate: 500))
        try await eventually("a second of reports") { client.reports.count >= 10 }
        try client.tell(ClientOrder(rate: 50))
        try await eventually("the new rate") {
            let last = sum(client.reports.suffix(5))
            return abs(Double(last.due) / last.interval - 50) < 8
        }
        try client.tell(ClientOrder(rate: 0))
        try await eventually("nothing is due") { client.reports.last?.due == 0 }
        try await eventually("nor waited for") { client.reports.last?.outage == 0 }
        let steady = sum(client.reports.prefix(10))
        #expect(abs(Double(steady.due) / steady.interval - 500) < 15)
        let all = try await client.end()
        #expect(all.ok == all.due && all.refused == 0 && all.unknown == 0)
        #expect(all.latency.count == UInt64(all.ok))
    }

    @Test("writes to the master, reads anywhere")
    func roles() async throws {
        let primary = try await RealServer.redis()
        let replica = try await RealServer.redis(["--replicaof", "127.0.0.1 \(primary.port)"])
        let client = try RunningClient(configuration([replica, primary]))
        try await eventually("two seconds of reports") { client.reports.count >= 20 }
        let all = try await client.end()
        #expect(all.ok > 500)
        #expect(Double(all.ok) >= 0.98 * Double(all.ok + all.refused + all.unknown))
    }

    @Test("a stopped server makes unknown outcomes and an outage, and afterwards all is well")
    func paused() async throws {
        let redis = try await RealServer.redis()
        let client = try RunningClient(configuration([redis], timeout: 300))
        try await eventually("success") { client.reports.contains { $0.ok > 20 } }
        redis.signal(SIGSTOP)
        try await eventually("silence") { (client.reports.last?.silence ?? 0) > 1 }
        let during = sum(client.reports.suffix(5))
        #expect(during.ok == 0 && during.timeouts > 0)
        redis.signal(SIGCONT)
        try await eventually("success again") {
            client.reports.suffix(3).allSatisfy { $0.ok > 20 && $0.refused + $0.unknown == 0 }
        }
        let all = try await client.end()
        #expect(all.unknown >= 6, "each connection had something under way")
        #expect(all.refused > 50, "what found no connection was refused")
        #expect(all.outage > 1)
    }

    @Test("latency from the intended start shows a pause that a closed loop would overlook")
    func openLoop() async throws {
        let redis = try await RealServer.redis()
        let client = try RunningClient(configuration([redis], connections: 1, timeout: 5_000))
        try await eventually("success") { client.reports.contains { $0.ok > 20 } }
        redis.signal(SIGSTOP)
        try await eventually("nothing for a while") { (client.reports.last?.silence ?? 0) > 0.6 }
        redis.signal(SIGCONT)
        try await eventually("the backlog is gone") {
            let all = sum(client.reports)
            return all.ok + 20 > all.due
        }
        let all = try await client.end()
        #expect(all.refused == 0 && all.unknown <= 1)
        // One operation was under way and hundreds had to wait; a closed loop would have seen the one.
        let corrected = try #require(all.latency.microseconds(atQuantile: 0.95))
        let uncorrected = try #require(all.uncorrected.microseconds(atQuantile: 0.95))
        #expect(corrected > 100_000)
        #expect(uncorrected < 100_000)
    }

    @Test("a server that stood still for 1.4 s of 10 s shows in the 99th percentile, near 1.3 s")
    func stall() async throws {
        let redis = try await RealServer.redis()
        let client = try RunningClient(
            configuration([redis], rate: 500, connections: 10, timeout: 5_000))
        try await eventually("all connections") { client.reports.last?.open == 10 }
        func seconds() -> Double { sum(client.reports).interval }
        try await eventually("four seconds") { seconds() >= 4 }
        redis.signal(SIGSTOP)
        let stopped = ContinuousClock.now
        try await eventually("1.4 s of standstill") { .now - stopped >= .milliseconds(1_400) }
        redis.signal(SIGCONT)
        try await eventually("ten seconds") { seconds() >= 10 }
        let all = try await client.end()
        #expect(all.refused == 0 && all.unknown <= 10)
        // Of 5,000 operations 700 were due while it stood: the last hundredth waited 1.3 s and more.
        let corrected = try #require(all.latency.microseconds(atQuantile: 0.99))
        #expect((1_200_000...1_450_000).contains(corrected), "\(corrected) µs")
        let median = try #require(all.latency.microseconds(atQuantile: 0.5))
        #expect(median * 10 < corrected)
        let closed = try #require(all.uncorrected.microseconds(atQuantile: 0.99))
        #expect(closed * 10 < corrected, "a closed loop would have seen \(closed) µs")
    }

    @Test("a server that dies refuses, and its connections come back with it")
    func dies() async throws {
        let redis = try await RealServer.redis()
        let other = try await RealServer.redis()
        let client = try RunningClient(configuration([redis, other]))
        try await eventually("all connections") { client.reports.last?.open == 6 }
        redis.signal(SIGKILL)
        try await eventually("half of the connections") { client.reports.last?.open == 3 }
        let before = client.reports.count
        try await eventually("the other one carries on") { client.reports.count >= before + 5 }
        let after = sum(client.reports.dropFirst(before))
        #expect(after.ok > 0 && after.refused + after.unknown == 0)
        _ = try await client.end()
    }

    @Test(
        "speaks with kv, compare-and-set included, and with any HTTP server",
        arguments: [
            ClientConfiguration.Driver.kv, .http,
        ])
    func kv(driver: ClientConfiguration.Driver) async throws {
        let server = try await RealServer.kv()
        let client = try RunningClient(configuration([server], driver: driver, rate: 200))
        try await eventually("two seconds of reports") { client.reports.count >= 20 }
        let all = try await client.end()
        #expect(all.ok > 300 && all.refused == 0 && all.unknown <= 6)
    }

    @Test("says what is wrong with its configuration, and ends with 64")
    func refuses() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("{}\n".utf8))
        #expect(runClient(input: pipe.fileHandleForReading.fileDescriptor, output: -1) == 64)
        var bad = ClientConfiguration(client: 1, targets: [])
        bad.rate = -1
        try pipe.fileHandleForWriting.write(
            contentsOf: try JSONEncoder().encode(bad) + Data([10]))
        #expect(runClient(input: pipe.fileHandleForReading.fileDescriptor, output: -1) == 64)
    }
}
