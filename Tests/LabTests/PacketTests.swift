import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// `--capture` and `squall tcpdump`, as Wireshark's own reader sees what they write.
    @Suite(.serialized, .timeLimit(.minutes(4)))
    struct PacketTests {
        /// Root with each attachment that there is, an ordinary user with the one that is always there.
        static let kinds: [(Who, String)] =
            Who.all.map { ($0, "veth") }
            + (access("/dev/net/tun", R_OK | W_OK) == 0 ? [(Who.all[0], "tun")] : [])

        @Test(arguments: kinds)
        func `tshark reads a capture without a complaint, with what was dropped and why`(
            who: Who, attachment: String
        ) async throws {
            try Programs.need("tshark", package: "tshark")
            try Programs.need("redis-cli", package: "redis-tools")
            let home = try Home(who)
            let lab = try await LiveLab(
                home, "redis", options: ["--capture", "--attachment", attachment])
            try await lab.wait(for: "all ready", within: .seconds(30)) { $0.core.allReadyAt != nil }
            let live = try capture(home, "tcpdump primary tcp port 6379")
            let big = "redis.call('set','big',string.rep('x',3000000)) return 'stored'"
            #expect(try await cli(lab, "primary", "eval", big, "0") == "stored")
            #expect(try await cli(lab, "replica-1", "get", "big").utf8.count == 3_000_000)

            let leaky = try await lab.inject("loss between primary and replica-1 10% as leaky")
            #expect(try await cli(lab, "replica-1", "get", "big").utf8.count == 3_000_000)
            _ = try await lab.proof(of: leaky)
            try await lab.do("heal leaky")
            let slow = try await lab.inject("delay between primary and replica-2 by 20ms as slow")
            _ = try await lab.proof(of: slow)
            // ^C ends it cleanly, with whole blocks.
            let before = try capture(home, "tcpdump replica-2")
            try await eventually("packets in \(before.path)") { size(before.path) > 2_000 }
            kill(before.started.id, SIGINT)
            #expect(try await before.started.end(within: .seconds(10)).code == 0)
            try await lab.end()
            // So does the end of the lab.
            #expect(try await live.started.end(within: .seconds(10)).code == 0)

            let view = try capture(
                home, "tcpdump primary --run \(lab.folder.name) --runs \(home.runs)")
            #expect(try await view.started.end().code == 0)
            for file in [lab.folder.capture, live.path, before.path, view.path] {
                try await isFlawless(file)
            }
            try await tells(lab, view.path)
        }

        /// Nothing is malformed, torn, or has a wrong checksum; packets are those of a wire.
        private func isFlawless(_ file: String) async throws {
            let experts = try await tshark(
                file, "-q", "-z", "expert", "-o", "tcp.check_checksum:TRUE", "-o",
                "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
            // What was lost is sent again in other pieces: that is no fault of the capture.
            let complaints = experts.filter {
                ($0.contains("Malformed") || $0.lowercased().contains("checksum"))
                    && !$0.hasSuffix("New fragment overlaps old data (retransmission?)")
            }
            #expect(complaints.isEmpty, "\(file): \(complaints)")
            let lengths = try await tshark(file, "-T", "fields", "-e", "frame.len")
                .compactMap { Int($0) }
            #expect(lengths.count > 5 && lengths.allSatisfy { $0 <= 1_500 }, "\(file)")
        }

        private func tells(_ lab: LiveLab, _ view: String) async throws {
            let file = lab.folder.capture
            // Whoever has a name has an interface.
            let names = Set(try await tshark(file, "-T", "fields", "-e", "frame.interface_name"))
            let nodes = Set(lab.state.core.nodes.map(\.name))
            #expect(names.subtracting([""]) == nodes, "\(names)")
            // Every packet that the fault dropped is there, and says so.
            let dropped = try await tshark(
                file, "-Y", "frame.verdict.hw", "-T", "fields", "-e", "frame.comment")
            let leaky = lab.state.core.faults.first { $0.record.name == "leaky" }
            #expect(dropped.count > 20, "\(dropped.count) dropped; \(String(describing: leaky))")
            #expect(dropped.allSatisfy { $0.hasSuffix("dropped by f1 leaky") }, "\(dropped)")
            // Faults are lines with a time and a text.
            let marks = try await tshark(
                file, "-Y", "systemd_journal", "-T", "fields", "-e", "_ws.col.Info")
            let told = marks.filter { $0.hasPrefix("f") }
            #expect(
                told == [
                    "f1 leaky began: loss between primary and replica-1 10% as leaky",
                    "f1 leaky ended: healed",
                    "f2 slow began: delay between primary and replica-2 by 20ms as slow",
                    "f2 slow ended: run-ended",
                ], "\(marks)")
            // A retransmission is one: there are few until packets are lost. A machine that stands still for a
            // moment makes TCP send a window again; a capture that tells a packet twice would make half of them.
            let lines = try await tshark(file, "-Y", "systemd_journal")
            let begin = try #require(lines.first { $0.contains("leaky began") })
            let number = try #require(begin.split(separator: " ").first.flatMap { Int($0) })
            let again = "tcp.analysis.retransmission && frame.number"
            let early = try await tshark(file, "-Y", "\(again) < \(number)").count
            let late = try await tshark(file, "-Y", "\(again) > \(number)").count
            let malformed = "_ws.expert.group == 0x07000000 && frame.number < \(number)"
            #expect(try await tshark(file, "-Y", malformed).isEmpty)
            #expect(early * 20 < number, "\(early) retransmissions in \(number) frames")
            #expect(late > 20, "\(late) retransmissions under loss")
            // What came late says how late; the sender's own view has the round trip that it felt.
            let waited = try await tshark(file, "-Y", "frame.comment contains \"left primary\"")
            #expect(waited.count > 3)
            let felt = try await tshark(
                view, "-Y", "ip.src == 10.66.0.4 && tcp.analysis.ack_rtt > 0.0395")
            #expect(felt.count > 3, "\(felt.count) acknowledgements after 40 ms")
        }

        @Test func `a capture that reaches its limit says so and the run goes on`() async throws {
            let home = try Home()
            let lab = try await LiveLab(
                home, "redis",
                options: ["--capture", "--capture-limit", "1MB", "--capture-snap", "100B"])
            try await lab.wait(for: "all ready", within: .seconds(30)) { $0.core.allReadyAt != nil }
            let big = "redis.call('set','big',string.rep('x',20000000)) return 'stored'"
            #expect(try await cli(lab, "primary", "eval", big, "0") == "stored")
            _ = try await cli(lab, "replica-1", "get", "big")
            try await lab.wait(for: "the note") { _ in
                lab.entries.contains {
                    $0.event
                        == .note(
                            "the capture has its 1MB: nothing more is captured", by: "capture")
                }
            }
            #expect(try await cli(lab, "replica-1", "ping") == "PONG")
            try await lab.end()
            #expect(size(lab.folder.capture) <= 1_000_000)
            let kept = try await tshark(
                lab.folder.capture, "-Y", "ip", "-T", "fields", "-e", "frame.cap_len"
            ).compactMap { Int($0) }
            #expect(kept.count > 1_000 && kept.max() == 100, "\(kept.count)")
        }

        @Test func `what tcpdump cannot do is refused with a word and a code`() async throws {
            let home = try Home()
            let lab = try await LiveLab(
                home, home.topology(TalkTests.topology, "talk"), options: [])
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            for (words, code, text) in [
                (["tcpdump", "nobody"], 1, "no machine is called nobody"),
                (["tcpdump", "a-1", "port"], 64, "port"),
                (["tcpdump", "a-1", "sctp"], 64, "sctp"),
                (["tcpdump", "a-1", "--snap", "10B"], 64, "at least 40B"),
                (["tcpdump", "a-1", "--run", "last", "--runs", home.runs], 65, "no capture"),
                (["up", "kv", "--detach", "--capture-limit", "2GB"], 64, "need --capture"),
                (["up", "kv", "--detach", "--capture", "--capture-snap", "5"], 64, "a size"),
            ] as [([String], Int32, String)] {
                let ran = try await home.start(words).end()
                #expect(ran.code == code, "\(words): \(ran.output)\(ran.errors)")
                #expect(ran.errors.contains(text), "\(words): \(ran.errors)")
            }
            // Whoever reads the pipe goes: the command ends although no packet comes.
            let status = home.path + "/status"
            let head = try Started(
                home.who.prefix + [
                    "/bin/sh", "-c",
                    "(\(try Programs.folder.get())/squall tcpdump a-1 udp port 9; "
                        + "echo $? >\(status)) | head -c 24 >/dev/null",
                ], environment: home.environment(), folder: home.path)
            _ = try await head.end(within: .seconds(20))
            #expect(contents(status) == "0\n")
            try await lab.end()
        }

        // MARK: Programs

        private struct Writing {
            var path: String
            var started: Started
        }

        /// Runs squall with its output in a file.
        private func capture(_ home: Home, _ words: String) throws -> Writing {
            let path = home.path + "/\(UInt32.random(in: 0 ... .max)).pcapng"
            let line = "exec \(try Programs.folder.get())/squall \(words) >\(path)"
            return Writing(
                path: path,
                started: try Started(
                    home.who.prefix + ["/bin/sh", "-c", line], environment: home.environment(),
                    folder: home.path))
        }

        /// The lines that tshark prints of a file; it must find the file whole.
        private func tshark(_ file: String, _ words: String...) async throws -> [String] {
            let folder = "/tmp"
            let ran = try await Started(
                ["/usr/bin/tshark", "-r", file] + words,
                environment: ["PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8"],
                folder: folder
            ).end()
            #expect(ran.code == 0, "\(file): \(ran.errors)")
            let complaints = ran.errors.split(separator: "\n").filter {
                !$0.hasPrefix("Running as user")
            }
            #expect(complaints.isEmpty, "\(file): \(complaints)")
            return ran.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map(String.init)
        }

        private func cli(
            _ lab: LiveLab, _ node: String, _ words: String...
        ) async throws -> String {
            let ran = try await lab.home.start(
                ["exec", node, "redis-cli", "-h", "primary"] + words
            ).end()
            #expect(ran.code == 0, "\(words): \(ran.errors)")
            return ran.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func size(_ path: String) -> Int {
            var status = stat()
            return stat(path, &status) == 0 ? Int(status.st_size) : 0
        }

        private func eventually(_ what: String, _ holds: () -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < deadline {
                if holds() { return }
                // A file tells nobody that it grows.
                _ = await onThread { usleep(20_000) }
            }
            Issue.record("\(what): not within 20 s")
        }
    }
}
