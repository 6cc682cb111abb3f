import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Scenarios that are run by hand, in a lab that goes on.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct ByHandTests {
        private static let topology = """
            name: small
            nodes:
              kv:
                count: 2
                run: squall-node kv --replication leader
                ports: {http: 7000}
                probe: {kind: prometheus, path: /metrics, every: 200ms}
                metrics: {role: kv_role}
            workload: {kind: register, driver: kv, keys: 5, traffic: 50/s, clients: 1, timeout: 500ms}
            checks: [no-lost-writes]
            scenarios:
              short:
                steps:
                  - wait until ready(all) and leaders == 1 within 20s
                  - cut between kv-1 and kv-2 for 1s as cut
                  - wait 2s
                expect:
                  - ready(all) within 5s after cut
              slow:
                steps:
                  - exec kv-1 sleep 2
                  - wait 1s
              numbered:
                steps:
                  - crash kv-2 for 1s
                  - wait 2s
                expect:
                  - ready(all) within 5s after f1
            """

        private func lab(_ home: Home) async throws -> LiveLab {
            let file = home.path + "/topology/small.yaml"
            try Self.topology.write(toFile: file, atomically: false, encoding: .utf8)
            chmod(file, 0o644)
            let lab = try await LiveLab(home, file, options: ["--seed", "5"])
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            return lab
        }

        private func refusal(_ lab: LiveLab, _ line: String) async throws -> String {
            let ran = try await lab.home.start(
                ["do"] + line.split(separator: " ").map(String.init)
            ).end()
            #expect(ran.code != 0, "\(line) was not refused")
            return ran.errors
        }

        private func steps(_ lab: LiveLab) -> [String: ScenarioPosition.State] {
            Dictionary(
                (lab.state.core.scenario?.steps ?? []).filter { !$0.step.isEmpty }
                    .map { ($0.step, $0.state) }, uniquingKeysWith: { $1 })
        }

        @Test func `a scenario is taken step by step, held, ended, and run again as a whole`()
            async throws
        {
            let home = try Home()
            let lab = try await lab(home)
            try await lab.do("scenario step short")
            try await lab.wait(for: "the first step") { _ in self.steps(lab)["1"] == .done }
            #expect(lab.state.core.scenario?.isPaused == true)
            try await lab.do("scenario step")
            try await lab.wait(for: "the second step") { _ in self.steps(lab)["2"] == .done }
            let first = try #require(lab.state.core.faults.last)
            #expect(first.record.name == "cut" && first.record.by == "scenario short, step 2")
            try await lab.wait(for: "the end of the fault") {
                $0.core.faults.last?.isActive == false
            }
            // Nothing begins by itself.
            #expect(steps(lab)["3"] == nil && lab.state.core.scenario?.isPaused == true)
            #expect(try await refusal(lab, "scenario run short").contains("short runs already"))
            try await lab.do("scenario resume")
            try await lab.wait(for: "its end", within: .seconds(40)) {
                $0.core.scenario?.end != nil
            }
            let end = try #require(lab.state.core.scenario?.end)
            #expect(end.state == .done, "\(end.message): \(lab.state.core.judgements)")
            // What it stopped goes on, and so does the lab.
            try await lab.wait(for: "the traffic") { _ in
                lab.entries.compactMap { entry -> String? in
                    guard case .commandAccepted(let record) = entry.event else { return nil }
                    return record.by == "scenario short" ? record.text : nil
                } == ["heal all", "traffic stop", "traffic start"]
            }
            let answered = lab.state.core.clients.total.ok
            try await lab.wait(for: "answers") { $0.core.clients.total.ok > answered + 20 }

            // Again, although a fault of that name was there: it speaks of its own.
            try await lab.do("scenario run short")
            try await lab.wait(for: "the second end", within: .seconds(40)) {
                $0.core.scenario?.end != nil && $0.core.faults.count == 2
            }
            #expect(lab.state.core.scenario?.end?.state == .done)
            #expect(lab.state.core.judgements.allSatisfy { $0.verdict == .holds })
            #expect(lab.state.core.judgements.contains { $0.kind == .check })
            #expect(lab.state.core.faults.map(\.record.name) == ["cut", "cut"])

            // As a scenario the run has the commands, and not the order to run them.
            try await lab.end()
            let script = try await home.squall("export", lab.folder.path, "--script")
            #expect(script.output.contains("cut between kv-1 and kv-2 for 1s as cut"))
            #expect(!script.output.contains("scenario "), "\(script.output)")
        }

        @Test func `an answer that comes late is not taken for one to a later scenario`()
            async throws
        {
            let home = try Home()
            let lab = try await lab(home)
            try await lab.do("scenario run slow")
            try await lab.do("scenario stop")
            try await lab.wait(for: "its end") { $0.core.scenario?.end != nil }
            try await lab.do("scenario run slow")
            try await lab.wait(for: "the step of the second one") { _ in
                self.steps(lab)["1"] == .done
            }
            let moments = lab.entries.compactMap { entry -> (ScenarioPosition.State, Stamp)? in
                guard case .scenarioStep(let position) = entry.event, position.step == "1" else {
                    return nil
                }
                return (position.state, entry.at)
            }
            let began = try #require(moments.last { $0.0 == .began }?.1)
            let done = try #require(moments.last { $0.0 == .done }?.1)
            // It sleeps for two seconds; the first one's sleep was over earlier.
            #expect(done - began >= .seconds(2), "\(done - began)")
            try await lab.end()
        }

        @Test func `what cannot be run or held says why, and a stop heals`() async throws {
            let home = try Home()
            let lab = try await lab(home)
            #expect(try await refusal(lab, "scenario pause").contains("no scenario runs"))
            #expect(
                try await refusal(lab, "scenario run long").contains(
                    "no scenario long; there are: short slow numbered"))
            try await lab.do("scenario run short")
            try await lab.wait(for: "the cut") { !$0.core.faults.isEmpty }
            try await lab.do("scenario stop")
            try await lab.wait(for: "its end") { $0.core.scenario?.end != nil }
            #expect(lab.state.core.scenario?.end?.message == "interrupted")
            #expect(lab.state.core.faults.allSatisfy { !$0.isActive })
            #expect(lab.state.core.ended == nil)
            #expect(
                try await refusal(lab, "scenario run numbered").contains(
                    "numbered speaks of f1, and there were other faults already"))
            try await lab.end()
        }
    }
}
