internal import CLinux
internal import Glibc

/// A call that failed, for the line that an agent answers.
struct SocketError: Error, CustomStringConvertible {
    var call: String
    var code: Int32

    var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Where somebody listens.
struct Place: Sendable {
    var address: UInt32
    var port: UInt16

    init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The second word of an order is an address, the third a port.
    init?(words: [String]) {
        var parsed = in_addr()
        guard words.count >= 3, inet_pton(AF_INET, words[1], &parsed) == 1,
            let port = UInt16(words[2])
        else { return nil }
        address = UInt32(bigEndian: parsed.s_addr)
        self.port = port
    }

    /// As the kernel has it.
    var kernel: sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = address.bigEndian
        return place
    }
}

private let addressLength = socklen_t(MemoryLayout<sockaddr_in>.size)
private let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

/// Nanoseconds of the monotonic clock.
func monotonic() -> Int { Int(squall_monotonic_ns()) }

/// A blocking TCP connection without Nagle's waiting.
func connect(to place: Place) throws(SocketError) -> Int32 {
    let made = socket(AF_INET, stream, 0)
    guard made >= 0 else { throw SocketError(call: "socket", code: errno) }
    var address = place.kernel
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.connect(made, $0, addressLength)
        }
    }
    guard result == 0 else {
        let code = errno
        close(made)
        throw SocketError(call: "connect", code: code)
    }
    sendAtOnce(made)
    return made
}

/// A TCP socket that listens on every address of the machine.
func listen(on port: UInt16) throws(SocketError) -> Int32 {
    let made = socket(AF_INET, stream, 0)
    guard made >= 0 else { throw SocketError(call: "socket", code: errno) }
    var on: Int32 = 1
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    var address = Place(address: 0, port: port).kernel
    let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(made, $0, addressLength)
        }
    }
    guard bound == 0, Glibc.listen(made, 1_024) == 0 else {
        let code = errno
        close(made)
        throw SocketError(call: "listen on \(port)", code: code)
    }
    return made
}

/// Small messages leave when they are written.
func sendAtOnce(_ socket: Int32) {
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
}

/// Writes all; false when the other end is gone.
func sendAll(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
        let sent = send(socket, bytes.baseAddress?.advanced(by: done), bytes.count - done, 0)
        guard sent > 0 else { return false }
        done += sent
    }
    return true
}

/// Runs a body that may block on a thread of its own.
func background(
    _ name: String, _ body: @escaping @Sendable () -> Void
) throws(SocketError) {
    let context = Unmanaged.passRetained(Body(run: body))
    let code = squall_thread(
        name,
        { context in
            guard let context else { return nil }
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context.toOpaque())
    guard code == 0 else {
        context.release()
        throw SocketError(call: "pthread_create", code: code)
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
