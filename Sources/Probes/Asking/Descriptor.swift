internal import Glibc

/// A TCP socket that is on its way to a connection; pure system calls, none of which waits.
enum Descriptor {
    enum Progress: Equatable {
        case connected
        case underWay
        case failed(Int32)
    }

    /// Begins to connect. The socket is made non-blocking, whatever it was.
    static func connect(_ socket: Int32, address: in_addr, port: UInt16) -> Progress {
        let flags = fcntl(socket, F_GETFL)
        guard flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 else {
            return .failed(errno)
        }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr = address
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, size)
            }
        }
        if result == 0 { return .connected }
        // Within one machine the other side has mostly answered before the call returns.
        return errno == EINPROGRESS ? progress(socket) : .failed(errno)
    }

    /// How far it has come.
    static func progress(_ socket: Int32) -> Progress {
        var question = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        let count = poll(&question, 1, 0)
        if count < 0 { return errno == EINTR ? .underWay : .failed(errno) }
        if count == 0 { return .underWay }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else {
            return .failed(errno)
        }
        return error == 0 ? .connected : .failed(error)
    }

    /// Gives it back.
    static func close(_ socket: Int32) { _ = Glibc.close(socket) }

    /// The number behind a dotted address.
    static func address(_ text: String) -> in_addr? {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1 ? address : nil
    }
}

/// Nanoseconds of CLOCK_MONOTONIC.
func monotonicNow() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// An error number as a reason why a question failed.
func reason(errno code: Int32) -> String {
    switch code {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET, EPIPE: "connection reset"
    case ECONNABORTED: "connection aborted"
    case EHOSTUNREACH: "host unreachable"
    case ENETUNREACH: "network unreachable"
    case ENETDOWN: "network down"
    case ETIMEDOUT: "connection timed out"
    case EADDRNOTAVAIL: "no free port to connect from"
    case EMFILE, ENFILE: "no free file descriptor to connect with"
    default: strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
    }
}
