internal import CLinux
internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Synchronization

/// Reads what all nodes print, line by line, and writes it to `logs/NODE.log` with the time.
///
/// One thread for all. A node may print as fast as it likes: what exceeds `keptBytes` a turn of
/// 100 ms is counted as dropped, and beyond `readBytes` a turn its pipe stays full, so that it waits
/// as on any slow terminal. Neither the lab nor a dashboard pays more than that.
final class LogPump: Sendable {
    /// Bytes of log kept a node and turn: 1 MB/s.
    static let keptBytes = 100_000
    /// Bytes read a node and turn: 20 MB/s.
    static let readBytes = 2_000_000

    /// What one node printed in a turn.
    struct Batch: Sendable, Equatable {
        var node: NodeID
        /// Where the first kept line begins in the node's log.
        var firstByte: UInt64
        /// Lines that were kept.
        var lines: UInt32
        /// Lines that were not.
        var dropped: UInt64
    }

    private let wake: Int32
    private let added = Mutex<[NewPipe]>([])
    private let stopping = Atomic<Bool>(false)
    private let stopped = DispatchSemaphore(value: 0)

    /// A pipe that the thread has not seen yet.
    struct NewPipe: Sendable {
        var descriptor: Int32
        var node: NodeID
    }

    /// A pump for nodes whose logs are these files (by index). `deliver` is called on the pump's
    /// thread, at most every 100 ms, and must not block.
    init(
        files: [String], clock: RunClock, deliver: @escaping @Sendable ([Batch]) -> Void
    ) throws(LabError) {
        let epoll = squall_epoll_make()
        let wake = squall_event_make()
        guard epoll >= 0, wake >= 0, squall_epoll_add(epoll, wake, SQUALL_READABLE, .max) >= 0
        else { throw LabError("no descriptor for the logs") }
        self.wake = wake
        let thread = Thread {
            var turn = LogTurn(files: files, clock: clock, epoll: epoll)
            self.run(&turn, epoll, deliver)
            turn.end()
            close(epoll)
            self.stopped.signal()
        }
        thread.name = "squall-logs"
        thread.start()
    }

    deinit { close(wake) }

    /// A new pipe for a node's output: the end to write to, which the caller closes after handing it
    /// over.
    func open(node: NodeID) throws(LabError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard squall_pipe(&ends) == 0 else {
            throw LabError("pipe: \(String(cString: strerror(errno)))")
        }
        _ = squall_nonblocking(ends[0])
        added.withLock { $0.append(NewPipe(descriptor: ends[0], node: node)) }
        _ = squall_event_signal(wake)
        return ends[1]
    }

    /// Ends the thread once everything that was printed so far is written, and waits for it.
    func stop() {
        stopping.store(true, ordering: .releasing)
        _ = squall_event_signal(wake)
        stopped.wait()
    }

    private func run(_ turn: inout LogTurn, _ epoll: Int32, _ deliver: ([Batch]) -> Void) {
        var ready = [squall_ready](repeating: squall_ready(), count: 64)
        var turnEnds: Int64 = 0
        while true {
            let left = max(0, turnEnds - RunClock.monotonic()) / 1_000_000
            let timeout: Int32 = turn.isEmpty ? -1 : Int32(left)
            let count = squall_epoll_wait(epoll, &ready, 64, timeout)
            for event in ready.prefix(Int(max(0, count))) {
                if event.tag == .max {
                    _ = squall_event_take(wake)
                    let pipes = added.withLock { waiting in
                        defer { waiting = [] }
                        return waiting
                    }
                    for pipe in pipes { turn.add(pipe) }
                } else {
                    turn.read(event.tag)
                }
            }
            let isLast = stopping.load(ordering: .acquiring)
            if isLast { turn.readAll() }
            let now = RunClock.monotonic()
            if now >= turnEnds || isLast {
                let batches = turn.finish()
                if !batches.isEmpty { deliver(batches) }
                turnEnds = now + 100_000_000
            }
            if isLast { return }
        }
    }
}
