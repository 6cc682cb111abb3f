internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The one event loop of all probes. Work for it may come from other threads at any time, also while
/// it ends: then it is turned away, and its sender knows.
final class ProbeLoop: Sendable {
    let loop: any EventLoop
    private let group: MultiThreadedEventLoopGroup
    private let isOpen = Mutex(true)

    init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
    }

    /// Runs `work` on the loop, unless that has ended.
    /// - Returns: whether it will run.
    @discardableResult
    func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        isOpen.withLock { isOpen in
            if isOpen { loop.execute(work) }
            return isOpen
        }
    }

    /// Runs what was sent before, `last` after it, and ends the thread. A second call does nothing.
    func shutdown(_ last: @escaping @Sendable () -> Void) async {
        let isFirst = isOpen.withLock { isOpen in
            guard isOpen else { return false }
            loop.execute(last)
            isOpen = false
            return true
        }
        // It fails only when the group was shut down already.
        if isFirst { try? await group.shutdownGracefully() }
    }
}
