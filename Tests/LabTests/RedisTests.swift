import Cluster
import Foundation
import Testing

extension LabTests {
    /// One real Redis primary and two replicas, from the shipped topology.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct RedisTests {
        @Test func `replicas catch up, lag with a cut line, and feel what a delay says`()
            async throws
        {
            try Programs.need("redis-server", package: "redis-server")
            try Programs.need("redis-cli", package: "redis-tools")
            try Programs.need("redis-benchmark", package: "redis-tools")
            let lab = try await LiveLab(Home(), "redis")
            try await lab.wait(for: "all ready", within: .seconds(30)) { $0.core.allReadyAt != nil }
            try await squall(lab, "wait", "lag(replica) < 1s within 20s")
            #expect(try lab.node("primary").role.role == .leader)
            #expect(try lab.node("replica-2").role.own == "slave")

            // A write at the primary is read at both replicas, through the lines of the lab.
            try await redis(lab, "primary", "set", "colour", "red")
            for replica in ["replica-1", "replica-2"] {
                try await squall(lab, "wait", "behind(\(replica)) < 100 within 10s")
                try await eventually("\(replica) has it") {
                    try await redis(lab, replica, "get", "colour") == "red"
                }
            }

            let cut = try await lab.inject("cut between primary and replica-2 as cut")
            try await redis(lab, "primary", "set", "colour", "blue")
            let usual = try await median(lab, "replica-1")
            try await oneWay(lab, usual)
            try await bothWays(lab, usual)
            try await squall(lab, "wait", "lag(replica-2) > 5s within 15s")
            #expect(try await redis(lab, "replica-2", "get", "colour") == "red")
            #expect(try await lab.proof(of: cut).verdict == .proved)
            #expect(try await ask(lab, "lag(replica-1) < 1s"))
            try await lab.do("heal cut")
            try await squall(lab, "wait", "lag(replica-2) < 1s within 20s")
            try await eventually("replica-2 caught up") {
                try await redis(lab, "replica-2", "get", "colour") == "blue"
            }
            let lags = lab.state.series.map { series in
                lab.state.core.nodes.first { $0.name == "replica-2" }.map { series[$0.id, .lag] }
            }
            #expect(lags != nil)
            try await lab.end()
            #expect(lab.state.core.ended?.code == 143)
        }

        private func oneWay(_ lab: LiveLab, _ usual: Double) async throws {
            let id = try await lab.inject("delay from primary to replica-1 by 100ms as slow")
            try await felt(lab, 100...103, above: usual)
            let proof = try await lab.proof(of: id)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(proof.felt > 0.0995 && proof.felt < 0.103, "\(proof.words)")
            try await lab.do("heal slow")
        }

        private func bothWays(_ lab: LiveLab, _ usual: Double) async throws {
            let id = try await lab.inject("delay between primary and replica-1 by 100ms as slower")
            try await felt(lab, 200...206, above: usual)
            let proof = try await lab.proof(of: id)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(proof.felt > 0.1995 && proof.felt < 0.206, "\(proof.words)")
            try await lab.do("heal slower")
        }

        /// A busy machine may disturb one series, hardly three in a row.
        private func felt(
            _ lab: LiveLab, _ gain: ClosedRange<Double>, above usual: Double
        ) async throws {
            var gains: [Double] = []
            for _ in 1...3 {
                let one = try await median(lab, "replica-1") - usual
                gains.append(one)
                // What redis-benchmark prints is cut to whole microseconds, and the quickest idle ones
                // differ by more than that.
                if gain.contains(one + 0.05) { return }
            }
            Issue.record("a round trip gained \(gains) ms, not \(gain)")
        }

        /// The median round trip in milliseconds of one client on a node to the primary.
        private func median(_ lab: LiveLab, _ node: String) async throws -> Double {
            let output = try await squall(
                lab, "exec", node, "redis-benchmark", "-h", "primary", "-c", "1", "-n", "15", "-t",
                "ping_mbulk", "--csv")
            let lines = output.split(separator: "\n").map {
                $0.split(separator: ",").map {
                    $0.trimmingCharacters(in: .init(charactersIn: "\""))
                }
            }
            let column = try #require(lines.first?.firstIndex(of: "p50_latency_ms"), "\(output)")
            return try #require(Double(lines[1][column]))
        }

        @discardableResult
        private func redis(
            _ lab: LiveLab, _ node: String, _ words: String...
        ) async throws -> String {
            let ran = try await lab.home.start(
                ["exec", node, "redis-cli", "-h", node] + words
            ).end()
            try #require(ran.code == 0, "\(words): \(ran.errors)")
            return ran.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @discardableResult
        private func squall(_ lab: LiveLab, _ words: String...) async throws -> String {
            let ran = try await lab.home.start(words).end()
            try #require(ran.code == 0, "\(words): \(ran.output)\(ran.errors)")
            return ran.output
        }

        private func ask(_ lab: LiveLab, _ expression: String) async throws -> Bool {
            try await lab.home.start(["ask", expression]).end().code == 0
        }

        private func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < deadline { if try await holds() { return } }
            Issue.record("\(what): not within 10 s")
        }
    }
}
