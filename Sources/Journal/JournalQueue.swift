internal import Cluster
internal import Glibc
internal import Synchronization

/// The bounded queue between issuers and the writing thread, and that thread's work.
final class JournalQueue: Sendable {
    /// Entries that may wait.
    static let capacity = 65_536

    private struct State {
        var waiting: [Entry] = []
        var nextNumber: UInt64 = 1
        var last = Stamp.zero
        var isClosing = false
        var untold: UInt64 = 0
        var failure: JournalError?
        var blocked: [Bell] = []
        var suspended: [CheckedContinuation<Void, Never>] = []
    }

    private let path: String
    private let file: Int32
    /// Rings when the first entry of a batch came, and at the end.
    private let bell: Bell
    private let clock: @Sendable () -> Stamp
    private let state = Mutex(State())

    init(path: String, file: Int32, bell: Bell, clock: @escaping @Sendable () -> Stamp) {
        self.path = path
        self.file = file
        self.bell = bell
        self.clock = clock
    }

    deinit { Glibc.close(file) }

    // MARK: Issuers

    func append(_ event: Event) -> Entry {
        while true {
            if let entry = enqueue(event) { return entry }
            waitForRoom()
        }
    }

    func offer(_ event: Event) -> Entry? {
        if let entry = enqueue(event) { return entry }
        state.withLock { $0.untold += 1 }
        return nil
    }

    func untold() -> DropReport? {
        let count = state.withLock { state -> UInt64 in
            defer { state.untold = 0 }
            return state.untold
        }
        return count == 0 ? nil : DropReport(what: "ticks of samples", count: count)
    }

    var failure: JournalError? { state.withLock { $0.failure } }

    /// `nil` when the queue is full.
    private func enqueue(_ event: Event) -> Entry? {
        let (entry, isFirst) = state.withLock { state -> (Entry?, Bool) in
            // Who can't write any more must not hang for ever.
            let isFull = state.waiting.count >= Self.capacity
            if isFull, state.failure == nil, !state.isClosing { return (nil, false) }
            let now = max(state.last, clock())
            let entry = Entry(number: state.nextNumber, at: now, event: event)
            state.nextNumber += 1
            state.last = now
            if !isFull { state.waiting.append(entry) }
            return (entry, state.waiting.count == 1)
        }
        if isFirst { bell.ring() }
        return entry
    }

    private func waitForRoom() {
        guard let mine = Bell() else {
            sched_yield()
            return
        }
        let mustWait = state.withLock { state -> Bool in
            guard state.waiting.count >= Self.capacity else { return false }
            state.blocked.append(mine)
            return true
        }
        if mustWait { mine.wait() }
    }

    func room() async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state -> Bool in
                if state.waiting.count <= Self.capacity - 1_000 || state.failure != nil {
                    return true
                }
                state.suspended.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    func close() {
        state.withLock { $0.isClosing = true }
        bell.ring()
    }

    // MARK: The thread

    func run() {
        while true {
            bell.wait()
            let isClosing = state.withLock { $0.isClosing }
            // The others of this moment: a command makes three or four entries at once.
            if !isClosing { poll(nil, 0, JournalWriter.patience) }
            writeBatch()
            if isClosing { break }
        }
        if fsync(file) < 0, errno != EINVAL {
            let error = JournalError("sync", path)
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    private func writeBatch() {
        let batch = state.withLock { state -> [Entry] in
            defer { state.waiting = [] }
            return state.waiting
        }
        releaseIssuers()
        guard !batch.isEmpty else { return }
        let error = write(JournalFormat.encode(batch))
        state.withLock { $0.failure = error }
    }

    private func releaseIssuers() {
        let (blocked, suspended) = state.withLock { state in
            defer {
                state.blocked = []
                state.suspended = []
            }
            return (state.blocked, state.suspended)
        }
        for bell in blocked { bell.ring() }
        for continuation in suspended { continuation.resume() }
    }

    /// Writes all bytes. When the disk is full it tries again each second from the byte where it
    /// stopped, so that no line is torn in the middle of the file; at the end of the run it gives up.
    func write(_ bytes: [UInt8]) -> JournalError? {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count > 0 {
                done += count
                continue
            }
            if count < 0, errno == EINTR { continue }
            let error = JournalError("write", path)
            let givesUp = state.withLock { state -> Bool in
                state.failure = error
                return state.isClosing
            }
            if givesUp { return error }
            releaseIssuers()
            poll(nil, 0, 1_000)
        }
        return nil
    }
}
