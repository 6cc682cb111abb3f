internal import CLinux
internal import Synchronization

/// What the handle, the packet loop and the echo's thread have in common: two rings, the descriptors
/// that wake whoever waits for them, and how far the loop has come.
final class Exchange: Sendable {
    /// From the handle to the loop.
    let orders = Ring()
    /// From the loop to the handle: the same orders, with what they asked for.
    let answers = Ring()
    /// The ticket of the last order that is in force.
    let adopted = Atomic<UInt64>(0)
    /// Wakes the loop.
    let wake: Int32
    /// Tells that `adopted` moved.
    let done: Int32
    /// The loop's own.
    let epoll: Int32
    let timer: Int32

    init() throws(FabricError) {
        let wake = squall_event_make()
        let done = squall_event_make()
        let epoll = squall_epoll_make()
        let timer = squall_timer_make()
        for descriptor in [wake, done, epoll, timer] where descriptor < 0 {
            for open in [wake, done, epoll, timer] where open >= 0 { squall_close(open) }
            throw .system(call: "eventfd, epoll or timerfd", code: -descriptor)
        }
        (self.wake, self.done, self.epoll, self.timer) = (wake, done, epoll, timer)
    }

    deinit {
        for descriptor in [wake, done, epoll, timer] { squall_close(descriptor) }
    }
}
