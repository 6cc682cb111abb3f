import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Real sentinels over real Redis servers.
    @Suite(.serialized, .timeLimit(.minutes(5)))
    struct SentinelTests {
        private func run(
            _ scenario: String, ending codes: [Int32], _ options: String...
        ) async throws -> Core {
            try Programs.need("redis-server", package: "redis-server")
            let home = try Home()
            let ran = try await home.start(
                ["run", "redis-sentinel", scenario, "--runs", home.runs] + options
            ).end(within: .seconds(110))
            #expect(codes.contains(ran.code), "\(ran.output)\(ran.errors)")
            let folder = try #require(RunFolder.list(in: home.runs).first)
            #expect(processes(marked: home.mark).isEmpty)
            return try Recording(path: folder.journal).last.core
        }

        private func lost(_ core: Core) throws -> UInt64 {
            let judgement = try #require(core.judgements.first { $0.kind == .check })
            return try #require(judgement.counts.first { $0.name == "lost" }).number
        }

        @Test func `a dead primary is replaced, and comes back as a replica of the new one`()
            async throws
        {
            let core = try await run("primary-crash", ending: [1])
            let incident = try #require(core.incidents.first)
            let new = try #require(incident.replacedBy)
            #expect(incident.wasLeader && core.nodes[Int(new.index)].name != "redis-1")
            #expect(core.nodes[Int(incident.node.index)].role.role == .follower)
            let judgement = try #require(core.judgements.first { $0.kind == .check })
            #expect(judgement.verdict == .broken && !judgement.violations.isEmpty)
            // Who votes is told apart from who only watches.
            #expect(core.nodes.count { $0.role.role == .observer } == 3)
        }

        @Test
        func
            `what a primary on the wrong side of a split acknowledged is lost, found, and explained`()
            async throws
        {
            let core = try await run("split", ending: [1])
            #expect(core.faults.map(\.proof?.verdict) == [.proved])
            #expect(core.judgements.allSatisfy { $0.verdict == .holds || $0.kind == .check })
            #expect(core.leaders.count == 1)
            #expect(core.nodes.first { $0.name == "redis-1" }?.role.role == .follower)

            let judgement = try #require(core.judgements.first { $0.kind == .check })
            #expect(judgement.text == "no-lost-writes" && judgement.verdict == .broken)
            let story = judgement.violations.flatMap(\.story).joined(separator: "\n")
            #expect(story.contains("wrote") && story.contains("through redis-1"), "\(story)")
            #expect(story.contains("split: partition redis-1"), "\(story)")
            #expect(story.contains(" led from "), "\(story)")

            // With a primary that wants to hear from a replica there is less to lose.
            let careful = try await run("split", ending: [0, 1], "--set", "min-replicas=1")
            let (many, few) = (try lost(core), try lost(careful))
            #expect(few * 2 < many, "\(few) of \(many)")
        }
    }
}
