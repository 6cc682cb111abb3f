import CLinux
import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// Other terminals, programs in machines, and clients that mean no good.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct TalkTests {
        static let topology = """
            squall: 1
            name: talk
            nodes:
              a:
                count: 3
                run: sh -c 'echo hello; exec sleep 1000'
                restart: {policy: always, backoff: 50ms..100ms}
                stop: {grace: 1s}
            """

        @Test func `another terminal asks, waits, lists, reads logs and runs programs`()
            async throws
        {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "talk"))
            for (words, code, text) in [
                (["wait", "ready(all) within 20s"], 0, ""),
                (["ask", "ready(a)"], 0, ""), (["ask", "restarts(a-1) > 3"], 1, ""),
                (["ask", "lag(a) < 1s"], 2, ""), (["ask", "ready("], 64, ""),
                (["wait", "restarts(a-1) > 3 within 300ms"], 1, ""),
                (["ps"], 0, "10.66.0.3"), (["ps", "--lab", "nobody"], 64, ""),
                (["exec", "a-1", "sh", "-c", "exit 7"], 7, ""),
                (["exec", "a-1", "sh", "-c", "kill -TERM $$"], 143, ""),
                (["exec", "a-2", "hostname"], 0, "a-2"),
                (["exec", "a-2", "/no/such/program"], 1, ""), (["exec", "a-9", "true"], 1, ""),
                (["exec", "a-3", "getent", "hosts", "a-1"], 0, "10.66.0.2"),
                (["do", "note", "two", "words"], 0, ""),
            ] as [([String], Int32, String)] {
                let ran = try await home.start(words).end()
                #expect(ran.code == code, "\(words): \(ran.output)\(ran.errors)")
                #expect(text.isEmpty || ran.output.contains(text), "\(words): \(ran.output)")
            }
            try await lab.wait(for: "the first words") { state in
                state.core.nodes.allSatisfy { $0.logLines > 0 }
            }
            let logs = try await home.squall("logs", "a-1")
            #expect(logs.output.contains("a-1 hello"), "\(logs.output)\(logs.errors)")
            try await lab.end()
            #expect(try await home.squall("ps").output.contains("no lab is running"))
        }

        @Test func `of two faults of one name that are asked for at once one is refused`()
            async throws
        {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "talk"))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let both = try (1...2).map { _ in
                try home.start(["do", "cut", "between", "a-1", "and", "a-2", "as", "twin"])
            }
            var codes: [Int32] = []
            for started in both { codes.append(try await started.end().code) }
            #expect(codes.sorted() == [0, 1])
            try await lab.do("heal twin")
            try await lab.wait(for: "the healing") { $0.core.faults.map(\.isActive) == [false] }
            try await lab.end()
        }

        @Test func `nothing that comes through the socket hurts the lab`() async throws {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "talk"))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let socket = home.path + "/sockets/squall/" + lab.folder.name + ".sock"
            var status = stat()
            #expect(stat(socket, &status) == 0 && status.st_mode & 0o077 == 0, "not owner-only")

            for garbage in [
                "\n\n", "{}\n", "null\n", "[[[[[[\n", "{\"verb\":\"do\"}\n", "\u{0}\u{1b}[2J\n",
                #"{"verb":"exec","text":"a-1","by":"","arguments":["true"]}"# + "\n",
                #"{"verb":"do","text":"crash \u0000","by":"","arguments":[]}"# + "\n",
                String(repeating: "[", count: 200_000) + "\n",
                String(repeating: "x", count: 3_000_000), "half a line",
            ] {
                let descriptor = squall_connect_unix(socket)
                #expect(descriptor >= 0)
                await onThread { throwAt(descriptor, garbage) }
            }
            // More than are let in: the ones beyond are sent away, the others are served.
            let crowd = (0..<100).map { _ in squall_connect_unix(socket) }
            for descriptor in crowd { close(descriptor) }
            try await lab.do("note still here")
            let ran = try await home.squall("do", "restart", "a")
            #expect(ran.code == 0, "\(ran.errors)")
            try await lab.end()
            #expect(lab.state.core.ended?.code == 143)
        }

        @Test func `a machine that is lost comes back by its policy, a lost host ends the lab`()
            async throws
        {
            let home = try Home()
            let lab = try await LiveLab(home, home.topology(Self.topology, "talk"))
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let hosts = processes(marked: home.mark).filter { name(of: $0) == "squall-host" }
            let host = try #require(hosts.first { parent(of: $0) == lab.id })
            // Not every child of the host is a machine: one waits for its end, to tidy up after it.
            let machine = try #require(
                hosts.first { parent(of: $0) == host && namespace(of: $0) != namespace(of: host) })
            kill(machine, SIGKILL)
            try await lab.wait(for: "a node to come back") { state in
                state.core.nodes.map(\.change.starts).sorted() == [1, 1, 2]
                    && state.core.nodes.allSatisfy { $0.phase == .ready }
            }
            kill(host, SIGKILL)
            let id = lab.id
            #expect(await onThread { processEnded(id, within: .seconds(10)) })
            try lab.catchUp()
            #expect(lab.state.core.ended == RunEnd(reason: "squall-host is gone", code: 70))
            let left = processes(marked: home.mark)
            #expect(left.isEmpty, "\(left.map { contents("/proc/\($0)/cmdline") })")
        }
    }
}

/// Sends bytes to a socket and reads until it says something or closes. Blocks, five seconds at most.
private func throwAt(_ descriptor: Int32, _ text: String) {
    defer { close(descriptor) }
    signal(SIGPIPE, SIG_IGN)
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
        }
        guard count > 0 else { return }
        sent += count
    }
    shutdown(descriptor, Int32(SHUT_WR))
    var answer = [UInt8](repeating: 0, count: 4_096)
    _ = read(descriptor, &answer, answer.count)
}

private func parent(of id: pid_t) -> pid_t? {
    let fields = contents("/proc/\(id)/stat").split(separator: ")").last?.split(separator: " ")
    return fields.flatMap { $0.count > 1 ? pid_t($0[1]) : nil }
}

private func namespace(of id: pid_t) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/ns/pid")
}

private func name(of id: pid_t) -> String {
    contents("/proc/\(id)/comm").trimmingCharacters(in: .newlines)
}
