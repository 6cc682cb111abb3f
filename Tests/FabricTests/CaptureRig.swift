import CLinux
import Cluster
import Dispatch
import Fabric
import Foundation
import Glibc
import Synchronization
import Testing

/// A capture of a rig, into a file of the test's own.
final class CaptureRig: Sendable {
    let capture: Capture
    let path: String
    private let ears = Ears()
    private let isOwn: Bool

    /// What the capture told.
    struct News: Sendable {
        var lost: UInt64 = 0
        var limit: Int?
        var failure: String?
    }

    private final class Ears: Sendable {
        let news = Mutex(News())
        let full = DispatchSemaphore(value: 0)
        let lost = DispatchSemaphore(value: 0)

        func hear(_ told: Capture.News) {
            news.withLock { news in
                switch told {
                case .lost(let count): news.lost += count
                case .full(let limit): news.limit = limit
                case .failed(let why): news.failure = why
                }
            }
            if case .full = told { full.signal() }
            if case .lost = told { lost.signal() }
        }
    }

    init(
        _ rig: Rig, file: Bool = true, path: String? = nil, limit: Int = Capture.usualLimit,
        room: Int = Capture.usualRoom
    ) throws {
        isOwn = path == nil
        self.path = path ?? "/tmp/squall-capture-\(UInt64.random(in: 0 ... .max)).pcapng"
        let interfaces = rig.ends.indices.map {
            CaptureInterface(
                node: NodeID(UInt16($0)), name: "n\($0)", address: IPv4Address(Wire.address($0)))
        }
        let ears = ears
        capture = Capture(
            rig.fabric, interfaces: interfaces, application: "squall tests", comment: "a run",
            room: room
        ) { ears.hear($0) }
        if file { try capture.record(to: self.path, limit: limit) }
    }

    deinit { if isOwn { unlink(path) } }

    var told: News { ears.news.withLock { $0 } }

    /// Stops, and reads what was written.
    func end() throws -> CaptureFile {
        capture.stop()
        return try CaptureFile(path: path)
    }

    /// What one machine saw, out of the file.
    func view(of node: Int) throws -> CaptureFile {
        let file = try Data(contentsOf: URL(filePath: path))
        var bytes: [UInt8] = []
        try file.withUnsafeBytes { all in
            let view = try #require(PcapngView(of: all, machine: "n\(node)"))
            view.write { piece in
                bytes += piece
                return true
            }
        }
        return try CaptureFile(bytes)
    }

    /// Whether the file knows no such machine.
    func noView(of name: String) -> Bool {
        guard let file = try? Data(contentsOf: URL(filePath: path)) else { return false }
        return file.withUnsafeBytes { PcapngView(of: $0, machine: name) == nil }
    }

    /// Waits until the file was told to be full.
    func waitUntilFull() async throws { try await wait(ears.full, "the file is not full") }

    /// Waits until losses were told.
    func waitUntilLost() async throws { try await wait(ears.lost, "no loss was told") }

    private func wait(_ told: DispatchSemaphore, _ otherwise: Comment) async throws {
        let came = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: told.wait(timeout: .now() + 10) == .success)
            }
        }
        try #require(came, otherwise)
    }

    /// Somebody who looks on at one machine.
    func reader(of node: Int, only: Only? = nil, snap: Int? = nil) throws -> Reader {
        var pair: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        try capture.show(NodeID(UInt16(node)), to: pair[0], snap: snap, only: only)
        return Reader(descriptor: pair[1])
    }

    /// The other end of a capture's socket.
    final class Reader: Sendable {
        private let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        /// Wants no more.
        func shut() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// Everything up to the end.
        func rest() -> [UInt8] {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { return all }
                all += buffer[..<count]
            }
        }

        /// Begins to read everything on a thread of its own.
        func readOnThread() -> Received {
            let received = Received()
            DispatchQueue.global().async { received.put(self.rest()) }
            return received
        }
    }

    /// What a thread has read.
    final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        private let done = DispatchSemaphore(value: 0)

        fileprivate func put(_ all: [UInt8]) {
            bytes.withLock { $0 = all }
            done.signal()
        }

        /// Waits for its end.
        func take() -> [UInt8] {
            done.wait()
            return bytes.withLock { $0 }
        }
    }
}

/// A named pipe: a file that holds its writer up.
final class Pipe: Sendable {
    let path: String
    let reader: CaptureRig.Reader
    /// Kept open, so that the reader's end comes when it is closed.
    private let writer: Int32

    init() throws {
        path = "/tmp/squall-pipe-\(UInt64.random(in: 0 ... .max))"
        try #require(mkfifo(path, 0o600) == 0)
        let descriptor = open(path, O_RDONLY | O_NONBLOCK)
        try #require(descriptor >= 0)
        writer = open(path, O_WRONLY)
        _ = fcntl(descriptor, F_SETFL, 0)
        reader = CaptureRig.Reader(descriptor: descriptor)
    }

    deinit { unlink(path) }

    /// Nobody writes any more.
    func close() { Glibc.close(writer) }
}
