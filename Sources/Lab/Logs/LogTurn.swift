internal import CLinux
internal import Cluster
internal import Glibc
internal import Journal

/// The pump's state on its own thread: open pipes, half lines, and what was read in this turn.
struct LogTurn {
    private struct Source {
        var descriptor: Int32
        var node: NodeID
        var read = 0
        /// Output was dropped in the middle of a line: the rest of that line goes too.
        var isSkipping = false
        var isResting = false
    }

    private let files: [String]
    private let clock: RunClock
    private let epoll: Int32
    private var logs: [NodeID: LogFile] = [:]
    private var sources: [UInt64: Source] = [:]
    private var nextTag: UInt64 = 0
    private var batches: [NodeID: LogPump.Batch] = [:]
    private var keptBytes: [NodeID: Int] = [:]
    private var resting: [UInt64] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(files: [String], clock: RunClock, epoll: Int32) {
        self.files = files
        self.clock = clock
        self.epoll = epoll
    }

    /// Whether nothing waits for the end of the turn.
    var isEmpty: Bool { batches.isEmpty && resting.isEmpty }

    /// Watches one more pipe.
    mutating func add(_ pipe: LogPump.NewPipe) {
        sources[nextTag] = Source(descriptor: pipe.descriptor, node: pipe.node)
        _ = squall_epoll_add(epoll, pipe.descriptor, SQUALL_READABLE, nextTag)
        nextTag += 1
    }

    /// Reads what a pipe has, up to its share of the turn.
    mutating func read(_ tag: UInt64) {
        guard var source = sources[tag], !source.isResting else { return }
        while true {
            let count = Glibc.read(source.descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { break }
            guard count > 0 else {
                if let log = logs[source.node] { note(log.endOfOutput(at: clock.now), source.node) }
                _ = squall_epoll_remove(epoll, source.descriptor)
                close(source.descriptor)
                sources[tag] = nil
                return
            }
            source.read += count
            take(count, &source)
            if source.read >= LogPump.readBytes {
                source.isResting = true
                resting.append(tag)
                _ = squall_epoll_remove(epoll, source.descriptor)
                break
            }
        }
        sources[tag] = source
    }

    /// Reads every pipe once more, at the end.
    mutating func readAll() {
        for tag in sources.keys { read(tag) }
    }

    /// What was written since the last turn; pipes that had their share are watched again.
    mutating func finish() -> [LogPump.Batch] {
        for tag in resting {
            sources[tag]?.isResting = false
            if let source = sources[tag] {
                _ = squall_epoll_add(epoll, source.descriptor, SQUALL_READABLE, tag)
            }
        }
        for tag in sources.keys { sources[tag]?.read = 0 }
        resting = []
        keptBytes = [:]
        defer { batches = [:] }
        return batches.values.sorted { $0.node < $1.node }
    }

    /// Closes everything.
    mutating func end() {
        for source in sources.values { close(source.descriptor) }
        sources = [:]
        logs = [:]
    }

    private mutating func take(_ count: Int, _ source: inout Source) {
        let node = source.node
        guard keptBytes[node, default: 0] < LogPump.keptBytes, let log = log(of: node) else {
            let lines = UInt64(buffer[..<count].count { $0 == 10 })
            source.isSkipping = buffer[count - 1] != 10
            note(firstByte: 0, lines: 0, dropped: lines, node)
            return
        }
        var start = 0
        if source.isSkipping {
            guard let end = buffer[..<count].firstIndex(of: 10) else { return }
            source.isSkipping = false
            start = end + 1
            note(log.endOfOutput(at: clock.now), node)
        }
        keptBytes[node, default: 0] += count - start
        let written = buffer.withUnsafeBytes {
            log.write(UnsafeRawBufferPointer(rebasing: $0[start..<count]), at: clock.now)
        }
        note(written, node)
    }

    private mutating func note(_ written: LogFile.Written, _ node: NodeID) {
        note(
            firstByte: written.firstByte, lines: written.lines, dropped: written.dropped, node)
    }

    private mutating func note(firstByte: UInt64, lines: UInt32, dropped: UInt64, _ node: NodeID) {
        guard lines > 0 || dropped > 0 else { return }
        var batch =
            batches[node] ?? LogPump.Batch(node: node, firstByte: firstByte, lines: 0, dropped: 0)
        if batch.lines == 0 { batch.firstByte = firstByte }
        batch.lines += lines
        batch.dropped += dropped
        batches[node] = batch
    }

    private mutating func log(of node: NodeID) -> LogFile? {
        if let open = logs[node] { return open }
        guard Int(node.index) < files.count else { return nil }
        let log = try? LogFile(path: files[Int(node.index)])
        logs[node] = log
        return log
    }
}
