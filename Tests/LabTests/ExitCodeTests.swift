import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Every exit code of a headless run, and what is left when it is interrupted.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct ExitCodeTests {
        static let topology = """
            squall: 1
            name: codes
            nodes:
              ended: {run: "true"}
              a: {run: sleep 1000, stop: {grace: 1s}, after: {ended: exited}}
              b: {run: sleep 1000, stop: {grace: 1s}}
            scenarios:
              fine:
                settle: 1s
                steps:
                  - wait until ready(a) within 10s
                  - crash a for 300ms as crash
                  - wait until ready(a) within 10s
                expect:
                  - ready(b)
              broken:
                settle: 1s
                steps:
                  - wait until ready(a) within 10s
                expect:
                  - restarts(a) > 5
              no-effect:
                settle: 1s
                steps:
                  - wait until ready(a) within 10s
                  - kill ended
                  - wait 3s
                expect:
                  - ready(a)
              never-ready:
                settle: 1s
                steps:
                  - wait until restarts(a) > 100 within 1s
                  - crash a for 1s
                expect:
                  - ready(a)
              unsettled:
                settle: 1s
                steps:
                  - wait until ready(a) within 10s
                  - crash b
                  - wait 1s
                expect:
                  - ready(a)
              long:
                settle: 1s
                steps:
                  - wait until ready(a) within 10s
                  - pause b as nap
                  - wait 1h
                expect:
                  - ready(a)
            """

        @Test(
            arguments: [
                ("fine", 0, "PASSED"), ("broken", 1, "FAILED"), ("no-effect", 3, "NO EFFECT"),
                ("never-ready", 4, "NEVER READY"), ("unsettled", 5, "DID NOT SETTLE"),
            ])
        func `a run ends with the code of its verdict`(
            scenario: String, code: Int32, word: String
        ) async throws {
            let home = try Home()
            let ran = try await home.squall(
                "run", home.topology(Self.topology, "codes"), scenario, "--runs", home.runs,
                "--seed", "7")
            #expect(ran.code == code, "\(ran.output)\(ran.errors)")
            let lines = ran.output.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix(word + "   ") }, "\(ran.output)")
            #expect(lines.last?.hasPrefix("again: squall run ") == (code != 0), "\(ran.output)")
            #expect(ran.output.contains("--seed 7") == (code != 0))
            #expect(try recorded(in: home).ended?.code == code)
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
        func `an interrupted run heals, cleans up and says so`(
            signal: Int32, code: Int32
        ) async throws {
            let home = try Home()
            let started = try home.start(
                ["run", home.topology(Self.topology, "codes"), "long", "--runs", home.runs])
            let told = await onThread {
                let deadline = ContinuousClock.now + .seconds(20)
                while ContinuousClock.now < deadline {
                    if started.output.contains("f1 proved") { return true }
                    usleep(20_000)
                }
                return false
            }
            #expect(told, "\(started.output)")
            kill(started.id, signal)
            let ran = try await started.end(within: .seconds(20))
            #expect(ran.code == code, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("INTERRUPTED"), "\(ran.output)")
            let core = try recorded(in: home)
            #expect(core.ended?.code == code)
            #expect(core.faults.map(\.isActive) == [false])
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test func `a run that is killed takes its lab with it`() async throws {
            let home = try Home()
            let started = try home.start(
                ["run", home.topology(Self.topology, "codes"), "long", "--runs", home.runs])
            let lab = await onThread { () -> pid_t? in
                let deadline = ContinuousClock.now + .seconds(20)
                while ContinuousClock.now < deadline {
                    if started.output.contains("a ready") { return labs(of: home.runs).first }
                    usleep(20_000)
                }
                return nil
            }
            kill(started.id, SIGKILL)
            let id = try #require(lab, "\(started.output)")
            #expect(await onThread { processEnded(id, within: .seconds(10)) })
            _ = try await started.end()
            #expect(try recorded(in: home).ended?.reason == "its command is gone")
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test func `what cannot begin is refused before anything starts`() async throws {
            let home = try Home()
            let good = try home.topology(Self.topology, "codes")
            let bad = try home.topology(
                "squall: 1\nnodes:\n  a: {run: x, ports: {p: 99999}}\n  b: {rum: y}\n", "bad")
            let needs = try home.topology(
                "squall: 1\nneeds: [etcdctl-of-nobody, redis-of-nobody or nats-server-of-nobody]\n"
                    + "nodes: {a: {run: etcdctl-of-nobody}}\nscenarios: {s: {steps: [wait 1s]}}\n",
                "needs")
            let line = try home.topology(
                "squall: 1\nnodes: {a: {run: x}}\nscenarios: {s: {steps: [crash nobody for 5s]}}\n",
                "line")
            let script = home.path + "/topology/odd.yaml"
            try "steps:\n  - crash a for 1s\n  - crash nobody for 1s\n".write(
                toFile: script, atomically: false, encoding: .utf8)
            chmod(script, 0o644)
            for (words, code, text) in [
                (["run", good, script], 65, "odd.yaml:3:11: error:"),
                (["run", good, script, "--dry-run"], 65, "odd.yaml:3:11: error:"),
                (["run", good, "fine", "--baseline", "nothing"], 65, "nothing"),
                (["run", good, "fine", "--junit", home.path + "/none/x.xml"], 64, "x.xml"),
                (["run", good, "fine", "--seeds", "0"], 64, "--seeds"),
                (["run", good, "fine", "--all"], 64, "--all"),
                (["run", bad, "s"], 65, "bad.yaml:3:"), (["run", bad, "s"], 65, "bad.yaml:4:"),
                (["up", bad, "--detach"], 65, "rum"), (["run", line, "s"], 65, "nobody"),
                (["run", home.path + "/none.yaml", "s"], 65, "none.yaml"),
                (["run", good, "nothing"], 64, "nothing"), (["run", good], 64, "fine"),
                (["run", good, "fine", "--set", "x"], 64, "--set"),
                (["run", needs, "s"], 69, "etcdctl-of-nobody"),
                (["run", needs, "s"], 69, "redis-of-nobody (or nats-server-of-nobody)"),
                (["do", "crash", "a"], 69, "no lab"), (["frobnicate"], 64, "frobnicate"),
            ] as [([String], Int32, String)] {
                let ran = try await home.start(words).end()
                #expect(ran.code == code, "\(words): \(ran.errors)")
                #expect(ran.errors.contains(text), "\(words): \(ran.errors)")
            }
            #expect(RunFolder.list(in: home.runs).isEmpty, "a run was begun")
        }

        @Test func `a missing program is named with its package`() async throws {
            let home = try Home()
            let ran = try await home.squall(
                "run", "redis", "leader-crash", "--runs", home.runs,
                environment: ["PATH": "/nowhere"])
            #expect(ran.code == 69)
            #expect(ran.errors.contains("apt install redis-server"), "\(ran.errors)")
        }

        @Test func `where namespaces are refused the rule and the line that helps are named`()
            async throws
        {
            // A user namespace in which no further ones may be made, as on a machine that allows none.
            let home = try Home(.ordinary)
            let file = try home.topology(Self.topology, "codes")
            let none = "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$@\""
            let ran = try await home.squall(
                "run", file, "fine", "--runs", home.runs,
                prefix: [
                    "/usr/bin/unshare", "--user", "--map-current-user", "--keep-caps", "/bin/sh",
                    "-c",
                    none, "-",
                ])
            #expect(ran.code == 69, "\(ran.output)\(ran.errors)")
            #expect(ran.errors.contains("max_user_namespaces"), "\(ran.errors)")
        }

        private func recorded(in home: Home) throws -> Core {
            let folder = try #require(RunFolder.list(in: home.runs).first)
            return try Recording(path: folder.journal).last.core
        }
    }
}
