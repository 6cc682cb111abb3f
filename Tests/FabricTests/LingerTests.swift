import CLinux
import Glibc
import Testing

@testable import Fabric

@Suite("Looking for packets before going to sleep")
struct LingerTests {
    private func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test("after a burst the loop looks for a moment, then sleeps without taking time on a core")
    func sleeps() {
        let (epoll, event, timer) = (
            squall_epoll_make(), squall_event_make(), squall_timer_make()
        )
        var linger = Linger()
        defer {
            for descriptor in [epoll, event, timer] { squall_close(descriptor) }
            linger.end()
        }
        var ready = [squall_ready](repeating: squall_ready(), count: 64)
        // One close behind the other: what it learns is to look again at once.
        _ = squall_epoll_add(epoll, event, SQUALL_READABLE, 1)
        _ = squall_event_signal(event)
        for _ in 0..<100 {
            #expect(linger.wait(epoll, &ready, room: 64) == 1)
            #expect(ready[0].tag == 1)
        }
        _ = squall_epoll_remove(epoll, event)
        _ = squall_epoll_add(epoll, timer, SQUALL_READABLE | SQUALL_EDGE, 2)
        let begin = squall_monotonic_ns()
        _ = squall_timer_set(timer, begin + 200_000_000)
        let before = processorTime()
        #expect(linger.wait(epoll, &ready, room: 64) == 1)
        #expect(ready[0].tag == 2)
        #expect(squall_monotonic_ns() >= begin + 200_000_000)
        // It looked for at most a tenth of a millisecond.
        #expect(processorTime() - before < 20_000_000)
    }

    @Test("how many want a core is read from the kernel, and is very many where it cannot be")
    func load() {
        let load = squall_load_open()
        defer { squall_close(load) }
        // At least the one that asks.
        #expect((1..<100_000).contains(squall_load_running(load)))
        #expect(squall_load_running(-1) == .max)
    }
}
