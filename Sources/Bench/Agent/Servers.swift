internal import Glibc

/// The receiving half of every measurement.
extension BenchAgent {
    /// Bytes that are moved at a time.
    static let pieceSize = 256 << 10

    static func serve() throws(SocketError) {
        try accept(on: sink) { drink($0) }
        try accept(on: echo) { repeatAll($0) }
        try greet(on: greeter)
    }

    /// Serves every connection to a port on a thread of its own.
    private static func accept(
        on port: UInt16, _ serve: @escaping @Sendable (Int32) -> Void
    ) throws(SocketError) {
        let listener = try listen(on: port)
        try background("accept \(port)") {
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                guard connection >= 0 else { continue }
                sendAtOnce(connection)
                do {
                    try background("serve \(port)") {
                        serve(connection)
                        close(connection)
                    }
                } catch {
                    close(connection)
                }
            }
        }
    }

    /// Reads and throws away.
    private static func drink(_ connection: Int32) {
        withUnsafeTemporaryAllocation(byteCount: pieceSize, alignment: 16) { buffer in
            while recv(connection, buffer.baseAddress, buffer.count, 0) > 0 {}
        }
    }

    /// Sends back what comes.
    private static func repeatAll(_ connection: Int32) {
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 16) { buffer in
            while true {
                let count = recv(connection, buffer.baseAddress, buffer.count, 0)
                guard count > 0,
                    sendAll(connection, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                else { return }
            }
        }
    }

    /// One byte for one byte, then the end, one connection after the other.
    private static func greet(on port: UInt16) throws(SocketError) {
        let listener = try listen(on: port)
        try background("greet \(port)") {
            var byte: UInt8 = 0
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                guard connection >= 0 else { continue }
                if recv(connection, &byte, 1, 0) == 1 { send(connection, &byte, 1, 0) }
                close(connection)
            }
        }
    }

    /// A plain proxy in user space, as they all are at heart: for each connection and direction a
    /// thread that reads up to 32 kB (what Go's `io.Copy` takes) and writes it.
    static func relay(from port: UInt16, to target: UInt16) throws(SocketError) {
        let place = Place(address: 0x7f00_0001, port: target)
        try accept(on: port) { near in
            guard let far = try? connect(to: place) else { return }
            // Each direction has descriptors of its own, so that none is closed under the other.
            let (nearCopy, farCopy) = (dup(near), dup(far))
            do {
                try background("relay") {
                    pump(farCopy, nearCopy)
                    close(farCopy)
                    close(nearCopy)
                }
                pump(near, far)
            } catch {
                close(farCopy)
                close(nearCopy)
            }
            close(far)
        }
    }

    private static func pump(_ from: Int32, _ to: Int32) {
        withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 16) { buffer in
            while true {
                let count = recv(from, buffer.baseAddress, buffer.count, 0)
                guard count > 0, sendAll(to, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                else { break }
            }
        }
        shutdown(to, Int32(SHUT_WR))
        shutdown(from, Int32(SHUT_RD))
    }
}
