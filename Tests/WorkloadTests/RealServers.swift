internal import Cluster
internal import Foundation
internal import Synchronization
internal import Testing
internal import Workload

/// A program on a loopback port.
final class RealServer {
    let port: Int
    private let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        UUID().uuidString)

    init(
        _ program: String, package: String,
        _ arguments: (_ port: Int, _ folder: String) -> [String],
        environment: (_ port: Int, _ folder: String) -> [String: String] = { _, _ in [:] }
    ) async throws {
        port = try Self.freePort()
        try #require(
            FileManager.default.isExecutableFile(atPath: program),
            "\(program) is missing: \(package)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments(port, folder.path)
        process.environment = environment(port, folder.path)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let port = port
        try await eventually("\(program) listens") { Self.accepts(port) }
    }

    deinit {
        signal(SIGCONT)
        signal(SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    static func redis(_ more: [String] = []) async throws -> RealServer {
        try await RealServer("/usr/bin/redis-server", package: "apt install redis-server") {
            [
                "--port", "\($0)", "--bind", "127.0.0.1", "--dir", $1, "--save", "",
                "--repl-diskless-sync-delay", "0",
            ] + more
        }
    }

    static func etcd() async throws -> RealServer {
        try await RealServer("/usr/bin/etcd", package: "apt install etcd-server") { port, folder in
            let peer = try? freePort()
            let peerURL = "http://127.0.0.1:\(peer ?? 0)"
            let url = "http://127.0.0.1:\(port)"
            return [
                "--data-dir", folder + "/etcd", "--listen-client-urls", url,
                "--advertise-client-urls", url, "--listen-peer-urls", peerURL,
                "--initial-advertise-peer-urls", peerURL, "--initial-cluster",
                "default=\(peerURL)", "--log-level", "error",
            ]
        }
    }

    static func kv() async throws -> RealServer {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().path + "/squall-node"
        return try await RealServer(program, package: "swift build --product squall-node") {
            _, _ in
            ["kv"]
        } environment: {
            [
                "SQUALL_NODE": "kv-1", "SQUALL_GROUP": "kv", "SQUALL_INDEX": "1",
                "SQUALL_IP": "127.0.0.1", "SQUALL_PORT_HTTP": "\($0)", "SQUALL_DATA": $1,
            ]
        }
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    var target: ClientConfiguration.Target {
        .init(node: "node-\(port)", address: "127.0.0.1", port: port)
    }

    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func accepts(_ port: Int) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}

/// `runClient` on a thread of its own, spoken with over pipes as the lab does.
final class RunningClient: Sendable {
    private struct State {
        var reports: [ClientReport] = []
        var status: Int32?
    }

    private let state = Mutex(State())
    /// Orders go in at `near`, as the lab holds it; where a history is kept it comes out there.
    let near: FileHandle
    private let far: FileHandle
    private let output = Pipe()

    init(_ configuration: ClientConfiguration) throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        near = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        far = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        try tell(configuration)
        let input = ends[1]
        let output = output
        Thread.detachNewThread {
            let status = runClient(
                input: input, output: output.fileHandleForWriting.fileDescriptor)
            try? output.fileHandleForWriting.close()
            self.state.withLock { $0.status = status }
        }
        Thread.detachNewThread { self.readReports() }
    }

    private func readReports() {
        var unread = Data()
        while true {
            let chunk = output.fileHandleForReading.availableData
            if chunk.isEmpty { return }
            unread += chunk
            while let end = unread.firstIndex(of: 10) {
                let line = unread[unread.startIndex..<end]
                if let report = try? JSONDecoder().decode(ClientReport.self, from: line) {
                    state.withLock { $0.reports.append(report) }
                }
                unread = Data(unread[unread.index(after: end)...])
            }
        }
    }

    func tell(_ line: some Encodable) throws {
        try near.write(
            contentsOf: try JSONEncoder().encode(line) + Data([10]))
    }

    var reports: [ClientReport] { state.withLock { $0.reports } }

    /// Ends it, and gives all its reports added up.
    func end() async throws -> ClientReport {
        shutdown(near.fileDescriptor, Int32(SHUT_WR))
        try await eventually("the client ends") { self.state.withLock { $0.status } == 0 }
        return sum(reports)
    }
}

/// Reports added up; the longest outage of all.
func sum(_ reports: some Sequence<ClientReport>) -> ClientReport {
    reports.reduce(into: ClientReport()) { sum, report in
        sum.interval += report.interval
        sum.due += report.due
        sum.ok += report.ok
        sum.refused += report.refused
        sum.unknown += report.unknown
        sum.timeouts += report.timeouts
        sum.outage = max(sum.outage, report.outage)
        sum.latency.merge(report.latency)
        sum.uncorrected.merge(report.uncorrected)
    }
}

/// Waits until `condition` holds, and fails the test when that takes too long.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: () throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while .now < end {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    try #require(Bool(false), "\(what): not within \(limit)")
}
