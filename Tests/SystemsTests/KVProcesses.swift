internal import Foundation
internal import NodeKit
internal import Testing

/// Real `squall-node kv` processes on loopback ports.
final class KVProcesses {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        UUID().uuidString)
    private let ports: [Int]
    private let peers: [String]?
    private var processes: [Int: Process] = [:]

    /// Members 1 … count, none of them started.
    /// - Parameter peers: what they are told of the others, instead of the truth.
    init(count: Int = 3, peers: [String]? = nil) throws {
        self.peers = peers
        ports = try Self.freePorts(count)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        for process in processes.values where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// The program, beside the test program.
    static func program() throws -> URL {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appendingPathComponent("squall-node")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path),
            "squall-node is not built: swift build --product squall-node")
        return program
    }

    func environment(_ index: Int) -> [String: String] {
        let others = ports.indices.filter { $0 + 1 != index }
            .map { "kv-\($0 + 1)=127.0.0.1:\(ports[$0])" }
        return [
            "SQUALL_NODE": "kv-\(index)", "SQUALL_GROUP": "kv", "SQUALL_INDEX": "\(index)",
            "SQUALL_IP": "127.0.0.1", "SQUALL_PORT_HTTP": "\(ports[index - 1])",
            "SQUALL_DATA": folder.path + "/\(index)", "SQUALL_SEED": "7",
            "SQUALL_PEERS": (peers ?? others).joined(separator: ","),
        ]
    }

    /// Starts a member and waits until it answers.
    func start(_ index: Int) async throws {
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = ["kv", "--replication", "leader"]
        process.environment = environment(index)
        let path = logPath(index)
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        processes[index] = process
        try await eventually("kv-\(index) answers") {
            (try? await self.get(index, "/health"))?.status == 200
        }
    }

    func signal(_ index: Int, _ signal: Int32) {
        if let process = processes[index] { kill(process.processIdentifier, signal) }
    }

    /// Sends a signal that ends the member and waits for its end.
    @discardableResult func end(_ index: Int, _ signal: Int32) -> Int32 {
        guard let process = processes.removeValue(forKey: index) else { return -1 }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    func logPath(_ index: Int) -> String { folder.path + "/\(index).log" }

    func data(_ index: Int) -> String { folder.path + "/\(index)" }

    func log(_ index: Int) throws -> String {
        try String(contentsOfFile: logPath(index), encoding: .utf8)
    }

    func client(_ index: Int) -> PeerClient {
        PeerClient(Peer(name: "kv-\(index)", host: "127.0.0.1", port: ports[index - 1]))
    }

    func port(_ index: Int) -> Int { ports[index - 1] }

    func get(_ index: Int, _ path: String) async throws -> PeerAnswer {
        let client = client(index)
        defer { client.close() }
        return try await client.send(PeerRequest("GET", path), within: .seconds(5))
    }

    func send(
        _ index: Int, _ method: String, _ path: String, _ body: String
    ) async throws -> PeerAnswer {
        let client = client(index)
        defer { client.close() }
        let request = PeerRequest(method, path, text: body)
        return try await client.send(request, within: .seconds(5))
    }

    /// The value of one series of a member's metrics.
    func metric(_ index: Int, _ series: String) async throws -> Double? {
        let page = try await get(index, "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    private static func freePorts(_ count: Int) throws -> [Int] {
        let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        defer { for socket in sockets { close(socket) } }
        return try sockets.map { socket in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
                }
            }
            try #require(bound)
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}

/// A port whose kernel takes no more connections and says nothing, as behind a cut line.
final class BlackHole {
    let port: Int
    private var sockets: [Int32] = []

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
                    && listen(listener, 0) == 0
            }
        }
        try #require(isListening)
        port = Int(UInt16(bigEndian: address.sin_port))
        sockets = [listener]
        // The queue of those who wait to be accepted holds one; the second is sure to fill it.
        for _ in 0..<2 {
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let guest = socket(AF_INET, type, 0)
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(guest, $0, size) }
            }
            sockets.append(guest)
        }
    }

    deinit {
        for socket in sockets { close(socket) }
    }
}

/// Waits until `condition` holds, and fails the test when that takes too long.
func eventually(
    _ what: String, within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while .now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    try #require(Bool(false), "\(what): not within \(limit)")
}
