internal import Glibc

/// The sending half of every measurement. Each begins with a warm-up that is not counted.
extension BenchAgent {
    /// Writes as fast as it goes. Counted is what the receiver's kernel acknowledged, not what waits
    /// in buffers here.
    static func bulk(
        to place: Place, warm: Int, measured: Int
    ) throws(SocketError) -> [Int] {
        let socket = try connect(to: place)
        defer { close(socket) }
        let piece = [UInt8](repeating: 0x5a, count: pieceSize)
        var sent = 0
        var began = monotonic()
        var marks: [(bytes: Int, at: Int)] = []
        for length in [warm, measured] {
            let end = began + length * 1_000_000
            while monotonic() < end {
                let count = send(socket, piece, piece.count, 0)
                guard count > 0 else { throw SocketError(call: "send", code: errno) }
                sent += count
            }
            var waiting: Int32 = 0
            _ = ioctl(socket, UInt(TIOCOUTQ), &waiting)
            began = monotonic()
            marks.append((sent - Int(waiting), began))
        }
        return [marks[1].bytes - marks[0].bytes, marks[1].at - marks[0].at]
    }

    /// 64 bytes there and back, one after the other.
    static func trips(to place: Place, milliseconds: Int) throws(SocketError) -> [Int] {
        let socket = try connect(to: place)
        defer { close(socket) }
        var message = [UInt8](repeating: 0x5a, count: 64)
        var times: [Int] = []
        times.reserveCapacity(100_000)
        let begin = monotonic()
        let (warm, end) = (
            begin + milliseconds * 100_000, begin + milliseconds * 1_100_000
        )
        var before = begin
        while before < end {
            guard send(socket, message, message.count, 0) == message.count,
                recv(socket, &message, message.count, Int32(MSG_WAITALL))
                    == message.count
            else { throw SocketError(call: "round trip", code: errno) }
            let after = monotonic()
            if before >= warm { times.append(after - before) }
            before = after
        }
        guard !times.isEmpty else { throw SocketError(call: "round trip", code: ETIMEDOUT) }
        times.sort()
        return [times.count, times[times.count / 2], times[times.count * 99 / 100]]
    }

    /// Connects, says a byte, hears one, ends; one after the other. Ended by a reset, so that no
    /// port is kept from being used again.
    static func greetings(to place: Place, milliseconds: Int) throws(SocketError) -> [Int] {
        var byte: UInt8 = 1
        var hard = linger(l_onoff: 1, l_linger: 0)
        var made = 0
        let begin = monotonic()
        let end = begin + milliseconds * 1_000_000
        while monotonic() < end {
            let socket = try connect(to: place)
            defer { close(socket) }
            setsockopt(
                socket, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
            guard send(socket, &byte, 1, 0) == 1, recv(socket, &byte, 1, 0) == 1 else {
                throw SocketError(call: "greeting", code: errno)
            }
            made += 1
        }
        return [made, monotonic() - begin]
    }
}
