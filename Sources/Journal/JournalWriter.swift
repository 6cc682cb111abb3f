public import Cluster
internal import Glibc
internal import Synchronization

/// Writes the journal of a run. It numbers the entries and gives them stamps that never decrease, so
/// that the issuer folds exactly what stands in the file. A thread of its own encodes and writes, a
/// few milliseconds' entries at a time; the disk never holds up who only `offer`s.
public final class JournalWriter: Sendable {
    /// The first entry: the run began.
    public let began: Entry
    private let shared: JournalQueue
    private let thread: Mutex<pthread_t?>

    /// How long the first entry of a batch waits for others, in milliseconds. Far less than the 50 ms
    /// that would do for the disk: what a key did must be on the screen in one frame.
    static let patience: Int32 = 4

    /// Makes the file (it must not exist), writes the header, and starts the thread. `clock` tells
    /// the run's time now. Throws `JournalError` when the file can't be made.
    public init(
        path: String, run: RunDescription, clock: @escaping @Sendable () -> Stamp
    ) throws(JournalError) {
        began = Entry(number: 0, at: .zero, event: .runBegan(run))
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        if file < 0 { throw JournalError("make", path) }
        // Held while the run lasts: `RunFolder.isInUse` asks for it.
        while flock(file, LOCK_EX) < 0, errno == EINTR {}
        guard let bell = Bell() else {
            let code = errno
            close(file)
            throw JournalError("make a pipe to write", path, errno: code)
        }
        shared = JournalQueue(path: path, file: file, bell: bell, clock: clock)
        if let error = shared.write(JournalFormat.encode([began])) { throw error }
        var made = pthread_t()
        let context = Unmanaged.passRetained(shared)
        let code = pthread_create(
            &made, nil,
            { context in
                guard let context else { return nil }
                nameThread()
                Unmanaged<JournalQueue>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        if code != 0 {
            context.release()
            throw JournalError("start the thread that writes", path, errno: code)
        }
        thread = Mutex(made)
    }

    deinit { finish() }

    /// Writes what happened, and returns it with its number and stamp. When the queue is full (65,536
    /// entries: the disk has been stuck for minutes) it *blocks* until there is room; who must not
    /// block awaits `room()` first.
    @discardableResult
    public func append(_ event: Event) -> Entry { shared.append(event) }

    /// Writes a tick of samples unless the queue is full; then `nil`, and `untold()` knows of it.
    public func offer(_ event: Event) -> Entry? { shared.offer(event) }

    /// What `offer` did not take since the last call; the issuer appends it as `.dropped`.
    public func untold() -> DropReport? { shared.untold() }

    /// Returns when there is room for a thousand entries: at once, but when the disk is stuck.
    public func room() async { await shared.room() }

    /// Why the file can't be written now; `nil` when all is well. Entries wait meanwhile, and are
    /// written when it works again.
    public var failure: JournalError? { shared.failure }

    /// Writes all that is left, syncs the file to the disk and closes it. Returns what failed at last.
    /// Later entries are numbered, and lost.
    @discardableResult
    public func finish() -> JournalError? {
        let running = thread.withLock { thread -> pthread_t? in
            defer { thread = nil }
            return thread
        }
        guard let running else { return failure }
        shared.close()
        pthread_join(running, nil)
        return failure
    }
}

/// What `top -H` shows. The kernel's own file, so that no C is needed for one name.
private func nameThread() {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = Array("squall-journal".utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
}
