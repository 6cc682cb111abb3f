internal import Glibc

/// Wakes one thread that sleeps in `wait`. Rings are not counted: many before one `wait` are one.
final class Bell: Sendable {
    private let ends: (read: Int32, write: Int32)

    /// `nil` when there are no descriptors left.
    init?() {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return nil }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(pair[1], F_SETFL, O_NONBLOCK)
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    /// Never blocks: a full pipe has woken the sleeper already.
    func ring() {
        var byte: UInt8 = 1
        while write(ends.write, &byte, 1) < 0, errno == EINTR {}
    }

    /// Returns after the next ring, at once when there was one.
    func wait() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            while read(ends.read, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
        }
    }
}
