import Cluster
import Foundation
import Testing

extension LabTests {
    /// Ports of nodes on the host's loopback.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct PublishedTests {
        @Test(arguments: Who.all)
        func `published ports are reached from the host, and a taken one is told`(
            who: Who
        ) async throws {
            try Programs.need("redis-server", package: "redis-server")
            let taken = try Listener()
            let free = try Listener()
            let number = free.port
            free.stop()
            let home = try Home(who)
            let server =
                "redis-server --bind {ip} --port 6379 --dir {data} --save '' --protected-mode no"
            let file = try home.topology(
                """
                squall: 1
                name: doors
                nodes:
                  open: {run: "\(server)", ports: {redis: 6379}, publish: {redis: any}}
                  fixed: {run: "\(server)", ports: {redis: 6379}, publish: {redis: \(number)}}
                  late: {run: "\(server)", ports: {redis: 6379}, publish: {redis: \(taken.port)}}
                probe: {kind: redis, every: 200ms}
                """, "doors")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }
            let ports = try await home.squall("ports")
            let lines = ports.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 3 && ports.code == 0, "\(ports.output)\(ports.errors)")
            let reached = "open:6379 is reached at 127.0.0.1:"
            let open = try #require(lines.first { $0.hasPrefix(reached) })
            let chosen = try #require(UInt16(open.split(separator: ":").last ?? ""))
            #expect(lines.contains("fixed:6379 is reached at 127.0.0.1:\(number)"), "\(lines)")
            #expect(
                lines.contains(
                    "late:6379 cannot be published at port \(taken.port): "
                        + "Address already in use"), "\(lines)")

            // Each leads to its own node, whatever is wrong with the lines.
            _ = try await home.start(
                ["exec", "open", "redis-cli", "-h", "open", "set", "who", "I-am-open"]
            ).end()
            try await lab.do("isolate open")
            #expect(try await ask(chosen, "GET who\r\n") == "$9\r\nI-am-open\r\n")
            #expect(try await ask(number, "GET who\r\n") == "$-1\r\n")
            #expect(try await ask(number, "PING\r\n") == "+PONG\r\n")
            // Nobody listens at a dead node: the caller sees the end at once.
            try await lab.do("kill fixed")
            try await lab.wait(for: "the death of fixed") { _ in
                (try? lab.node("fixed").phase) == .failed
            }
            #expect(try await ask(number, "PING\r\n") == "")
            try await lab.end()
            #expect(try await ask(number, "PING\r\n") == nil)
        }

        /// What a port of 127.0.0.1 answers; `nil` when nobody listens there.
        private func ask(_ port: UInt16, _ text: String) async throws -> String? {
            await onThread { () -> String? in
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(descriptor) }
                var limit = timeval(tv_sec: 10, tv_usec: 0)
                setsockopt(
                    descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit,
                    socklen_t(MemoryLayout<timeval>.size))
                var address = Listener.loopback(port)
                let status = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                guard status == 0 else { return nil }
                _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                var buffer = [UInt8](repeating: 0, count: 1_024)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
            }
        }
    }
}

/// A port of the host that is taken.
private final class Listener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(status)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { stop() }

    func stop() { close(descriptor) }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
