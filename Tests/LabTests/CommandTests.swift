import Cluster
import Foundation
import Journal
import Testing

/// Everything below uses real machines, one lab at a time.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LabTests {}

extension LabTests {
    /// `squall do` of every command of this version, and what the journal says became of it.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct CommandTests {
        static let topology = """
            squall: 1
            name: small
            nodes:
              n:
                count: 8
                run: sh -c 'trap "echo heard" USR1; echo begun; while :; do sleep 0.1; done'
                restart: {policy: always, backoff: 100ms..400ms}
                stop: {signal: KILL, grace: 1s}
              stubborn:
                run: sh -c 'trap "" TERM; while :; do sleep 0.1; done'
                stop: {signal: TERM, grace: 300ms}
            """

        /// As root with the best attachment, as an ordinary user with the one that is always there.
        @Test(arguments: Who.all)
        func `every command does what it says, is proved, and taken back`(who: Who) async throws {
            let home = try Home(who)
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            try await processFaults(lab)
            try await holders(lab)
            try await linkFaults(lab)
            try await divisions(lab)
            try await smallCommands(lab)
            try await refusals(lab)
            try await lab.end()
            try replay(lab)
        }

        /// All at once, each on a node of its own.
        private func processFaults(_ lab: LiveLab) async throws {
            let kill = try await lab.inject("kill n-1")
            let crash = try await lab.inject("crash n-2 as oops")
            let crashed = try await lab.inject("crash n-3 for 2s as away")
            let paused = try await lab.inject("pause n-4 for 2s as nap")
            let frozen = try await lab.inject("freeze n-5 for 2s as ice")
            let dark = try await lab.inject("poweroff n-6 for 2s as dark")
            let stopped = try await lab.inject("stop n-7 for 2s as halt")
            let all = [kill, crash, crashed, paused, frozen, dark, stopped]
            for id in all {
                let proof = try await lab.proof(of: id)
                let text = lab.fault(id)?.record.text ?? ""
                #expect(proof.verdict == .proved, "\(text): \(proof.words)")
            }
            for id in all {
                try await lab.wait(for: "end of \(id)") { _ in lab.fault(id)?.ended != nil }
                let momentary = [kill, crash].contains(id)
                #expect(lab.fault(id)?.end == (momentary ? .momentary : .elapsed))
            }
            for id in [crashed, paused, frozen, dark, stopped] {
                let fault = try #require(lab.fault(id))
                let lasted = (try #require(fault.ended) - fault.began).inSeconds
                #expect(lasted > 1.9 && lasted < 3, "\(fault.record.text): \(lasted) s")
            }
            try await allReady(lab)

            func reasons(_ name: String) throws -> [String] {
                try lab.course(of: name).map(\.reason)
            }
            #expect(try reasons("n-1").contains("killed by SIGKILL, injected by \(kill)"))
            #expect(try reasons("n-2").contains("killed by SIGKILL, injected by \(crash)"))
            #expect(
                try reasons("n-3").contains(
                    "killed by SIGKILL, injected by \(crashed); held down by \(crashed)"))
            for name in ["n-4", "n-5"] {
                #expect(try lab.node(name).change.starts == 1, "\(name) keeps its process")
            }
            #expect(try lab.course(of: "n-6").contains { $0.phase == .off })
            #expect(try lab.course(of: "n-7").contains { $0.phase == .stopping })
            for name in ["n-1", "n-2", "n-3", "n-6", "n-7"] {
                #expect(try lab.node(name).change.starts == 2, "\(name)")
            }
        }

        /// One out of several is let go; two holders of one node.
        private func holders(_ lab: LiveLab) async throws {
            let dark = try await lab.inject("poweroff n-1,n-2 as both")
            let ice = try await lab.inject("freeze n-3,n-4 as ices")
            for id in [dark, ice] {
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(proof.words)")
            }
            try await lab.do("poweron n-1")
            try await lab.do("resume n-3")
            try await lab.wait(for: "n-1 ready") { _ in (try? lab.node("n-1").phase) == .ready }
            #expect(try lab.node("n-2").phase == .off)
            // What is free again is reached again: a new fault on it can be felt.
            let slow = try await lab.inject("delay between n-1 and n-3 by 30ms")
            let proof = try await lab.proof(of: slow)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(lab.fault(dark)?.isActive == true && lab.fault(ice)?.isActive == true)

            let crash = try await lab.inject("crash n-2 for 1s")
            try await lab.wait(for: "end of the crash") { _ in lab.fault(crash)?.ended != nil }
            #expect(try lab.node("n-2").phase == .off, "the power cut still holds it")
            try await lab.do("heal all")
            try await lab.wait(for: "no fault") { $0.core.faults.allSatisfy { !$0.isActive } }
            #expect(lab.fault(dark)?.end == .healed && lab.fault(slow)?.end == .healed)
            try await allReady(lab)

            // Who is crashed is gone when the command is done: nothing has to be waited for.
            _ = try await lab.inject("crash n-8 for 1s")
            #expect(try lab.node("n-8").phase == .stopped)
            #expect(try await lab.home.start(["ask", "ready(n-8)"]).end().code == 1)
            try await allReady(lab)

            let stubborn = try await lab.inject("stop stubborn")
            try await lab.wait(for: "stubborn stopped") { _ in
                (try? lab.node("stubborn").phase) == .stopped
            }
            #expect(try lab.node("stubborn").change.signal == "SIGKILL")
            #expect(try await lab.proof(of: stubborn).verdict == .proved)
            try await lab.do("start stubborn")
            try await allReady(lab)
            try await lab.wait(for: "its end") { _ in lab.fault(stubborn)?.end == .healed }
        }

        /// All at once, each on lines of its own.
        private func linkFaults(_ lab: LiveLab) async throws {
            let lines = [
                "cut from n-1 to n-2 for 3s as one-way",
                "cut between n-3 and n-4 for 3s as both-ways",
                "delay from n-5 to n-6 by 60ms jitter 10ms for 3s as jittery",
                "loss between n-7 and n-8 40% for 4s as lossy",
            ]
            var ids: [FaultID] = []
            for line in lines { ids.append(try await lab.inject(line)) }
            for (id, line) in zip(ids, lines) {
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(line): \(proof.words)")
                #expect(proof.applied > 0, "\(line)")
            }
            for id in ids {
                try await lab.wait(for: "end of \(id)") { _ in lab.fault(id)?.ended != nil }
                #expect(lab.fault(id)?.end == .elapsed)
                // The line is asked once more when it is its own again.
                try await lab.wait(for: "the end of the proof of \(id)") { _ in
                    lab.fault(id)?.proof?.words.contains("; afterwards ") ?? false
                }
                let words = lab.fault(id)?.proof?.words ?? ""
                #expect(words.hasSuffix(" as before"), "\(words)")
            }
            // Two on one line add up; what is left when one goes is the other.
            var last: FaultID?
            for line in [
                "delay between n-1 and n-2 by 40ms as long",
                "delay from n-1 to n-2 by 25ms as short",
            ] {
                let id = try await lab.inject(line)
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(proof.words)")
                last = id
            }
            let short = try #require(last)
            try await lab.do("heal long")
            #expect(lab.fault(short)?.isActive == true)
            try await rtt(lab, 0.025...0.035)
            try await lab.do("heal on n-2")
            try await lab.wait(for: "the healing") { _ in lab.fault(short)?.end == .healed }
            try await rtt(lab, 0...0.02)
        }

        /// The next round trips that are felt between n-1 and n-2 lie there.
        private func rtt(_ lab: LiveLab, _ range: ClosedRange<Float>) async throws {
            let ends = try (lab.node("n-1").id, lab.node("n-2").id)
            let since = lab.state.core.now
            try await lab.wait(for: "a round trip of \(range) s") { state in
                guard let link = state.core.links[LinkID(from: ends.0, to: ends.1)] else {
                    return false
                }
                return link.sampledAt > since && range.contains(link.sample.rtt)
            }
        }

        private func divisions(_ lab: LiveLab) async throws {
            let all = (1...8).map { "n-\($0)" } + ["stubborn"]
            let rest = all.dropFirst(2).joined(separator: ",")
            for (line, names) in [
                (
                    "partition n-1,n-2 / rest for 2s as split",
                    "partition n-1,n-2 / \(rest) for 2s as split"
                ),
                ("isolate n-3 as alone", "isolate n-3 as alone"),
                ("unplug n-4 as pulled", "unplug n-4 as pulled"),
            ] {
                let id = try await lab.inject(line)
                #expect(lab.fault(id)?.record.text == names)
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(line): \(proof.words)")
                if let name = lab.fault(id)?.record.name, name != "split" {
                    try await lab.do("heal \(name)")
                }
                try await lab.wait(for: "end of \(id)") { _ in lab.fault(id)?.ended != nil }
            }
        }

        private func smallCommands(_ lab: LiveLab) async throws {
            let starts = try lab.node("n-5").change.starts
            try await lab.do("restart n-5")
            try await lab.wait(for: "n-5 again") { _ in
                let node = try? lab.node("n-5")
                return node?.phase == .ready && node?.change.starts == starts + 1
            }
            try lab.catchUp()
            let first = lab.entries.count
            let before = lab.state.core.nodes.map(\.change.starts)
            try await lab.do("restart n rolling")
            try await lab.wait(for: "all restarted") { state in
                zip(state.core.nodes, before).allSatisfy { node, starts in
                    node.name == "stubborn"
                        || node.phase == .ready && node.change.starts == starts + 1
                }
            }
            let order = lab.entries.dropFirst(first).compactMap { entry -> String? in
                guard case .nodeChanged(let id, let change) = entry.event else { return nil }
                return "\(id.index + 1) \(change.phase.rawValue)"
            }
            #expect(order == (1...8).flatMap { ["\($0) stopping", "\($0) ready"] })
            try await lab.do("signal n-6 USR1")
            try await lab.do("exec n-7 echo ran in {name}")
            let logs = [("n-6", "heard"), ("n-7", "ran in n-7")]
            for (name, text) in logs {
                try await lab.wait(for: "\(text) in the log of \(name)") { _ in
                    contents(lab.folder.log(of: name)).contains(text)
                }
            }
            try await lab.do("note so far so good")
            try await lab.wait(for: "the note") { _ in
                lab.entries.contains { $0.event == .note("so far so good", by: "do") }
            }
        }

        private func refusals(_ lab: LiveLab) async throws {
            try lab.catchUp()
            let before = lab.state.core.faults.count
            for (line, words) in [
                ("crash nobody", "nobody"), ("crash leader", "leader"), ("heal f999", "f999"),
                ("heal split", "over already"), ("pause n-1 as split", "split"),
                ("crash n-1 for soon", "soon"), ("scale n to 9", "not in this version"),
                ("traffic 5/s", "workload"),
                ("clock n-1 ahead 5s", "not in this version"),
                ("signal n-1 NOTHING", "NOTHING"), ("exec n-1 exit 7", "status 7"),
            ] {
                let ran = try await lab.home.start(
                    ["do"] + line.split(separator: " ").map(String.init)
                )
                .end()
                #expect(ran.code != 0, "\(line) was not refused")
                #expect(ran.errors.contains(words), "\(line): \(ran.errors)")
            }
            // The last refusal is in the journal, and no fault before it.
            try await lab.do("note refused")
            try await lab.wait(for: "the note") { _ in
                lab.entries.contains { $0.event == .note("refused", by: "do") }
            }
            #expect(lab.state.core.faults.count == before)
        }

        private func allReady(_ lab: LiveLab) async throws {
            try await lab.wait(for: "all ready") { state in
                state.core.nodes.allSatisfy { $0.phase == .ready }
            }
        }

        /// What was folded while the lab ran is what its recording folds to, whole and in pieces.
        private func replay(_ lab: LiveLab) throws {
            #expect(lab.state.core.ended?.code == 143)
            #expect(lab.state.core.faults.allSatisfy { !$0.isActive })
            let recording = try Recording(path: lab.folder.journal)
            #expect(recording.entries == lab.entries)
            #expect(recording.brokenLines == 0 && recording.unknownKinds.isEmpty)
            #expect(recording.last == lab.state)
            let middle = lab.entries.count / 2
            var state = ClusterState()
            for entry in lab.entries.prefix(middle) { state.apply(entry) }
            #expect(recording.state(after: middle) == state)
        }
    }
}
