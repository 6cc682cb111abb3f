import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// From a moment of a recording on to a cluster that runs.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct TakeOverTests {
        private static let scenario = """
            about: A split, and a node that dies within it.
            steps:
              - wait until ready(all) and leaders == 1 within 20s
              - partition kv-1 / rest for 1m as split
              - wait 2s
              - crash kv-3 for 3s
              - wait 5s
            expect:
              - ready(kv-1)
            """

        /// A recorded run of `kv` in which the leader is cut off.
        private func record(_ home: Home) async throws -> RunFolder {
            let script = home.path + "/topology/split.yaml"
            try Self.scenario.write(toFile: script, atomically: false, encoding: .utf8)
            chmod(script, 0o644)
            let ran = try await home.squall(
                "run", "kv", script, "--seed", "11", "--set", "replication=leader", "--runs",
                home.runs, within: .seconds(90))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            return try RunFolder.find("last", in: home.runs)
        }

        @Test(arguments: Who.all)
        func `a recorded split acts again where it is taken over, and the data does not`(
            who: Who
        ) async throws {
            let home = try Home(who)
            let recorded = try await record(home)
            let before = FileManager.default.contents(atPath: recorded.journal)
            let recording = try Recording(path: recorded.journal)
            let crash = try #require(recording.marks.first { $0.text.contains("crash kv-3") })
            let moment = crash.at + .seconds(1)

            let lab = try await LiveLab(
                home, takingOver: recorded.name, at: moment.clock(decimals: 3))
            defer { withExtendedLifetime(lab) {} }
            try lab.catchUp()
            #expect(
                lab.started.errors.contains("2 faults of ")
                    && lab.started.errors.contains("data is not restored"), "\(lab.started.errors)")
            // Both are there, in their order, with their names and what was left of their times.
            let faults = lab.state.core.faults
            #expect(faults.map(\.record.name) == ["split", nil])
            #expect(faults.map(\.record.by) == ["take-over", "take-over"])
            let whole = try #require(recording.last.core.faults.first?.record.ends)
            let again = try #require(faults.first)
            let left = try #require(again.record.ends) - again.began
            #expect(abs((left - (whole - moment)).inSeconds) < 0.01, "\(left)")
            // All was ready first.
            let ready = try #require(lab.state.core.allReadyAt)
            #expect(faults.allSatisfy { $0.began >= ready })
            // They act.
            let proof = try await lab.proof(of: again.record.id)
            #expect(proof.verdict == .proved, "\(proof.words)")
            try await lab.wait(for: "the end of the crash") { state in
                state.core.faults.count == 2 && !state.core.faults[1].isActive
            }
            // The seed and the settings are those of the recording; where it came from is written down.
            #expect(lab.state.core.run?.seed == 11)
            let told = lab.state.core.news.last { $0.kind == .note }
            #expect(told?.text.contains("taken over from \(recorded.name)") == true)
            let info = try String(contentsOfFile: lab.folder.info, encoding: .utf8)
            #expect(info.contains("\"takenOver\"") && info.contains(recorded.name))
            #expect(info.contains("\"replication\" : \"leader\""))
            try await lab.end()
            #expect(FileManager.default.contents(atPath: recorded.journal) == before)
        }

        @Test func `a packed run is replayed, taken over and told in chapters elsewhere`()
            async throws
        {
            let home = try Home()
            let recorded = try await record(home)
            var notes = RunNotes()
            notes.set("the split is felt here", at: Stamp(seconds: 2))
            try notes.write(to: recorded)
            let pack = home.path + "/handed-on.tar"
            let packed = try await home.squall(
                "pack", recorded.path, "--output", pack, "--runs", home.runs)
            #expect(packed.code == 0, "\(packed.errors)")
            recorded.remove()

            let told = try await home.squall("replay", pack, "--chapters")
            #expect(told.code == 0, "\(told.errors)")
            #expect(told.output.contains("fault      f1 partition kv-1"), "\(told.output)")
            #expect(told.output.contains("the split is felt here"), "\(told.output)")
            let json = try await home.squall("export", pack, "--chapters")
            let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
            let chapters = try #require(rows as? [[String: Any]])
            #expect(chapters.count == told.output.split(separator: "\n").count)
            #expect(chapters.allSatisfy { $0["t"] is Double && $0["kind"] is String })
            let picture = try await home.squall(
                "export", pack, "--svg", "--at", "0:02", "--screen", "logs", "--size", "100x30")
            #expect(picture.code == 0 && picture.output.hasPrefix("<svg"), "\(picture.errors)")
            // Logs come along.
            #expect(picture.output.contains("kv-1"))
            #expect(picture.output.contains("leading"), "\(picture.output)")

            let lab = try await LiveLab(home, takingOver: pack, at: "0:02")
            try lab.catchUp()
            #expect(lab.state.core.faults.map(\.record.name) == ["split"])
            try await lab.end()
        }

        @Test func `what cannot be taken over says why, and leaves nothing running`() async throws {
            let home = try Home()
            let recorded = try await record(home)
            let words = ["replay", recorded.name, "--runs", home.runs]
            for (more, code, reason) in [
                (["--take-over"], 64, "--at"), (["--detach"], 64, "--take-over"),
                (["--at", "soon", "--take-over"], 64, "soon"),
                (["--at", "1", "--take-over"], 64, "terminal"),
                (["--speed", "1000"], 64, "0.1 to 100"),
            ] as [([String], Int32, String)] {
                let ran = try await home.start(words + more).end()
                #expect(ran.code == code && ran.errors.contains(reason), "\(more): \(ran.errors)")
            }
            let text = try String(contentsOfFile: recorded.topology, encoding: .utf8)
            let cases: [(String, Int32, String)] = [
                ("needs: [no-such-program]\n" + text, 69, "no-such-program"),
                ("nodes: 7\n", 65, "nodes"),
            ]
            for (text, code, reason) in cases {
                try text.write(toFile: recorded.topology, atomically: false, encoding: .utf8)
                let ran = try await home.start(
                    words + ["--at", "0:02", "--take-over", "--detach"]
                ).end()
                #expect(ran.code == code && ran.errors.contains(reason), "\(ran.errors)")
            }
            #expect(processes(marked: home.mark).isEmpty)
        }
    }
}
