internal import Foundation
internal import Synchronization

/// Writes `history.ndjson` of a run, on a thread of its own: reads the streams of the clients, merges them
/// and writes what there is room for. Nobody waits for it but who ends it.
public final class HistoryRecorder: Sendable {
    /// What a history is about, and how much it may hold.
    public struct Plan: Sendable {
        /// Name of the run.
        public var run: String
        /// Kind of the workload.
        public var kind: ClientConfiguration.Kind
        /// The run's seed; it chooses the keys that are given up.
        public var seed: UInt64
        /// Whether a node that acknowledges a write may have passed it on, and have it later than that.
        public var forwards: Bool
        /// How many keys the clients use.
        public var keys: Int
        /// Operations that may be written.
        public var operations: Int
        /// Bytes that may be written.
        public var bytes: Int

        /// A plan.
        public init(
            run: String, kind: ClientConfiguration.Kind, seed: UInt64, forwards: Bool = false,
            keys: Int, operations: Int, bytes: Int
        ) {
            self.run = run
            self.kind = kind
            self.seed = seed
            self.forwards = forwards
            self.keys = keys
            self.operations = operations
            self.bytes = bytes
        }

        /// The first line.
        var header: [UInt8] {
            var bytes = Array("{\"squall\":1,\"history\":1,\"run\":".utf8)
            bytes += HistoryLine.quoted(run)
            let columns = [
                "invoked", "returned", "client", "op", "key", "value", "outcome", "node",
            ]
            let names = columns.map { "\"\($0)\"" }.joined(separator: ",")
            bytes += Array(
                ",\"kind\":\"\(kind.rawValue)\",\"seed\":\(seed)\(forwards ? ",\"forwards\":true" : ""),\"columns\":[\(names)]}\n"
                    .utf8)
            return bytes
        }
    }

    /// What the lab has to know.
    public enum News: Equatable, Sendable {
        /// Keys were given up; the clients are to keep this level (see `ClientOrder.historyLevel`).
        case level(Int)
        /// So many more operations are missing.
        case lost(Int)
        /// It is full.
        case full
        /// It cannot be written any more.
        case failed(String)
    }

    private enum Order: Sendable {
        case client(Int, descriptor: Int32, memory: String?)
        case line(HandOperation)
        case finish(patience: Int64)
    }

    /// Microseconds of the run: every operation of a client that ended before is written, also those of a
    /// client that says nothing for a while, for which the writing itself does not wait.
    public var told: Int64 { horizon.load(ordering: .acquiring) }

    private let horizon = Atomic<Int64>(0)
    private let inbox = Mutex<[Order]>([])
    private let wake: (read: Int32, write: Int32)
    private let ended = Mutex<(isOver: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))

    /// Begins a history.
    /// - Parameters:
    ///   - path: of the file, which must not be there.
    ///   - clock: microseconds of the run.
    ///   - tell: is called on the recorder's thread.
    /// - Throws: `POSIXError` when the file cannot be made.
    public init(
        path: String, plan: Plan, clock: @escaping @Sendable () -> Int64,
        tell: @escaping @Sendable (News) -> Void
    ) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure() }
        wake = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure() }
        let keys = plan.kind == .register ? plan.keys : 0
        let merge = HistoryMerge(
            bound: HistoryBound(
                operations: plan.operations, bytes: plan.bytes, keys: keys, seed: plan.seed),
            keys: keys)
        let thread = Thread {
            var loop = HistoryLoop(
                file: file, merge: merge, header: plan.header, clock: clock, tell: tell)
            while !loop.isOver {
                loop.wait(for: self.wake.read)
                for order in self.takeOrders() { self.obey(order, &loop) }
                loop.turn()
                self.horizon.store(loop.told, ordering: .releasing)
            }
            self.finished()
        }
        thread.name = "squall-history"
        thread.start()
    }

    deinit {
        close(wake.read)
        close(wake.write)
    }

    private static func failure() -> POSIXError {
        POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }

    /// A client was started.
    /// - Parameters:
    ///   - descriptor: its stream; closed by the recorder.
    ///   - memory: the file of its `ClientConfiguration.historyMemory`, as it is called here.
    public func add(client: Int, descriptor: Int32, memory: String?) {
        if ended.withLock({ $0.isOver }) {
            close(descriptor)
        } else {
            put(.client(client, descriptor: descriptor, memory: memory))
        }
    }

    /// An operation by hand has ended.
    public func add(_ operation: HandOperation) {
        put(.line(operation))
    }

    /// Waits for the clients' goodbyes, at most `patience`, and writes the last line. Once is enough;
    /// whoever asks again waits for the same end.
    public func finish(patience: Duration) async {
        put(.finish(patience: Int64(patience / .microseconds(1))))
        await withCheckedContinuation { continuation in
            let isOver = ended.withLock { ended in
                if !ended.isOver { ended.waiting.append(continuation) }
                return ended.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private func put(_ order: Order) {
        inbox.withLock { $0.append(order) }
        var byte: UInt8 = 1
        _ = write(wake.write, &byte, 1)
    }

    private func takeOrders() -> [Order] {
        inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
    }

    private func obey(_ order: Order, _ loop: inout HistoryLoop) {
        switch order {
        case .client(let number, let descriptor, let memory):
            loop.began(number, descriptor, memory)
        case .line(let operation): loop.add(operation)
        case .finish(let patience): loop.finish(patience: patience)
        }
    }

    private func finished() {
        let waiting = ended.withLock { ended in
            defer { ended = (true, []) }
            return ended.waiting
        }
        for continuation in waiting { continuation.resume() }
        for order in takeOrders() {
            if case .client(_, let descriptor, _) = order { close(descriptor) }
        }
    }
}

/// What the recorder's thread does; nobody else sees it.
private struct HistoryLoop {
    /// From one writing to the next, in milliseconds.
    static let interval: Int32 = 50

    private struct Stream {
        var client: Int
        var descriptor: Int32
        var memory: String?
    }

    let file: Int32
    var merge: HistoryMerge
    let clock: @Sendable () -> Int64
    let tell: @Sendable (HistoryRecorder.News) -> Void
    private var streams: [Stream] = []
    private var ready: [Bool] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var wroteAt: Int64 = 0
    private var finishBy: Int64?
    private var toldLevel = 0
    private var toldLost = 0
    private var toldFull = false
    private var hasFailed = false
    private(set) var isOver = false
    /// See `HistoryRecorder.told`.
    private(set) var told: Int64 = 0

    init(
        file: Int32, merge: HistoryMerge, header: [UInt8], clock: @escaping @Sendable () -> Int64,
        tell: @escaping @Sendable (HistoryRecorder.News) -> Void
    ) {
        self.file = file
        self.merge = merge
        self.clock = clock
        self.tell = tell
        write(header)
    }

    // MARK: Orders

    mutating func began(_ client: Int, _ descriptor: Int32, _ memory: String?) {
        merge.began(client)
        streams.append(Stream(client: client, descriptor: descriptor, memory: memory))
    }

    mutating func add(_ operation: HandOperation) {
        merge.add(operation.line, key: operation.key, finished: operation.returned)
    }

    mutating func finish(patience: Int64) { finishBy = finishBy ?? clock() + patience }

    // MARK: A turn

    /// Waits for something to read, or for the next writing.
    mutating func wait(for wake: Int32) {
        var waited = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        waited += streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        _ = poll(&waited, nfds_t(waited.count), Self.interval)
        if waited[0].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            _ = read(wake, &bytes, bytes.count)
        }
        ready = waited.dropFirst().map { $0.revents != 0 }
    }

    mutating func turn() {
        var left: [Stream] = []
        for (place, stream) in streams.enumerated() {
            if !ready.indices.contains(place) || !ready[place] || takes(from: stream) {
                left.append(stream)
            } else {
                forget(stream)
            }
        }
        streams = left
        ready = []
        let now = clock()
        guard now - wroteAt >= Int64(Self.interval) * 1_000 || finishBy != nil else { return }
        wroteAt = now
        write(merge.next(now: now))
        told = merge.told(now: now)
        report()
        if let finishBy, now >= finishBy || merge.allSaidGoodbye { end(now) }
    }

    /// False: the stream is over.
    private mutating func takes(from stream: Stream) -> Bool {
        let count = read(stream.descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return true }
        if count > 0, merge.took(buffer[..<count], from: stream.client) { return true }
        lostSight(of: stream)
        return false
    }

    private mutating func lostSight(of stream: Stream) {
        guard !merge.hasSaidGoodbye(stream.client) else { return }
        let arrived = merge.arrived(from: stream.client)
        let remains = stream.memory.flatMap { HistoryRemains(Self.contents($0), arrived: arrived) }
        merge.died(stream.client, leaving: remains, now: clock())
    }

    private func forget(_ stream: Stream) {
        close(stream.descriptor)
        if let memory = stream.memory { unlink(memory) }
    }

    private mutating func end(_ now: Int64) {
        for stream in streams {
            lostSight(of: stream)
            forget(stream)
        }
        streams = []
        write(merge.next(now: now, all: true))
        report()
        write(merge.end(at: now))
        fsync(file)
        close(file)
        isOver = true
    }

    private mutating func report() {
        let level = merge.bound.share.level
        if level > toldLevel { tell(.level(level)) }
        toldLevel = level
        if merge.counts.lost > toldLost { tell(.lost(merge.counts.lost - toldLost)) }
        toldLost = merge.counts.lost
        if merge.counts.beyond > 0, !toldFull { tell(.full) }
        toldFull = merge.counts.beyond > 0
    }

    // MARK: Files

    private mutating func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count, !hasFailed {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 {
                hasFailed = true
                tell(.failed(String(cString: strerror(errno))))
            }
            done += max(0, count)
        }
    }

    private static func contents(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size < 64 << 20 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count <= 0 { return [] }
            done += count
        }
        return bytes
    }
}
