internal import CLinux

/// Waiting for packets without going to sleep at once. Falling asleep and being woken up costs two
/// switches of context and, where cores sleep too, some 20 µs: more than all the rest that happens to a
/// packet. So when packets came one close behind the other, the loop looks again for a moment first.
///
/// It has the highest priority and must not take a core from those whose packets it waits for. A very
/// short look is worth it in any case (a server that answers fifty clients writes every few
/// microseconds); a longer one only while nobody else wants the core, as `/proc/loadavg` tells.
struct Linger {
    /// Looks shorter than this ask nobody.
    private static let brief: Int64 = 10_000
    /// No look is longer.
    private static let longest: Int64 = 80_000
    /// For so long nothing is tried after every core was found to be wanted.
    private static let pause: Int64 = 1_000_000

    private let cores: Int32
    private let load: Int32
    /// How long the loop waited for something to do, lately; nanoseconds.
    private var usual: Int64 = .max
    private var pausedUntil: Int64 = 0

    init() {
        cores = squall_cores()
        load = squall_load_open()
    }

    /// Closes what it reads.
    func end() { if load >= 0 { squall_close(load) } }

    /// As `squall_epoll_wait` without an end.
    mutating func wait(
        _ epoll: Int32, _ ready: UnsafeMutablePointer<squall_ready>, room: Int32
    ) -> Int32 {
        let begin = squall_monotonic_ns()
        let count = look(epoll, ready, room, begin)
        if count != 0 { return count }
        let slept = squall_epoll_wait(epoll, ready, room, -1)
        learn(squall_monotonic_ns() - begin)
        return slept
    }

    private mutating func look(
        _ epoll: Int32, _ ready: UnsafeMutablePointer<squall_ready>, _ room: Int32, _ begin: Int64
    ) -> Int32 {
        guard usual < Self.longest else { return 0 }
        let patience = min(Self.longest, max(Self.brief, 2 * usual))
        var check = begin + Self.brief
        var now = begin
        while now - begin < patience {
            let count = squall_epoll_wait(epoll, ready, room, 0)
            if count != 0 {
                learn(now - begin)
                return count
            }
            now = squall_monotonic_ns()
            if now >= check {
                guard now >= pausedUntil else { return 0 }
                if squall_load_running(load) > cores {
                    pausedUntil = now + Self.pause
                    return 0
                }
                check = now + Self.brief
            }
        }
        return 0
    }

    /// One part in four of what was seen now, the rest of what was seen before.
    private mutating func learn(_ waited: Int64) {
        let bounded = min(waited, 4 * Self.longest)
        usual = usual == .max ? bounded : usual + (bounded - usual) / 4
    }
}
