import Foundation
import Glibc
import Journal
import Testing

extension LabTests {
    /// What a headless run leaves for people and for a CI, on real machines.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct ReportTests {
        private static let files = [
            "report.html", "junit.xml", "report.tap", "report.json", "summary.md", "metrics.txt",
        ]

        private func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }

        @Test func `several seeds are told in one sentence, and every report is there`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(ExitCodeTests.topology, "codes")
            let ran = try await home.squall(
                "run", file, "broken", "--runs", home.runs, "--seeds", "2", "--seed", "7",
                "--report", home.path + "/out", "--github", within: .seconds(60))
            #expect(ran.code == 1, "\(ran.output)\(ran.errors)")
            let lines = ran.output.split(separator: "\n").map(String.init)
            #expect(lines.contains("0 of 2 passed; seeds 7 and 8 fail"), "\(ran.output)")
            #expect(lines.last == "again: squall run \(file) broken --seed 7")
            #expect(lines.contains { $0.hasPrefix("::error file=\(file),line=") }, "\(ran.output)")
            for name in Self.files {
                #expect(try !text(home.path + "/out/" + name).isEmpty, "\(name)")
            }
            #expect(
                try text(home.path + "/out/report.html").contains("restarts(a) &gt; 5 is broken"))
            #expect(try text(home.path + "/out/junit.xml").contains("tests=\"6\" failures=\"2\""))
        }

        @Test func `an interrupted run leaves its reports, and what was to come is left out`()
            async throws
        {
            let home = try Home()
            let started = try home.start([
                "run", home.topology(ExitCodeTests.topology, "codes"), "long", "--runs", home.runs,
                "--seeds", "3", "--report", home.path + "/out",
            ])
            let told = await onThread {
                let deadline = ContinuousClock.now + .seconds(20)
                while ContinuousClock.now < deadline {
                    if started.output.contains("f1 proved") { return true }
                    usleep(20_000)
                }
                return false
            }
            #expect(told, "\(started.output)")
            kill(started.id, SIGINT)
            let ran = try await started.end(within: .seconds(20))
            #expect(ran.code == 130, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("1 of 3 ran"), "\(ran.output)")
            #expect(RunFolder.list(in: home.runs).count == 1)
            let json = try text(home.path + "/out/report.json")
            #expect(json.contains("\"outcome\": \"interrupted\""))
            #expect(json.contains("it was interrupted at step 3, wait 1h"), "\(json)")
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test func `strict runs fail on what could not be judged, others are unknown`() async throws
        {
            let home = try Home()
            let file = try home.topology(
                """
                squall: 1
                name: odd
                nodes: {a: {run: sleep 1000, stop: {grace: 1s}}}
                scenarios:
                  odd:
                    settle: 1s
                    steps: [wait until ready(a) within 10s]
                    expect: [lag(a) < 1s]
                """, "odd")
            for (options, code) in [([], 2), (["--strict"], 1)] as [([String], Int32)] {
                let ran = try await home.start(
                    ["run", file, "--runs", home.runs, "--seed", "3"] + options
                ).end(within: .seconds(30))
                #expect(ran.code == code, "\(ran.output)\(ran.errors)")
                #expect(
                    ran.output.contains("lag(a) < 1s could not be judged"), "\(ran.output)")
                #expect(
                    ran.output.split(separator: "\n").last.map(String.init)
                        == (["again: squall run \(file) odd --seed 3"] + options)
                        .joined(separator: " "))
            }
        }

        @Test func `a run beside an earlier one, packed into a file`() async throws {
            let home = try Home()
            let file = try home.topology(ExitCodeTests.topology, "codes")
            _ = try await home.squall(
                "run", file, "fine", "--runs", home.runs, "--seed", "7")
            let pack = home.path + "/run.tar"
            let packed = try await home.squall(
                "pack", "last", "--runs", home.runs, "--output", pack)
            #expect(packed.code == 0, "\(packed.errors)")
            let ran = try await home.squall(
                "run", file, "fine", "--runs", home.runs, "--seed", "7", "--baseline", pack)
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains(/recovery\(crash\) .*, was .*/), "\(ran.output)")
            let table = try await home.squall("export", pack, "--csv")
            #expect(table.output.hasPrefix("second,due,"), "\(table.errors)")
            let script = try await home.squall(
                "export", pack, "--script", "--as-written", "--size", "80x24")
            #expect(script.output.contains("- crash a for 300ms as crash"), "\(script.errors)")
        }
    }
}
