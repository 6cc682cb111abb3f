import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Clocks that are set, and programs whose clock cannot be.
    @Suite(.serialized, .timeLimit(.minutes(3)))
    struct ClockTests {
        private static let topology = """
            squall: 1
            name: clocks
            nodes:
              teller:
                clock: faultable
                shell: |
                  exec perl -MTime::HiRes=time,sleep -e '$| = 1; while (1) { print time, "\\n"; sleep 0.1 }'
              other:
                run: sleep 1000
            """

        @Test(arguments: Who.all)
        func `a clock goes ahead, behind, faster, and back again`(who: Who) async throws {
            try Programs.need("perl", package: "perl")
            try Programs.need("faketime", package: "faketime")
            let home = try Home(who)
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            try await ahead(lab, -0.5...0.5)
            for (line, range) in [
                ("clock teller ahead 1h as early", 3_599.0...3_601.0),
                ("clock teller behind 30m as late", 1_799...1_801),
            ] {
                let id = try await lab.inject(line)
                let proof = try await lab.proof(of: id)
                #expect(proof.verdict == .proved, "\(line): \(proof.words)")
                try await ahead(lab, range)
            }
            try await lab.do("heal early")
            try await ahead(lab, -1_801...(-1_799))
            try await lab.do("heal late")
            try await ahead(lab, -0.5...0.5)

            let fast = try await lab.inject("clock teller speed 3 as fast")
            let proof = try await lab.proof(of: fast)
            #expect(proof.verdict == .proved, "\(proof.words)")
            // Two seconds are gained each second, from its beginning on.
            try await ahead(lab, 2...20)
            try await ahead(lab, 6...60)
            try await lab.do("restart teller")
            try await lab.wait(for: "teller again") { _ in
                let node = try? lab.node("teller")
                return node?.phase == .ready && node?.change.starts == 2
            }
            try await ahead(lab, 8...90)
            try await lab.do("heal fast")
            try await ahead(lab, -0.5...0.5)

            let ran = try await home.start(["do", "clock", "other", "ahead", "5s"]).end()
            #expect(ran.code != 0 && ran.errors.contains("a clock that cannot be set"), "\(ran)")
            try await lab.end()
        }

        /// Waits until the last time that the node told is so much ahead of the time now, in seconds.
        private func ahead(
            _ lab: LiveLab, _ range: ClosedRange<Double>,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let log = lab.folder.log(of: "teller")
            try await lab.wait(
                for: "a clock \(range) s ahead", sourceLocation: sourceLocation
            ) { _ in
                let last = contents(log).split(separator: "\n").last?.split(separator: "\t").last
                guard let told = last.flatMap({ Double($0) }) else { return false }
                return range.contains(told - Date().timeIntervalSince1970)
            }
        }

        @Test
        func `a program whose clock cannot be set is refused by name, before anything starts`()
            async throws
        {
            try Programs.need("faketime", package: "faketime")
            try Programs.need("redis-server", package: "redis-server")
            let home = try Home()
            let file = try home.topology(
                """
                squall: 1
                name: clocks
                nodes:
                  cache:
                    clock: faultable
                    run: redis-server --port 6379
                """)
            let ran = try await home.squall("up", file, "--detach", "--runs", home.runs)
            #expect(ran.code == 69, "\(ran)")
            #expect(
                ran.errors.contains(
                    "small.yaml:5:5: error: redis-server cannot be told another time"),
                "\(ran.errors)")
            #expect(processes(marked: home.mark).isEmpty)
        }
    }
}
