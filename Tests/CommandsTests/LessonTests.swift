import Foundation
import Testing

/// Lessons as they are taught and as a CI plays them: real clusters.
@Suite(.serialized) struct LessonTests {
    private func squall(_ home: String, _ words: [String]) throws -> (text: String, status: Int32) {
        try Programs.run(
            Programs.squall, words,
            environment: ["XDG_STATE_HOME": home + "/state", "XDG_RUNTIME_DIR": home + "/run"])
    }

    @Test(arguments: [
        "first-partition", "crash-and-recovery", "replication-lag", "split-brain",
        "latency-and-throughput",
    ])
    func aShippedLessonWorks(lesson: String) throws {
        try Programs.withFolder { home in
            let (text, status) = try squall(home, ["learn", lesson, "--check"])
            #expect(status == 0, "\(text)")
            #expect(text.contains("PASSED"))
            let steps = text.split(separator: "\n").filter { $0.hasPrefix("  step ") }
            #expect(steps.last?.contains("step \(steps.count) of \(steps.count) ") == true)
            #expect(try Programs.processes(of: home).isEmpty, "something was left behind")
        }
    }

    @Test func lessonsAreListed() throws {
        try Programs.withFolder { home in
            let (text, status) = try squall(home, ["learn"])
            #expect(status == 0)
            let first = "first-partition   Your first partition   6 minutes, on etcd"
            #expect(text.hasPrefix(first))
            #expect(text.split(separator: "\n").filter { $0.contains(" minutes, on ") }.count == 5)
        }
    }

    private let topology = """
        name: small
        nodes: {a: {run: sleep 1000, stop: {grace: 1s}}, b: {run: sleep 1000, stop: {grace: 1s}}}
        """

    @Test func aLessonThatDoesNotWorkFailsItsCheck() throws {
        try Programs.withFolder { home in
            let file = home + "/wrong.yaml"
            try """
            \(topology)
            lesson:
              title: Wrong
              minutes: 1
              steps:
                - do: Nothing.
                  try: [note x]
                  done: ready(a)
                - do: Crash it.
                  try: [crash a]
                  done: did(crash, a)
                - do: Crash nobody.
                  try: [heal gone]
                  done: did(heal)
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let (wrong, code) = try squall(home, ["learn", file, "--check"])
            // 'gone' is no fault of this lesson: told where it stands.
            #expect(code == 65)
            #expect(wrong.contains("wrong.yaml:14:18: error: no fault"), "\(wrong)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("heal gone", with: "note x").write(
                toFile: file, atomically: true, encoding: .utf8)
            let (told, status) = try squall(home, ["learn", file, "--check"])
            #expect(status == 1)
            #expect(told.contains("FAILED: 'done' is true before anything was tried: ready(a)"))
            #expect(told.contains("did(crash, a)"))
            #expect(told.contains("FAILED: 'done' did not come true within 30s: not did(heal)"))
            #expect(told.hasSuffix("FAILED\n"))
        }
    }

    @Test func aClusterThatIsNeverReadyIsFour() throws {
        try Programs.withFolder { home in
            let file = home + "/never.yaml"
            try """
            name: never
            nodes: {a: {run: sleep 1000, ports: {x: 1}, probe: {kind: tcp}, stop: {grace: 1s}}}
            lesson: {title: Never, minutes: 1, steps: [{say: Wait.}]}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let (text, status) = try squall(home, ["learn", file, "--check"])
            #expect(status == 4, "\(text)")
        }
    }

    @Test func mistakesAreToldWithTheirPlaces() throws {
        try Programs.withFolder { home in
            let file = home + "/odd.yaml"
            try """
            title: Odd
            minutes: 1
            with: kv
            set: {replicas: 5}
            steps:
              - say: Look.
                show: overwiew
                done: redy(all)
              - set: {replication: leader}
                say: Again.
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let (text, status) = try squall(home, ["learn", file])
            #expect(status == 65)
            #expect(text.contains("odd.yaml:4:7: error: no setting of kv is called 'replicas'"))
            #expect(text.contains("odd.yaml:9:5: error: 'set' is not in this version"))
            let good = try String(contentsOfFile: file, encoding: .utf8)
                .replacing("set: {replicas: 5}\n", with: "")
                .replacing("- set: {replication: leader}\n    say: Again.", with: "- say: Again.")
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            let (lines, code) = try squall(home, ["learn", file])
            #expect(code == 65)
            #expect(lines.contains("odd.yaml:6:11: error: the dashboard has no screen 'overwiew'"))
            #expect(lines.contains("odd.yaml:7:11: error: there is no signal 'redy'"))
            try good.replacing("with: kv", with: "with: kw").write(
                toFile: file, atomically: true, encoding: .utf8)
            let unknown = try squall(home, ["learn", file]).text
            #expect(unknown.contains("odd.yaml:3:7: error: no topology is called 'kw'"))
        }
    }

    @Test func aLessonIsValidatedWithoutStartingAnything() throws {
        try Programs.withFolder { home in
            let file = home + "/fine.yaml"
            let text = "title: Fine\nminutes: 1\nwith: kv\nsteps: [{say: Look.}]\n"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try squall(home, ["validate", file]) == ("Fine: 1 step, on kv\n", 0))
            try text.replacing("say", with: "sya").write(
                toFile: file, atomically: true, encoding: .utf8)
            let (wrong, status) = try squall(home, ["validate", file])
            #expect(status == 65 && wrong.contains("fine.yaml:4:10: error: unknown key 'sya'"))
            #expect(!FileManager.default.fileExists(atPath: home + "/state/squall/runs"))
        }
    }

    @Test func anInterruptedCheckLeavesNothingBehind() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 100, rows: 20, home: home)
            try terminal.run("squall learn crash-and-recovery --check; echo en''ded with $?")
            try terminal.waitFor("step 2 of 7", within: 60)
            try terminal.press("C-c")
            try terminal.waitFor("ended with 130")
            let left = try Programs.processes(of: home).filter { id in
                let words = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
                return String(decoding: words, as: UTF8.self).contains("squall")
            }
            #expect(left.isEmpty)
        }
    }

    @Test func aLearnerWalksTheFirstStepsByKeys() throws {
        try Programs.withFolder { home in
            let terminal = try Tmux(columns: 140, rows: 40, home: home)
            try terminal.run("squall learn first-partition; echo le''ft with $?")
            try terminal.waitFor("step 1 of 5", within: 60)
            try terminal.waitFor("● Find the leader")
            try terminal.waitFor("⏎ go on")
            try terminal.press("Enter")
            try terminal.waitFor("step 2 of 5")
            try terminal.waitFor("1-3 your prediction")
            try terminal.waitFor("○ Press p")
            try terminal.type("2")
            try terminal.waitFor("the prediction is kept") { !$0.contains("1-3 your prediction") }
            // H gives a hint; the digits go to the screens again.
            try terminal.type("H")
            try terminal.waitFor("The cursor has to be")
            try terminal.type("2")
            try terminal.waitFor("from ╲ to")
            try terminal.type("1")
            try terminal.type(":partition leader / rest for 60s")
            try terminal.press("Enter")
            try terminal.waitFor("● Press p")
            try terminal.waitFor("You said so.")
            try terminal.press("Enter")
            // The step goes to its screen.
            try terminal.waitFor("step 3 of 5")
            try terminal.waitFor("available")
            try terminal.resize(columns: 80, rows: 24)
            try terminal.waitFor("the panel below, and the keys") {
                $0.contains("step 3 of 5") && $0.contains("? help")
            }
            try terminal.stopsLab()
            try terminal.expectWhole()
            // The recording knows what was said.
            let runs = home + "/state/squall/runs/"
            let run = try #require(FileManager.default.contentsOfDirectory(atPath: runs).first)
            let journal = try String(
                contentsOfFile: runs + run + "/journal.ndjson", encoding: .utf8)
            #expect(
                journal.contains("predicted: We cut the leader off from the two followers. ")
                    && journal.contains("They stop for a moment and go on at the other side."))
        }
    }
}
