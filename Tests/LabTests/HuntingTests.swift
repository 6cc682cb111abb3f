import Foundation
import Journal
import Testing

extension LabTests {
    /// `squall hunt` on real clusters.
    @Suite(.serialized, .timeLimit(.minutes(5)))
    struct HuntingTests {
        /// Whoever crashes or loses its power was started twice: a promise that only such faults break.
        static let topology = """
            squall: 1
            name: fragile
            nodes:
              n:
                count: 3
                run: sleep 1000
                stop: {signal: KILL, grace: 1s}
            """

        private func hunt(_ home: Home, _ file: String, _ more: String...) throws -> Started {
            try home.start(
                [
                    "hunt", file, "--promise", "restarts(n-2) == 0", "--folder",
                    home.path + "/hunt", "--seed", "11", "--faults", "3", "--length", "1s",
                    "--patience", "1", "--repeats", "2",
                ] + more)
        }

        @Test func `a broken promise is hunted down to one fault, also across an interruption`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(Self.topology, "fragile")
            let first = try hunt(home, file)
            let begun = await onThread {
                let deadline = ContinuousClock.now + .seconds(60)
                while ContinuousClock.now < deadline {
                    if first.output.contains("1  schedule 1 of 50") { return true }
                    usleep(20_000)
                }
                return false
            }
            #expect(begun, "\(first.output)")
            kill(first.id, SIGINT)
            let stopped = try await first.end(within: .seconds(30))
            #expect([130, 1].contains(stopped.code), "\(stopped.output)\(stopped.errors)")

            let ran = try await hunt(home, file).end(within: .seconds(240))
            #expect(ran.code == 1, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("goes on after"), "\(ran.output)")
            #expect(ran.output.contains("it broke in 2 of 2 runs"), "\(ran.output)")
            let smallest = contents(home.path + "/hunt/smallest.yaml")
            let faults = smallest.split(separator: "\n").filter { $0.contains(" for ") }
            #expect(faults.count == 1 && faults[0].contains(" n-2 for "), "\(smallest)")

            // What it found is a scenario like any other.
            let again = try await home.squall(
                "run", file, home.path + "/hunt/smallest.yaml", "--runs", home.runs)
            #expect(again.code == 1, "\(again.output)\(again.errors)")
            #expect(processes(marked: home.mark).isEmpty)
        }

        /// A leader that acknowledges too early loses writes when it crashes, and only then.
        static let early = """
            squall: 1
            name: early
            nodes:
              kv:
                count: 1
                run: squall-node kv --replication leader --broken early-acknowledge
                ports: {http: 7000}
                restart: {policy: on-failure, backoff: 100ms..1s}
                stop: {signal: TERM, grace: 2s}
            probe: {kind: prometheus, path: /metrics}
            metrics: {role: kv_role, term: kv_term}
            workload: {kind: register, driver: kv, keys: 20, traffic: 200/s, clients: 1, connections: 8}
            checks: [no-lost-writes]
            """

        @Test func `a node that is broken is found by its check, with at most two faults`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(Self.early, "early")
            let ran = try await home.start([
                "hunt", file, "--folder", home.path + "/hunt", "--seed", "4", "--faults", "4",
                "--length", "3s", "--patience", "2", "--repeats", "2",
            ]).end(within: .seconds(280))
            #expect(ran.code == 1, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("the check no-lost-writes failed"), "\(ran.output)")
            let smallest = contents(home.path + "/hunt/smallest.yaml")
            let faults = smallest.split(separator: "\n").filter { $0.contains(" for ") }
            #expect((1...2).contains(faults.count), "\(smallest)")
            #expect(
                faults.contains { line in
                    ["crash ", "poweroff "].contains { line.contains($0) }
                }, "\(smallest)")
        }

        @Test func `a hunt needs a promise that is one, and its own folder`() async throws {
            let home = try Home()
            let file = try home.topology(Self.topology, "fragile")
            for (words, code, text) in [
                (["hunt", file], 64, "--promise"),
                (["hunt", file, "--promise", "restarts(n-2) =="], 65, "restarts(n-2) =="),
                (["hunt", file, "--promise", "ready(all)", "--length", "5"], 64, "--length"),
                (["hunt", file, "--promise", "ready(all)", "--faults", "0"], 64, "--faults"),
            ] as [([String], Int32, String)] {
                let ran = try await home.start(words).end()
                #expect(ran.code == code, "\(words): \(ran.output)\(ran.errors)")
                #expect(ran.errors.contains(text), "\(words): \(ran.errors)")
            }
            let folder = home.path + "/other"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try "{}".write(toFile: folder + "/hunt.json", atomically: true, encoding: .utf8)
            let ran = try await home.start(
                ["hunt", file, "--promise", "ready(all)", "--folder", folder]
            ).end()
            #expect(ran.code == 65 && ran.errors.contains("no hunt's notes"), "\(ran.errors)")
        }
    }
}
