import Cluster
import Glibc
import Probes
import Synchronization
import Testing

/// What probes delivered.
typealias Results = Mailbox<ProbeResult>

/// Collects what comes, and waits for what a test needs of it.
final class Mailbox<Letter: Sendable>: Sendable {
    private let stream: AsyncStream<Letter>
    private let continuation: AsyncStream<Letter>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// For `Prober.start`.
    var deliver: @Sendable (Letter) -> Void {
        { [continuation] letter in continuation.yield(letter) }
    }

    /// The next one that is as wanted; those before it are gone then.
    @discardableResult
    func first(
        _ what: String, within limit: Duration = .seconds(20),
        where isWanted: @escaping @Sendable (Letter) -> Bool
    ) async throws -> Letter {
        try await waiting(what, within: limit) { [stream] in
            for await letter in stream where isWanted(letter) { return letter }
            throw CancellationError()
        }
    }
}

/// A test waited in vain.
struct WaitedInVain: Error, CustomStringConvertible {
    var description: String
}

/// Ends with the value of `body`, or at the deadline with an error that says what was waited for.
func waiting<Value: Sendable>(
    _ what: String, within limit: Duration = .seconds(20),
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            throw WaitedInVain(description: "waited \(limit) in vain: \(what)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

/// A new socket of this machine, as the lab makes them inside of others.
@Sendable func newSocket() throws -> Int32 {
    let socket = Glibc.socket(
        AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw WaitedInVain(description: "no socket: errno \(errno)") }
    return socket
}

/// Ports of the loopback that nobody listens on at the moment.
func freePorts(_ count: Int) throws -> [UInt16] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
        let socket = try newSocket()
        sockets.append(socket)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard bound else { throw WaitedInVain(description: "no free port: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// A prober for the time of a test.
func withProber(_ body: (Prober) async throws -> Void) async throws {
    let prober = Prober()
    do { try await body(prober) } catch {
        await prober.shutdown()
        throw error
    }
    await prober.shutdown()
}

/// Nanoseconds of CLOCK_MONOTONIC.
func monotonic() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
