import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// What the clients did, as the run's folder tells it.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct HistoryTests {
        @Test(arguments: Who.all)
        func
            `every operation is in the history, also those of a client that was killed, and by hand`(
                who: Who
            ) async throws
        {
            let lab = try await LiveLab(Home(who), "kv")
            try await lab.wait(for: "all ready", within: .seconds(30)) { $0.core.allReadyAt != nil }
            try await lab.wait(for: "operations") { $0.core.clients.total.ok > 200 }

            // By hand: the answer is in the echo, in a signal, and in the history.
            #expect(try await lab.do("put colour red at kv-2").contains("kv-2 ok"))
            let echo = try await lab.do("get colour at kv-1,kv-2")
            #expect(echo.contains("kv-1 red") && echo.contains("kv-2 red"), "\(echo)")
            #expect(try await lab.do("get nothing at kv-1").contains("no such key"))
            #expect(try await lab.do("call kv-1 GET /health").contains("kv-1 ok"))
            for question in [
                "last(put, kv-2) == ok", "last(get, kv-2) == red", "last(call, kv-1) == ok",
                "last(get, kv-1) == none",
            ] {
                let ran = try await lab.home.start(["ask", question]).end()
                #expect(ran.code == 0, "\(question): \(ran.output)\(ran.errors)")
            }
            try await lab.do("pause kv-3 as nap")
            #expect(try await lab.do("get colour at kv-3").contains("timeout"))
            try await lab.do("heal nap")

            try await kill(lab)
            try await lab.wait(for: "the second start") { state in
                state.core.nodes.contains { $0.name == "client-1" && $0.change.starts == 2 }
            }
            let before = lab.state.core.clients.total.ok
            try await lab.wait(for: "more operations") { $0.core.clients.total.ok > before + 200 }
            try await lab.end()

            let text = try String(contentsOfFile: lab.folder.history, encoding: .utf8)
            let history = try History(text)
            #expect(history.end["lost"] == 0 && history.end["keys-dropped"] == 0)
            let total = lab.state.core.clients.total
            let answered = history.lines.count { $0[6] as? String == "ok" }
            // Reports of the killed client's last moment died with it, its history did not.
            #expect(UInt64(answered) + UInt64(history.refusedComparisons) >= total.ok)
            #expect(history.end["ok"] == answered)
            var writes: [String: Int] = [:]
            for line in history.lines where line[3] as? String == "write" {
                writes["\(line[5])", default: 0] += 1
            }
            #expect(writes.values.allSatisfy { $0 == 1 }, "a value is written once")
            for line in history.lines where line[3] as? String == "read" {
                guard !(line[5] is NSNull) else { continue }
                let isKnown = writes["\(line[5])"] != nil || history.compared.contains("\(line[5])")
                #expect(isKnown, "read \(line[5]), which nobody wrote")
            }
            let byHand = history.lines.filter { $0[2] as? String == "operator" }
            #expect(
                byHand.map { $0[3] as? String } == [
                    "write", "read", "read", "read", "call", "read",
                ])
            #expect(byHand.last?[6] as? String == "unknown" && byHand.last?[1] is NSNull)
        }

        /// As the kernel does when memory is short.
        private func kill(_ lab: LiveLab) async throws {
            let words =
                "for p in /proc/[0-9]*; do grep -q '[_]_client' $p/cmdline && kill -9 ${p#/proc/}; done"
            _ = try await lab.home.start(["exec", "client-1", "sh", "-c", words]).end()
        }

        @Test func `a history that is to be short gives up whole keys and says so`() async throws {
            let home = try Home()
            let text = try String(
                contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                    .appendingPathComponent("../../topologies/kv.yaml"), encoding: .utf8)
            let file = try home.topology(
                text.replacingOccurrences(
                    of: "  keys: 20\n", with: "  keys: 20\n  history: 1000\n"),
                "kv")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "operations", within: .seconds(60)) {
                $0.core.clients.total.ok > 1_500
            }
            try await lab.end()
            let history = try History(
                String(contentsOfFile: lab.folder.history, encoding: .utf8))
            #expect(history.lines.count <= 1_000 && history.lines.count > 500)
            #expect(!history.dropped.isEmpty && history.dropped.count < 20)
            #expect(history.end["keys-dropped"] == history.dropped.count)
            let notes = lab.entries.contains {
                if case .note(let text, "history") = $0.event {
                    text.contains("fills up")
                } else {
                    false
                }
            }
            #expect(notes, "people are told")
        }

        /// A history, read by a parser that is not ours.
        private struct History {
            var lines: [[Any]] = []
            var dropped: Set<String> = []
            var end: [String: Int] = [:]

            init(_ text: String) throws {
                for line in text.split(separator: "\n") {
                    let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                    if let line = value as? [Any] { lines.append(line) }
                    guard let object = value as? [String: Any] else { continue }
                    if let end = object["end"] as? [String: Int] { self.end = end }
                    if let keys = object["dropped"] as? [String] { dropped.formUnion(keys) }
                }
            }

            /// Values that compare-and-sets would set.
            var compared: Set<String> {
                Set(
                    lines.filter { $0[3] as? String == "cas" }.compactMap {
                        ($0[5] as? [Any]).map { "\($0[1])" }
                    })
            }

            var refusedComparisons: Int {
                lines.count { $0[3] as? String == "cas" && $0[6] as? String == "refused" }
            }
        }
    }
}
