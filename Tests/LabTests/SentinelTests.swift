import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Real sentinels over real Redis servers.
    @Suite(.serialized, .timeLimit(.minutes(4)))
    struct SentinelTests {
        private func run(_ scenario: String) async throws -> Core {
            try Programs.need("redis-server", package: "redis-server")
            let home = try Home()
            let ran = try await home.squall(
                "run", "redis-sentinel", scenario, "--runs", home.runs, within: .seconds(110))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            let folder = try #require(RunFolder.list(in: home.runs).first)
            #expect(processes(marked: home.mark).isEmpty)
            return try Recording(path: folder.journal).last.core
        }

        @Test func `a dead primary is replaced, and comes back as a replica of the new one`()
            async throws
        {
            let core = try await run("primary-crash")
            let incident = try #require(core.incidents.first)
            let new = try #require(incident.replacedBy)
            #expect(incident.wasLeader && core.nodes[Int(new.index)].name != "redis-1")
            #expect(core.nodes[Int(incident.node.index)].role.role == .follower)
            // Who votes is told apart from who only watches.
            #expect(core.nodes.count { $0.role.role == .observer } == 3)
        }

        @Test
        func `a primary on the wrong side of a split is one of two, until it hears the others`()
            async throws
        {
            let core = try await run("split")
            #expect(core.faults.map(\.proof?.verdict) == [.proved])
            #expect(core.judgements.allSatisfy { $0.verdict == .holds })
            #expect(core.leaders.count == 1)
            #expect(core.nodes.first { $0.name == "redis-1" }?.role.role == .follower)
        }
    }
}
