import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// What a node can write. Whoever runs the lab, it is what they could write themselves; for root,
    /// what somebody without any right could.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct FileTests {
        /// Finds what may be written, a few levels deep, and below some paths all of it.
        static let search =
            "find / -maxdepth 3 \\( -path /proc -o -path /sys -o -path /dev/fd \\) -prune -o"
            + " -writable ! -type l -print 2>/dev/null"

        @Test(arguments: Who.all)
        func `no node can write what its operator could not`(who: Who) async throws {
            let home = try Home(who)
            let file = try home.topology(
                """
                squall: 1
                name: nosy
                nodes:
                  a: {run: sleep 1000, stop: {grace: 1s}}
                  b: {run: sleep 1000, stop: {grace: 1s}}
                """, "nosy")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }

            let inside = try await lines(lab, Self.search)
            let outside = try await ordinary(home, Self.search)
            // Files of its own machine; those of the host lie below them, unseen.
            let bound = [
                "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/passwd", "/etc/resolv.conf",
            ]
            let own = ["/tmp", "/run", "/dev/shm"] + bound
            let before = bound.map(contents)
            let more = inside.subtracting(outside).filter { path in
                !own.contains { path == $0 || path.hasPrefix($0 + "/") }
            }
            #expect(more.isEmpty, "a node can write \(more.sorted())")
            #expect(inside.contains("/run/squall/data"))

            let folder = lab.folder.path
            var forbidden = [
                "/etc/shadow", "/etc/new", "/usr/bin/env", "/usr/bin/new",
                "/bin/sh", "/root/new", "/new", "/var/log/new", "/proc/sysrq-trigger",
                "/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern",
                "/proc/1/oom_score_adj",
                "/sys/kernel/uevent_helper", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda",
                "/run/squall/bin/squall", "/run/squall/bin/new", "/run/squall/topology/nosy.yaml",
                "/run/squall/topology/new",
            ]
            if geteuid() == 0 && who == .root {
                forbidden += [
                    folder + "/journal.ndjson", folder + "/run.json", folder + "/new",
                    folder + "/logs/a.log", folder + "/data/new", folder + "/data/b/new",
                    home.path + "/sockets/new",
                ]
            }
            let script = forbidden.map { "(echo x >>\($0)) 2>/dev/null && echo \($0)" }
            let wrote = try await lines(lab, script.joined(separator: "; ") + "; true")
            #expect(wrote.isEmpty, "a node wrote \(wrote.sorted())")
            _ = try await lines(lab, bound.map { "echo x >>\($0)" }.joined(separator: "; "))
            #expect(bound.map(contents) == before, "a file of the host was changed")
            #expect(try await lines(lab, "echo x >>mine && cat mine") == ["x"])
            // Nor can it become somebody who could.
            let ids = try await lines(lab, "cat /proc/self/status")
            let rights = ids.filter { $0.hasPrefix("Cap") && !$0.hasSuffix("0000000000000000") }
            #expect(rights.isEmpty, "\(rights)")
            let id = try #require(ids.first { $0.hasPrefix("Uid:") })
            #expect(!id.split(separator: "\t").dropFirst().contains("0"), "\(id)")
            try await lab.end()
        }

        /// The lines that a shell line prints inside a node's machine.
        private func lines(_ lab: LiveLab, _ script: String) async throws -> Set<String> {
            let ran = try await lab.home.start(["exec", "a", "sh", "-c", script]).end()
            return Set(ran.output.split(separator: "\n").map(String.init))
        }

        /// The lines that it prints to somebody ordinary on the host.
        private func ordinary(_ home: Home, _ script: String) async throws -> Set<String> {
            let ran = try await Started(
                Who.ordinary.prefix + ["/bin/sh", "-c", script], environment: home.environment(),
                folder: home.path
            ).end()
            return Set(ran.output.split(separator: "\n").map(String.init))
        }
    }
}
