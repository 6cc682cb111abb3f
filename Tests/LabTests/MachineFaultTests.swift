import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Faults of machines, as the programs in them feel them, and what is left of them.
    @Suite(.serialized, .timeLimit(.minutes(4)))
    struct MachineFaultTests {
        /// A disk of a size, busy and calm programs, and a connection that nobody writes to.
        private static let topology = """
            squall: 1
            name: machines
            nodes:
              full:
                disk: 2MiB
                files: {given: hello}
                run: sh -c 'while :; do sleep 0.1; done'
              busy:
                count: 2
                run: sh -c 'while :; do :; done'
                restart: {policy: always, backoff: 100ms..400ms}
              half:
                cpu: 30%
                run: sh -c 'while :; do :; done'
              calm:
                run: sleep 1000
                sysctl: {net.ipv4.tcp_retries2: 5}
              server:
                ports: {x: 7000, y: 7001}
                shell: |
                  exec perl -MIO::Socket::INET -e '
                    for my $p (7000, 7001) {
                      next if fork;
                      my $s = IO::Socket::INET->new(LocalPort => $p, Listen => 5, ReuseAddr => 1);
                      while (my $c = $s->accept) { push @c, $c }
                    }
                    sleep 1000'
              client:
                shell: |
                  exec perl -MIO::Socket::INET -e '
                    $| = 1;
                    for my $p (7000, 7001) {
                      next if fork;
                      while (1) {
                        my $c = IO::Socket::INET->new(PeerAddr => "server", PeerPort => $p)
                          or select(undef, undef, undef, 0.1), next;
                        print "connected to $p\\n";
                        my $n = sysread($c, my $x, 1);
                        print "$p ended: ", defined $n ? "EOF" : "$!", "\\n";
                      }
                    }
                    sleep 1000'
            """

        @Test(arguments: Who.all)
        func `each is felt inside, proved, and taken back exactly`(who: Who) async throws {
            try Programs.need("perl", package: "perl")
            let home = try Home(who)
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            try await resets(lab)
            try await disk(lab)
            try await files(lab)
            try await processor(lab)
            try await memory(lab, who)
            try await settings(lab)
            try facts(lab, who)
            try await lab.end()
            try nothingIsLeft(of: lab)
        }

        /// Runs a shell line in a node; its status and what it printed.
        private func shell(_ line: String, in node: String, _ lab: LiveLab) async throws -> Ran {
            try await lab.home.start(["exec", node, "sh", "-c", line]).end()
        }

        // MARK: Connections

        private func resets(_ lab: LiveLab) async throws {
            let log = lab.folder.log(of: "client")
            func count(_ text: String) -> Int {
                contents(log).components(separatedBy: text).count - 1
            }
            for port in ["7000", "7001"] {
                try await lab.wait(for: "a connection to \(port)") { _ in
                    count("connected to \(port)") == 1
                }
            }
            let one = try await lab.inject("reset between server and client only port 7001")
            let proof = try await lab.proof(of: one)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(proof.applied == 2, "both ends: \(proof.words)")
            #expect(lab.fault(one)?.end == .momentary)
            try await lab.wait(for: "the end of it, and a new one") { _ in
                count("7001 ended") == 1 && count("connected to 7001") == 2
            }
            #expect(count("7000 ended") == 0, "the other port's was not touched")
            #expect(
                contents(log).contains("7001 ended: Software caused connection abort"),
                "\(contents(log))")

            let all = try await lab.inject("reset from client to server for 2s as again")
            #expect(try await lab.proof(of: all).verdict == .proved)
            try await lab.wait(for: "repeated resets") { _ in count("7000 ended") >= 3 }
            try await lab.wait(for: "its end") { _ in lab.fault(all)?.end == .elapsed }
            let now = count("connected to 7000")
            try await lab.wait(for: "a connection after it") { _ in
                count("connected to 7000") >= now
                    && count("connected to 7000") > count("7000 ended")
            }
            let none = try await lab.inject("reset between calm and half")
            #expect(try await lab.proof(of: none).verdict == .noEffect)
            try await refused(lab, "reset between server and client only udp", "udp")
        }

        // MARK: Disk

        private func disk(_ lab: LiveLab) async throws {
            #expect(try lab.node("full").description.disk == ByteCount(bytes: 2 << 20))
            let write = "head -c 4096 /dev/zero > more"
            let begun = try await shell("cat given; echo kept > own; \(write)", in: "full", lab)
            #expect(begun.code == 0 && begun.output == "hello", "\(begun)")
            let one = try await lab.inject("disk full full as brim")
            let proof = try await lab.proof(of: one)
            #expect(proof.verdict == .proved, "\(proof.words)")
            let felt = try await shell("head -c 8192 /dev/zero > other", in: "full", lab)
            #expect(felt.code != 0 && felt.errors.contains("No space left"), "\(felt)")
            // Twice is once, and each holds it; power does not empty it.
            let two = try await lab.inject("disk full full as brim-too")
            _ = try await lab.proof(of: two)
            try await lab.do("heal brim")
            try await lab.do("poweroff full for 500ms as dark")
            try await lab.wait(for: "power again") { state in
                (try? lab.node("full").phase) == .ready
                    && state.core.faults.last?.end == .elapsed
            }
            let still = try await shell("cat own; head -c 8192 /dev/zero > other", in: "full", lab)
            #expect(still.code != 0 && still.output == "kept\n", "\(still)")
            try await lab.do("heal on full")
            let healed = try await shell("cat own given; \(write)", in: "full", lab)
            #expect(healed.code == 0 && healed.output == "kept\nhello", "\(healed)")
            try await refused(lab, "disk calm full", "no disk of a size of its own")
            try await refused(lab, "disk full slow 5ms", "'disk … slow' is not in this version")
            try await refused(
                lab, "disk full failing 5%", "'disk … failing' is not in this version")
        }

        // MARK: Files

        private func files(_ lab: LiveLab) async throws {
            let limit = "ulimit -Sn; awk '/open files/ {print $4}' /proc/$(pidof sleep)/limits"
            let before = try await shell(limit, in: "calm", lab).output
            let one = try await lab.inject("files calm 60 as few")
            let proof = try await lab.proof(of: one)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(try await shell(limit, in: "calm", lab).output == "60\n60\n")
            let two = try await lab.inject("files calm 40 as fewer")
            #expect(try await lab.proof(of: two).verdict == .proved)
            #expect(try await shell(limit, in: "calm", lab).output == "40\n40\n")
            // A node that starts again under it has it.
            try await lab.do("restart calm")
            try await lab.wait(for: "calm again") { _ in
                let node = try? lab.node("calm")
                return node?.phase == .ready && node?.change.starts == 2
            }
            #expect(try await shell(limit, in: "calm", lab).output == "40\n40\n")
            try await lab.do("heal fewer")
            #expect(try await shell(limit, in: "calm", lab).output == "60\n60\n")
            try await lab.do("heal few")
            #expect(try await shell(limit, in: "calm", lab).output == before)
            let much = try await lab.inject("files calm 1000000 as much")
            #expect(try await lab.proof(of: much).verdict == .noEffect)
            try await lab.do("heal much")
        }

        // MARK: Processor

        private func processor(_ lab: LiveLab) async throws {
            try await uses(lab, "half", 0.1...0.36)
            let one = try await lab.inject("cpu busy-1 20% as slow")
            let proof = try await lab.proof(of: one)
            #expect(proof.verdict == .proved, "\(proof.words)")
            #expect(proof.applied > 0 && proof.words.contains("held back"), "\(proof.words)")
            try await uses(lab, "busy-1", 0.1...0.26)
            let two = try await lab.inject("cpu busy-1 5% as slower")
            #expect(try await lab.proof(of: two).verdict == .proved)
            try await uses(lab, "busy-1", 0.01...0.09)
            // A crash, a pause and a power-off under it.
            try await lab.do("crash busy-1")
            try await lab.wait(for: "its restart") { _ in
                (try? lab.node("busy-1").change.starts) == 2
            }
            let nap = try await lab.inject("pause busy-1 as nap")
            let still = try await lab.proof(of: nap)
            #expect(still.verdict == .proved, "\(still.words)")
            try await uses(lab, "busy-1", 0...0)
            try await lab.do("heal nap")
            try await uses(lab, "busy-1", 0.01...0.09)
            try await lab.do("heal slower")
            try await uses(lab, "busy-1", 0.1...0.26)
            try await lab.do("poweroff busy-1 for 300ms as dark-too")
            try await lab.wait(for: "power again") { _ in
                (try? lab.node("busy-1").change.starts) == 3
            }
            try await uses(lab, "busy-1", 0.1...0.26)
            let idle = try await lab.inject("cpu calm 20% as idle")
            #expect(try await lab.proof(of: idle).verdict == .notProvable)
            try await lab.do("heal all")
            try await uses(lab, "busy-1", 0.3...2)
            try await refused(lab, "cpu busy-1 0.01%", "at least 0.1%")
        }

        /// Waits until a node's next samples lie there.
        private func uses(
            _ lab: LiveLab, _ name: String, _ range: ClosedRange<Float>,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            try lab.catchUp()
            let since = lab.state.core.now + .milliseconds(600)
            try await lab.wait(
                for: "\(name) to use \(range) of a processor", sourceLocation: sourceLocation
            ) { _ in
                guard let node = try? lab.node(name) else { return false }
                return node.sampledAt > since && range.contains(node.sample.cpu)
            }
        }

        // MARK: Memory

        private func memory(_ lab: LiveLab, _ who: Who) async throws {
            guard who == .root, access("/sys/fs/cgroup", W_OK) == 0 else {
                return try await refused(lab, "memory calm 16MiB", "memory cannot be limited")
            }
            let eat = "perl -e '$x = \"x\" x (64 << 20); print \"alive\"'"
            #expect(try await shell(eat, in: "calm", lab).output == "alive")
            let one = try await lab.inject("memory calm 16MiB as tight")
            let calm = try await lab.proof(of: one)
            #expect(calm.verdict == .notProvable, "\(calm.words)")
            let killed = try await shell(eat, in: "calm", lab)
            #expect(killed.code != 0 && killed.output.isEmpty, "\(killed)")
            // Now it is met while somebody looks.
            let hungry = try lab.home.start(
                [
                    "exec", "calm", "sh", "-c",
                    "i=0; while [ $i -lt 40 ]; do \(eat); i=$((i+1)); done",
                ])
            let two = try await lab.inject("memory calm 17MiB as tight-too")
            let met = try await lab.proof(of: two)
            _ = try await hungry.end()
            #expect(met.verdict == .proved, "\(met.words)")
            #expect(try lab.node("calm").phase == .ready, "the node itself lives")
            try await lab.do("heal on calm")
            #expect(try await shell(eat, in: "calm", lab).output == "alive")
        }

        // MARK: Settings, facts, leftovers

        private func settings(_ lab: LiveLab) async throws {
            let path = "/proc/sys/net/ipv4/tcp_retries2"
            #expect(try await shell("cat \(path)", in: "calm", lab).output == "5\n")
            #expect(try await shell("cat \(path)", in: "half", lab).output == contents(path))
        }

        private func facts(_ lab: LiveLab, _ who: Who) throws {
            let text = contents(lab.folder.info)
            let run = try #require(
                JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let machine = try #require(run["machine"] as? [String: Any])
            #expect(machine["processors"] as? Int == ProcessInfo.processInfo.activeProcessorCount)
            #expect((machine["memory"] as? Int ?? 0) > 100_000_000)
            #expect((machine["kernel"] as? String)?.isEmpty == false)
            #expect((machine["fabric"] as? String)?.hasPrefix("virtual/") == true)
            #expect(machine["startedBy"] as? String == (who == .root ? "root" : "an ordinary user"))
            #expect((machine["scheduling"] as? String)?.isEmpty == false)
            let refused = try #require(machine["refused"] as? [String])
            #expect(who == .root || refused.contains { $0.contains("memory control group") })
        }

        private func nothingIsLeft(of lab: LiveLab) throws {
            #expect(lab.state.core.faults.allSatisfy { !$0.isActive })
            #expect(controlGroups(of: lab.id).isEmpty, "control groups were left behind")
            #expect(processes(marked: lab.home.mark).isEmpty)
        }

        private func refused(_ lab: LiveLab, _ line: String, _ words: String) async throws {
            let ran = try await lab.home.start(
                ["do"] + line.split(separator: " ").map(String.init)
            ).end()
            #expect(ran.code != 0, "\(line) was not refused")
            #expect(ran.errors.contains(words), "\(line): \(ran.errors)")
        }

        struct Refusal: Sendable, CustomTestStringConvertible {
            var group: String
            var step = "wait 1s"
            var who = Who.all[0]
            var code: Int32 = 69
            var words: String

            var testDescription: String { "\(group), \(step)" }
        }

        static let refusals = [
            Refusal(
                group: "sysctl: {net.ipv4.no_such_setting: 1}",
                words:
                    "t.yaml:5:14: error: this machine's kernel refuses net.ipv4.no_such_setting = 1"
            ),
            Refusal(
                group: "sysctl: {net.ipv4.tcp_retries2: many}",
                words:
                    "t.yaml:5:14: error: this machine's kernel refuses net.ipv4.tcp_retries2 = many"
            ),
            Refusal(
                group: "user: nobody-has-this-name",
                words: "t.yaml:5:11: error: this machine has no user nobody-has-this-name"),
            Refusal(
                group: "writable: [/no/such/folder]",
                words: "t.yaml:5:16: error: this machine has no directory /no/such/folder"),
            Refusal(
                group: "memory: 64MB", who: .ordinary,
                words: "t.yaml:5:5: error: memory cannot be limited on this machine"),
            Refusal(
                group: "stop: {grace: 1s}", step: "memory n 64MB", who: .ordinary,
                words: "t.yaml:10:9: error: memory cannot be limited on this machine"),
            Refusal(
                group: "stop: {grace: 1s}", step: "disk n full", code: 65,
                words: "t.yaml:10:14: error: n has no disk of a size of its own"),
            Refusal(
                group: "stop: {grace: 1s}", step: "clock n ahead 5s", code: 65,
                words: "t.yaml:10:15: error: n has a clock that cannot be set"),
            Refusal(
                group: "stop: {grace: 1s}", step: "cpu n 0.01%", code: 65,
                words: "t.yaml:10:15: error: a share of a processor is at least 0.1%"),
        ]

        @Test(arguments: refusals)
        func `what cannot be done is refused before anything starts, with its place`(
            refusal: Refusal
        ) async throws {
            let home = try Home(refusal.who)
            let file = try home.topology(
                """
                squall: 1
                name: t
                nodes:
                  n:
                    \(refusal.group)
                    run: sleep 1000
                scenarios:
                  s:
                    steps:
                      - \(refusal.step)
                """, "t")
            let ran = try await home.squall("run", file, "s", "--runs", home.runs)
            #expect(ran.code == refusal.code, "\(ran)")
            #expect(ran.errors.contains(refusal.words), "\(ran.errors)")
            #expect(processes(marked: home.mark).isEmpty)
        }

        @Test(arguments: Who.all)
        func `a lab that is killed leaves no disk and no control group`(who: Who) async throws {
            let home = try Home(who)
            let mounts = contents("/proc/self/mountinfo")
            let lab = try await LiveLab(home, home.topology(Self.topology))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            for line in ["disk full full", "cpu busy 20%", "files calm 64"] {
                _ = try await lab.proof(of: lab.inject(line))
            }
            #expect(who == .ordinary || !controlGroups(of: lab.id).isEmpty)
            kill(lab.id, SIGKILL)
            let id = lab.id
            let mark = home.mark
            let ended = await onThread {
                let deadline = ContinuousClock.now + .seconds(2)
                while ContinuousClock.now < deadline {
                    if processes(marked: mark).isEmpty, controlGroups(of: id).isEmpty {
                        return true
                    }
                }
                return false
            }
            #expect(ended, "left: \(processes(marked: mark)) \(controlGroups(of: id))")
            #expect(contents("/proc/self/mountinfo") == mounts)
        }
    }
}

/// The control groups of a lab, anywhere below the mounted hierarchies.
private func controlGroups(of lab: pid_t) -> [String] {
    let places = contents("/proc/self/cgroup").split(separator: "\n").flatMap { line -> [String] in
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return [] }
        let names = fields[1].split(separator: ",").map(String.init) + ["unified", ""]
        return names.map { "/sys/fs/cgroup/\($0)\(fields[2])" }
    }
    return places.map { $0 + "/squall-\(lab)" }.filter { access($0, F_OK) == 0 }
}
