import CLinux
import Glibc
import Testing

private let noSignal = Int32(MSG_NOSIGNAL)

/// A non-blocking TCP socket with waits that have deadlines.
final class Stream: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private static func place(_ host: UInt32, _ port: UInt16) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = host.bigEndian
        return place
    }

    /// Waits until something can be read or written.
    func wait(for events: Int32, milliseconds: Int32 = 10_000) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&wanted, 1, milliseconds) == 1
    }

    func bind(to port: UInt16) throws {
        var place = Self.place(0, port)
        let bound = withUnsafeBytes(of: &place) {
            Glibc.bind(
                descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        try #require(bound == 0, "errno \(errno)")
    }

    func listen(on port: UInt16) throws {
        try bind(to: port)
        try #require(Glibc.listen(descriptor, 1024) == 0, "errno \(errno)")
    }

    func send(_ text: String, to host: UInt32, port: UInt16) -> Bool {
        var place = Self.place(host, port)
        return withUnsafeBytes(of: &place) {
            sendto(
                descriptor, text, text.utf8.count, 0,
                $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
                == text.utf8.count
        }
    }

    /// Connects: 0, the errno it ended with, or `nil` when it did not end in time.
    func connect(to node: Int, _ port: UInt16, milliseconds: Int32 = 10_000) -> Int32? {
        var place = Self.place(address(node), port)
        let begun = withUnsafeBytes(of: &place) {
            Glibc.connect(
                descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count)) == 0 ? 0 : errno
        }
        // A refusal may be there before the call returns.
        guard begun == EINPROGRESS else { return begun }
        guard wait(for: POLLOUT, milliseconds: milliseconds) else { return nil }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    func accept() throws -> Stream {
        try #require(wait(for: POLLIN))
        let accepted = Glibc.accept(descriptor, nil, nil)
        try #require(accepted >= 0 && squall_nonblocking(accepted) == 0, "errno \(errno)")
        return Stream(accepted)
    }

    func send(_ text: String) -> Int { Glibc.send(descriptor, text, text.utf8.count, noSignal) }

    /// What comes next: text, "" for the end of the stream, `nil` for nothing in time.
    func receive(milliseconds: Int32 = 10_000) -> String? {
        guard wait(for: POLLIN, milliseconds: milliseconds) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? "errno \(errno)" : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// Moves bytes from one stream to another and compares what arrives. Returns how many arrived as they
/// were sent before the deadline.
func pump(_ bytes: Int, from sender: Stream, to receiver: Stream, seconds: Int64 = 60) -> Int {
    var transfer = Transfer(from: sender, to: receiver, bytes: bytes)
    transfer.go(seconds: seconds)
    return transfer.received
}

/// A transfer that can stand still and go on.
struct Transfer {
    let sender: Stream
    let receiver: Stream
    let bytes: Int
    private(set) var sent = 0
    /// How many arrived as they were sent; none is counted after a wrong one.
    private(set) var received = 0

    /// A pattern whose period has nothing to do with any packet size.
    private static let pattern = (0..<1_000_003).map {
        UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9)
    }

    init(from sender: Stream, to receiver: Stream, bytes: Int) {
        self.sender = sender
        self.receiver = receiver
        self.bytes = bytes
    }

    /// Goes on until all of it is there, a byte is wrong, the stream ends, or the time is over.
    mutating func go(seconds: Int64) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        let deadline = squall_monotonic_ns() + seconds * 1_000_000_000
        while received < bytes, squall_monotonic_ns() < deadline {
            send()
            let count = recv(receiver.descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                guard isRight(buffer, count) else { return }
                received += count
            } else if count == 0 {
                return
            } else {
                _ = receiver.wait(for: POLLIN, milliseconds: 2)
            }
        }
    }

    private mutating func send() {
        guard sent < bytes else { return }
        let at = sent % Self.pattern.count
        let count = min(Self.pattern.count - at, bytes - sent)
        let done = Self.pattern.withUnsafeBytes {
            Glibc.send(sender.descriptor, $0.baseAddress.map { $0 + at }, count, noSignal)
        }
        if done > 0 { sent += done }
    }

    private func isRight(_ buffer: [UInt8], _ count: Int) -> Bool {
        var at = 0
        while at < count {
            let start = (received + at) % Self.pattern.count
            let part = min(count - at, Self.pattern.count - start)
            let isSame = buffer.withUnsafeBytes { buffer in
                Self.pattern.withUnsafeBytes { pattern in
                    guard let one = buffer.baseAddress, let other = pattern.baseAddress else {
                        return false
                    }
                    return memcmp(one + at, other + start, part) == 0
                }
            }
            guard isSame else { return false }
            at += part
        }
        return true
    }
}
