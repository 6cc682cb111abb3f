import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// What clients saw is held against what was promised: nodes that are broken on purpose are caught, by
    /// the check that is about it, with the operations that contradict each other.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct HistoryCheckTests {
        private func topology(_ flaw: String?, expect: [String] = ["ready(all)"]) -> String {
            """
            squall: 1
            name: broken
            nodes:
              kv:
                count: 1
                run: squall-node kv --replication leader\(flaw.map { " --broken \($0)" } ?? "")
                ports: {http: 7000}
            probe: {kind: prometheus, path: /metrics}
            metrics: {role: kv_role, term: kv_term}
            workload: {kind: register, driver: kv, keys: 5, traffic: 300/s, clients: 2, connections: 3}
            checks: [linearizable, no-lost-writes, monotonic-reads]
            scenarios:
              watch:
                steps:
                  - wait until ready(all) within 20s
                  - wait 4s
                expect: [\(expect.map { "\"\($0)\"" }.joined(separator: ", "))]
            """
        }

        private func run(
            _ flaw: String?, expect: [String] = ["ready(all)"]
        ) async throws -> (code: Int32, output: String, core: Core) {
            let home = try Home()
            let file = try home.topology(topology(flaw, expect: expect), "broken")
            let ran = try await home.squall(
                "run", file, "watch", "--runs", home.runs, within: .seconds(60))
            let folder = try #require(RunFolder.list(in: home.runs).first)
            return (ran.code, ran.output, try Recording(path: folder.journal).last.core)
        }

        private func check(_ name: String, _ core: Core) throws -> Judgement {
            try #require(core.judgements.first { $0.kind == .check && $0.text == name })
        }

        @Test func `an honest node keeps every promise`() async throws {
            let ran = try await run(nil)
            #expect(ran.code == 0, "\(ran.output)")
            let made = ran.core.judgements.filter { $0.kind == .check }
            #expect(made.map(\.text) == ["linearizable", "no-lost-writes", "monotonic-reads"])
            #expect(made.allSatisfy { $0.verdict == .holds && $0.violations.isEmpty })
            #expect(
                try check("no-lost-writes", ran.core).counts.contains {
                    $0.name == "lost" && $0.number == 0
                })
        }

        @Test func `a stale read is caught, with the write that it missed`() async throws {
            let ran = try await run("stale-read")
            #expect(
                ran.code == 1 && ran.output.contains("the check linearizable failed"),
                "\(ran.output)")
            let judgement = try check("linearizable", ran.core)
            #expect(judgement.verdict == .broken)
            let violation = try #require(judgement.violations.first)
            let story = violation.story.joined(separator: "\n")
            #expect(story.contains(" read ") && story.contains("through kv-1"), "\(story)")
            #expect(story.contains(" wrote ") || story.contains(" set "), "\(story)")
            #expect(violation.at > .zero && violation.at < ran.core.now)
            #expect(ran.output.contains(violation.text), "\(ran.output)")
        }

        @Test func `a lost write is caught and counted`() async throws {
            let ran = try await run("lost-write")
            #expect(ran.code == 1, "\(ran.output)")
            let judgement = try check("no-lost-writes", ran.core)
            #expect(judgement.verdict == .broken)
            #expect(
                judgement.counts.contains { $0.name == "lost" && $0.number > 0 }, "\(judgement)")
            // The write by its value, who took it, and a read that did not find it.
            let violation = try #require(judgement.violations.first)
            let parts = try #require(
                violation.text.firstMatch(
                    of: #/^(k\d+) = (\d+), acknowledged by kv-1 at .*, is gone: /#))
            let (key, value) = (String(parts.1), String(parts.2))
            #expect(
                violation.story.contains { $0.contains("\(value)") && $0.contains(key) },
                "\(violation)")
            #expect(
                violation.story.contains {
                    $0.contains(" of \(key) through kv-1")
                        || $0.contains("found nothing at \(key) through kv-1")
                }, "\(violation)")
        }

        @Test func `a write that is done twice is caught`() async throws {
            let ran = try await run("double-apply")
            #expect(ran.code == 1, "\(ran.output)")
            let judgement = try check("linearizable", ran.core)
            #expect(judgement.verdict == .broken)
            // A value that is there again, and the write of it or of what stood over it.
            let violation = try #require(judgement.violations.first)
            let key = try #require(violation.text.firstMatch(of: #/^(k\d+): /#)).1
            #expect(violation.story.count { $0.contains(key) } >= 2, "\(violation)")
            #expect(
                violation.story.contains { $0.contains(" wrote ") || $0.contains(" set ") },
                "\(violation)")
        }

        @Test func `a verdict is told while the run goes on, and what breaks it as it happens`()
            async throws
        {
            for (flaw, verdict) in [
                (nil, Judgement.Verdict.holds), ("stale-read", Judgement.Verdict.broken),
            ] as [(String?, Judgement.Verdict)] {
                let home = try Home()
                let lab = try await LiveLab(home, home.topology(topology(flaw), "broken"))
                try await lab.wait(for: "a verdict on \(flaw ?? "an honest node")") { state in
                    state.core.judgements.contains {
                        $0.kind == .check && $0.text == "linearizable" && $0.verdict == verdict
                    }
                }
                let judgement = try check("linearizable", lab.state.core)
                #expect(judgement.violations.isEmpty == (flaw == nil))
                if flaw == nil {
                    // A client that says nothing for a while accuses nobody.
                    try await lab.do("pause client-1 for 2s as nap")
                    let before = lab.state.core.clients.total.ok
                    try await lab.wait(for: "its end") { state in
                        state.core.faults.last?.ended != nil
                            && state.core.clients.total.ok > before + 1_500
                    }
                    #expect(try check("linearizable", lab.state.core).verdict == .holds)
                }
                try await lab.end()
            }
        }

        @Test func `a scenario may promise that a check fails, and what it counts`() async throws {
            let ran = try await run(
                "lost-write",
                expect: [
                    "not check(linearizable)", "not check(no-lost-writes)", "lost >= 1",
                    "check(monotonic-reads) or not check(monotonic-reads)",
                ])
            #expect(ran.code == 0, "\(ran.output)")
        }
    }
}
