import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// A lab that is told in lines and driven through a pipe, as a screen reader's user has it.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct LinearTests {
        /// `squall … --linear` with a pipe for what is typed.
        private struct Session {
            let started: Started
            let input: FileHandle

            init(_ home: Home, _ words: [String]) throws {
                let pipe = Pipe()
                started = try home.start(words + ["--linear"], input: pipe.fileHandleForReading)
                try pipe.fileHandleForReading.close()
                input = pipe.fileHandleForWriting
            }

            func type(_ line: String) throws {
                try input.write(contentsOf: Data((line + "\n").utf8))
            }

            /// Waits until a line matches; what was printed so far.
            @discardableResult
            func see(
                _ what: Regex<Substring>, within limit: Duration = .seconds(30),
                sourceLocation: SourceLocation = #_sourceLocation
            ) async throws -> String {
                let output = try await started.output(within: limit) { $0.contains(what) }
                return try #require(
                    output, "never seen; so far: \(started.output)", sourceLocation: sourceLocation)
            }
        }

        @Test
        func `a store is broken, asked about and healed by lines alone, and leaves nothing behind`()
            async throws
        {
            let home = try Home(Who.all[Who.all.count - 1])
            let session = try Session(home, ["up", "kv", "--runs", home.runs])
            try await session.see(#/cluster HEALTHY: 3 of 3 ready, leader kv-1, no fault/#)
            try session.type("crash kv-1")
            try await session.see(#/  fault f1 crash kv-1/#)
            try await session.see(#/  done crash kv-1/#)
            try await session.see(
                #/cluster NO QUORUM: .* of 3 ready|cluster DEGRADED: 2 of 3 ready/#)
            try session.type("why kv-1")
            try await session.see(#/  answer kv-1 /#)
            try session.type("status")
            try await session.see(#/  answer node kv-2 ready, follower/#)
            try session.type("# a remark, and then nonsense")
            try session.type("crash nobody")
            try await session.see(#/  refused .*nobody/#)
            try session.type("help crash")
            try await session.see(#/  answer crash .*: /#)
            try session.type("help")
            try await session.see(#/  answer quit: ends the cluster/#)
            try session.type("why nobody")
            try await session.see(#/  refused there is no node nobody: kv-1, /#)
            try session.type(String(repeating: "x", count: 9_000))
            try await session.see(#/  refused a line has at most 4096 bytes/#)
            try session.type("cut between kv-1 and kv-2 as split")
            try await session.see(#/  fault f2 cut between kv-1 and kv-2/#)
            try session.type("heal all")
            try await session.see(#/  over f2 healed/#)
            try session.type("wait until ready(all) within 20s")
            try await session.see(#/  done wait until ready/#)
            try session.type("quit")
            let ran = try await session.started.end()
            #expect(ran.code == 0, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("  ended quit, code 0"), "\(ran.output)")
            #expect(ran.output.contains("You did this: "))
            #expect(!ran.output.contains("\u{1B}"), "something steers a terminal")
            #expect(processes(marked: home.mark).isEmpty)

            // The recording tells the same, without what was answered.
            let replay = try await home.squall("replay", "last", "--runs", home.runs, "--linear")
            #expect(replay.code == 0, "\(replay.errors)")
            for line in ran.output.split(separator: "\n") where line.contains("  fault ") {
                #expect(replay.output.contains(line))
            }
            #expect(replay.output.contains("  command crash kv-1"))
        }

        private static let topology = """
            squall: 1
            name: lines
            nodes:
              a: {count: 2, run: sleep 1000, stop: {grace: 1s}}
            """

        @Test func `the end of the input ends one's own cluster`() async throws {
            let home = try Home()
            let session = try Session(
                home, ["up", home.topology(Self.topology, "lines"), "--runs", home.runs])
            try await session.see(#/cluster HEALTHY: 2 of 2 ready, no fault/#)
            try session.input.close()
            let ran = try await session.started.end()
            #expect(ran.code == 0 && ran.output.contains("  ended quit"), "\(ran.output)")
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func `a signal ends one's own cluster; without an input it goes on until then`(
            signal: Int32
        ) async throws {
            let home = try Home()
            // The input is /dev/null: nobody will ever say anything.
            let started = try home.start([
                "up", home.topology(Self.topology, "lines"), "--runs", home.runs, "--linear",
            ])
            let seen = try await started.output(within: .seconds(30)) {
                $0.contains("cluster HEALTHY")
            }
            #expect(seen != nil, "\(started.output)")
            kill(started.id, signal)
            let ran = try await started.end()
            #expect(ran.code == 128 + signal, "\(ran.output)\(ran.errors)")
            #expect(ran.output.contains("code \(128 + signal)"), "\(ran.output)")
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test func `who attaches may only look, and leaves the cluster to those that keep it`()
            async throws
        {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "lines"))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let looking = try Session(home, ["attach", "--read-only"])
            try await looking.see(#/cluster HEALTHY: 2 of 2 ready/#)
            try looking.type("crash a-1")
            try await looking.see(#/  refused started with --read-only: commands are refused/#)
            try looking.type("quit")
            #expect(try await looking.started.end().code == 0)

            let ending = try Session(home, ["attach"])
            try await ending.see(#/cluster HEALTHY: 2 of 2 ready/#)
            try ending.input.close()
            #expect(try await ending.started.end().code == 0)

            let leaving = try Session(home, ["attach"])
            try leaving.type("kill a-1")
            try await leaving.see(#/  fault f1 kill a-1/#)
            try leaving.type("detach")
            let left = try await leaving.started.end()
            #expect(left.code == 0, "\(left.output)")
            try lab.catchUp()
            #expect(lab.state.core.ended == nil)
            try await lab.end()
        }
    }
}
