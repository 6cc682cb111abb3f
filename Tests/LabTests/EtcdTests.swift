import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Debian's etcd, from the shipped topology.
    @Suite(.serialized, .timeLimit(.minutes(4)))
    struct EtcdTests {
        @Test func `a leader in the minority steps back, and what it told is known word by word`()
            async throws
        {
            try Programs.need("etcd", package: "etcd-server")
            let home = try Home(Who.all[Who.all.count - 1])
            let ran = try await home.squall(
                "run", "etcd", "minority-cut", "--runs", home.runs, within: .seconds(120))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            let folder = try #require(RunFolder.list(in: home.runs).first)
            let recording = try Recording(path: folder.journal)
            let core = recording.last.core
            #expect(core.faults.map(\.proof?.verdict) == [.proved])
            #expect(core.leadersPerTerm == 1)
            let nodes = core.nodes.filter { !$0.isClient }
            #expect(
                nodes.count == 3 && nodes.allSatisfy { $0.description.metrics == ["knows-leader"] })
            #expect(core.clients.total.ok > 1_000)
            let history = try String(contentsOfFile: folder.history, encoding: .utf8)
            #expect(history.contains("\"cas\"") && history.hasSuffix("}}\n"))
            try staysLinearizable(core)
        }

        private func staysLinearizable(_ core: Core) throws {
            let made = core.judgements.filter { $0.kind == .check }
            #expect(made.map(\.text) == ["linearizable", "no-lost-writes"])
            #expect(made.allSatisfy { $0.verdict == .holds }, "\(made)")
        }

        @Test(arguments: [("leader-crash", 5), ("leader-pause", 3), ("leader-dark", 3)])
        func `it stays linearizable whatever befalls its leader`(
            scenario: String, members: Int
        ) async throws {
            try Programs.need("etcd", package: "etcd-server")
            let home = try Home()
            let ran = try await home.squall(
                "run", "etcd", scenario, "--set", "members=\(members)", "--runs", home.runs,
                within: .seconds(120))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            let folder = try #require(RunFolder.list(in: home.runs).first)
            let core = try Recording(path: folder.journal).last.core
            #expect(core.nodes.count { !$0.isClient } == members)
            #expect(core.faults.map(\.proof?.verdict) == [.proved])
            try staysLinearizable(core)
        }

        @Test func `five members are a setting away`() async throws {
            try Programs.need("etcd", package: "etcd-server")
            let lab = try await LiveLab(Home(), "etcd", options: ["--set", "members=5"])
            try await lab.wait(for: "five that are ready", within: .seconds(40)) { state in
                state.core.nodes.count { !$0.isClient && $0.phase == .ready } == 5
                    && state.core.leaders.count == 1
            }
            #expect(try await lab.do("put colour red at etcd-5").contains("etcd-5 ok"))
            #expect(try await lab.do("get colour at etcd-1").contains("etcd-1 red"))
            try await lab.end()
        }
    }
}
