import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// What one does with runs afterwards, and remarks while they last.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct AfterwardsTests {
        static let topology = """
            squall: 1
            name: again
            nodes:
              n:
                count: 3
                run: sh -c 'echo "begun on $SQUALL_NODE"; printf "a \\033[31mred\\007 line\\n"; exec sleep 1000'
                restart: {policy: always, backoff: 50ms..100ms}
                stop: {grace: 1s}
            scenarios:
              endless:
                steps:
                  - wait until ready(all) within 20s
                  - cut between n-1 and n-2 as forever
                  - wait 1h
                expect:
                  - ready(all)
            """

        @Test func `a script of what was done by hand does the same faults in the same order`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(Self.topology, "again")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            for line in [
                "cut between n-1 and n-2 for 2s as split", "delay from n-3 to n-1 by 40ms as slow",
                "crash n-2 for 1s", "heal slow", "loss between n-1 and n-3 50% for 1s",
            ] {
                _ = try await lab.do(line)
            }
            try await lab.wait(for: "the last fault to end") { state in
                state.core.faults.count == 4 && state.core.faults.allSatisfy { !$0.isActive }
            }
            #expect(try await home.squall("down").code == 0)
            try lab.catchUp()

            let exported = try await home.squall("export", "last", "--script", "--runs", home.runs)
            #expect(exported.code == 0, "\(exported.errors)")
            let script = home.path + "/topology/script.yaml"
            try exported.output.write(toFile: script, atomically: false, encoding: .utf8)
            let ran = try await home.squall(
                "run", file, script, "--runs", home.runs, within: .seconds(90))
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            let newest = try RunFolder.find("last", in: home.runs)
            let second = try entries(newest)
            #expect(course(lab.entries) == course(second))
            #expect(course(second).count == 8)
        }

        /// Faults as they began and ended, in order: of those that end at one time whichever first.
        private func course(_ entries: [Entry]) -> [String] {
            var began: [String] = []
            var ended: [String] = []
            var texts: [FaultID: String] = [:]
            for entry in entries {
                switch entry.event {
                case .faultBegan(let fault):
                    texts[fault.id] = fault.text
                    began.append("\(fault.id) \(fault.text)")
                case .faultEnded(let id, let end):
                    ended.append("\(end.rawValue) \(texts[id] ?? "")")
                default: break
                }
            }
            return began + ended.sorted()
        }

        private func entries(_ folder: RunFolder) throws -> [Entry] {
            let feed = try FileFeed(path: folder.journal)
            var all: [Entry] = []
            while true {
                let more = try feed.poll()
                if more.isEmpty { return all }
                all += more
            }
        }

        @Test func `a run that takes longer than it may is healed, ended and failed`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(Self.topology, "again")
            let ran = try await home.squall(
                "run", file, "endless", "--timeout", "3s", "--runs", home.runs,
                within: .seconds(30))
            #expect(ran.code == 1, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("FAILED   it took longer than 3s"), "\(ran.output)")
            let folder = try RunFolder.find("last", in: home.runs)
            var state = ClusterState()
            for entry in try entries(folder) { state.apply(entry) }
            #expect(state.core.ended?.code == 1)
            #expect(state.core.faults.map(\.end) == [.runEnded])
            #expect(processes(marked: home.mark).isEmpty)
            let wrong = try await home.squall("run", file, "endless", "--timeout", "soon")
            #expect(wrong.code == 64 && wrong.errors.contains("a time such as 5m"))
        }

        @Test func `logs are merged by time and harmless, notes are kept, old runs are pruned`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(Self.topology, "again")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "all words") { state in
                state.core.nodes.allSatisfy { $0.logLines >= 2 }
            }
            try await notes(home, lab)
            try await logs(home, ["logs"], of: ["n-1", "n-2", "n-3"])
            try await logs(home, ["logs", "n-3", "n-1"], of: ["n-1", "n-3"])

            // A running lab's run is listed as such, and is never removed.
            let running = try await home.squall("runs", "--runs", home.runs)
            #expect(running.output == "\(lab.folder.name)   running\n")
            let kept = try await home.squall("runs", "prune", "--keep", "0", "--runs", home.runs)
            #expect(kept.output.isEmpty && access(lab.folder.journal, F_OK) == 0)
            let own = ["runs", "--runs", home.runs, "prune", "--keep", "0"]
            #expect(try await home.start(own).end().output.isEmpty)
            try await lab.end()
            let last = ["logs", "--run", "last", "--runs", home.runs]
            try await logs(home, last, of: ["n-1", "n-2", "n-3"])
            let nobody = try await home.squall(
                "logs", "--run", "last", "--runs", home.runs, "n-9")
            #expect(nobody.code == 65 && nobody.errors.contains("no log of n-9"))

            let second = try await LiveLab(home, file)
            try await second.wait(for: "all ready") { $0.core.allReadyAt != nil }
            try await second.end()
            let both = try await home.squall("runs", "--runs", home.runs)
            #expect(both.output == "\(second.folder.name)\n\(lab.folder.name)\n")
            let pruned = try await home.squall("runs", "prune", "--keep", "1", "--runs", home.runs)
            #expect(pruned.output == "removed \(lab.folder.name)\n")
            #expect(access(lab.folder.path, F_OK) != 0)
            let rest = try await home.squall("runs", "--runs", home.runs)
            #expect(rest.output == "\(second.folder.name)\n")
        }

        private func notes(_ home: Home, _ lab: LiveLab) async throws {
            let words = ["note", "a remark:", "50% # of \"it\"", "é"]
            let ran = try await home.start(words).end()
            #expect(ran.code == 0, "\(ran.errors)")
            try await lab.wait(for: "the note") { _ in
                lab.entries.contains {
                    $0.event == .note("a remark: 50% # of \"it\" é", by: "do")
                }
            }
            let empty = try await home.squall("note", "")
            #expect(empty.code == 64 && empty.errors.contains("a word"))
        }

        /// Every line of these nodes, by time, without a control character.
        private func logs(_ home: Home, _ words: [String], of nodes: [String]) async throws {
            let ran = try await home.start(words).end()
            #expect(ran.code == 0, "\(words): \(ran.errors)")
            let lines = ran.output.split(separator: "\n").map { $0.split(separator: " ") }
            let times = lines.compactMap { $0.first.flatMap { Double($0) } }
            #expect(times.count == lines.count && times == times.sorted(), "\(ran.output)")
            #expect(Set(lines.map { String($0[1]) }) == Set(nodes), "\(ran.output)")
            for node in nodes {
                #expect(ran.output.contains(" \(node) begun on \(node)\n"), "\(ran.output)")
                #expect(
                    ran.output.contains(" \(node) a \u{FFFD}[31mred\u{FFFD} line\n"),
                    "\(ran.output)")
            }
        }
    }
}
