import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// A recording becomes a lab again.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct TakeOverTests {
        @Test func `the faults of a moment act again in a new run of the same topology`()
            async throws
        {
            let home = try Home()
            let recorded = try await LiveLab(home, "kv", options: ["--seed", "77"])
            try await recorded.wait(for: "all ready", within: .seconds(30)) {
                $0.core.allReadyAt != nil
            }
            try await recorded.do("delay between kv-2 and kv-3 by 50ms as slow")
            let split = try await recorded.inject("partition kv-1 / rest for 300s as split")
            try await recorded.do("pause kv-2 for 300s as nap")
            _ = try await recorded.proof(of: split)
            let moment = recorded.state.core.now
            try await recorded.do("heal nap")
            try await recorded.end()

            let lab = try await LiveLab(
                home,
                starting: [
                    "replay", recorded.folder.name, "--at", "\(moment.seconds)", "--take-over",
                    "--detach", "--runs", home.runs,
                ])
            try lab.catchUp()
            #expect(lab.folder.name != recorded.folder.name)
            #expect(lab.state.core.run?.seed == 77 && lab.state.core.run?.topology == "kv")
            let faults = lab.state.core.faults.filter(\.isActive)
            #expect(faults.map(\.record.name) == ["slow", "split", "nap"])
            // The time that was left to it then, not all of it; what had none has none.
            let left = try #require(faults.last?.record.ends) - (faults.last?.began ?? .zero)
            #expect(left < .seconds(300) && left > .seconds(240), "\(left)")
            #expect(faults.first?.record.ends == nil)
            let again = try #require(faults.first { $0.record.name == "split" })
            #expect(try await lab.proof(of: again.record.id).verdict == .proved)
            #expect(
                lab.entries.contains { entry in
                    guard case .note(let text, _) = entry.event else { return false }
                    return text.hasPrefix("taken over from \(recorded.folder.name) at ")
                        && text.hasSuffix(": 3 faults set again; data begins anew")
                })
            try await lab.end()
        }

        @Test func `what cannot be taken over is told, and nothing is started`() async throws {
            let home = try Home()
            let recorded = try await LiveLab(home, "kv")
            try await recorded.end()
            let words = ["replay", recorded.folder.name, "--runs", home.runs]
            let alone = try await home.start(words + ["--detach"]).end()
            #expect(alone.code == 64 && alone.errors.contains("--detach needs --take-over"))
            try FileManager.default.removeItem(atPath: recorded.folder.info)
            let ran = try await home.start(words + ["--take-over", "--detach"]).end()
            #expect(ran.code == 65, "\(ran.errors)")
            #expect(ran.errors.contains("run.json is missing or damaged"), "\(ran.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.runs).count == 1)
        }
    }
}
