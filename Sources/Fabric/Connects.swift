internal import CLinux
internal import Cluster
internal import Glibc

/// A TCP connection that was tried.
public struct ConnectSample: Hashable, Sendable, BitwiseCopyable {
    /// When it was begun, monotonic nanoseconds.
    public var sent: Int64
    /// Nanoseconds until the other side answered; `nil` when it did not in time, or a router in between
    /// said that it cannot.
    public var roundTrip: Int64?
    /// It answered that nobody takes it.
    public var isRefused: Bool
}

/// Round trips by TCP connections, for faults that an echo cannot feel because they are only about TCP
/// or a port. A machine answers whether or not somebody listens there.
public enum Connects {
    /// Connects sockets that were made inside a machine (streams, not connected) to an address, `every`
    /// apart, and closes them. Each is given up after `patience`. On a thread of its own. Sockets are owned
    /// by this call, also when it throws.
    public static func burst(
        _ sockets: [Int32], to address: IPv4Address, port: UInt16, every: Duration,
        patience: Duration
    ) async throws(FabricError) -> [ConnectSample] {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[ConnectSample], FabricError>, Never>) in
            do throws(FabricError) {
                _ = try Thread("squall-connect") {
                    let samples = run(
                        sockets, address, port, max(0, every.nanoseconds),
                        max(1_000_000, patience.nanoseconds))
                    continuation.resume(returning: .success(samples))
                }
            } catch {
                for socket in sockets { squall_close(socket) }
                continuation.resume(returning: .failure(error))
            }
        }
        return try outcome.get()
    }

    private static func run(
        _ sockets: [Int32], _ address: IPv4Address, _ port: UInt16, _ every: Int64,
        _ patience: Int64
    ) -> [ConnectSample] {
        var samples: [ConnectSample] = []
        var open: [Int: Int32] = [:]
        var next = squall_monotonic_ns()
        while samples.count < sockets.count || !open.isEmpty {
            var now = squall_monotonic_ns()
            if samples.count < sockets.count, next <= now {
                let index = samples.count
                samples.append(ConnectSample(sent: now, roundTrip: nil, isRefused: false))
                next = now + every
                if let code = begin(sockets[index], address, port) {
                    end(&samples[index], code, at: squall_monotonic_ns())
                    squall_close(sockets[index])
                } else {
                    open[index] = sockets[index]
                }
                continue
            }
            var due = samples.count < sockets.count ? next : Int64.max
            for index in open.keys { due = min(due, samples[index].sent + patience) }
            let waited = wait(open, nanoseconds: max(0, due - now))
            now = squall_monotonic_ns()
            for (index, socket) in open {
                if waited.contains(index) {
                    end(&samples[index], outcome(socket), at: now)
                } else if now < samples[index].sent + patience {
                    continue
                }
                squall_close(socket)
                open[index] = nil
            }
        }
        return samples
    }

    /// `nil` when it goes on, otherwise how it ended.
    private static func begin(_ socket: Int32, _ address: IPv4Address, _ port: UInt16) -> Int32? {
        _ = squall_nonblocking(socket)
        // A reset at the end: nothing lingers, and no port stays taken for a minute.
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = address.value.bigEndian
        let status = withUnsafeBytes(of: &place) {
            connect(
                socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count)) == 0 ? 0 : errno
        }
        return status == EINPROGRESS ? nil : status
    }

    private static func wait(_ open: [Int: Int32], nanoseconds: Int64) -> Set<Int> {
        let order = open.sorted { $0.key < $1.key }
        var wanted = order.map { pollfd(fd: $0.value, events: Int16(POLLOUT), revents: 0) }
        // Rounded up: better late than asked again and again.
        let milliseconds = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        guard poll(&wanted, nfds_t(wanted.count), milliseconds) > 0 else { return [] }
        return Set(zip(order, wanted).filter { $0.1.revents != 0 }.map(\.0.key))
    }

    private static func outcome(_ socket: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }

    private static func end(_ sample: inout ConnectSample, _ code: Int32, at now: Int64) {
        guard code == 0 || code == ECONNREFUSED else { return }
        sample.roundTrip = now - sample.sent
        sample.isRefused = code == ECONNREFUSED
    }
}
