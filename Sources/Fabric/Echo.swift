internal import CLinux
public import Cluster
internal import Synchronization

/// One echo: out from one machine's kernel, answered by another's.
public struct EchoSample: Hashable, Sendable, BitwiseCopyable {
    /// Who asked.
    public var from: NodeID
    /// Who was asked.
    public var to: NodeID
    /// When it was sent, monotonic nanoseconds.
    public var sent: Int64
    /// Nanoseconds until the answer came; `nil` when none came in time (3 s unless said), or it could
    /// not be sent.
    public var roundTrip: Int64?
    /// How many answers came.
    public var answers: Int
    /// The answer did not hold the bytes that were sent.
    public var isAltered: Bool

    /// A sample.
    public init(
        from: NodeID, to: NodeID, sent: Int64, roundTrip: Int64?, isAltered: Bool = false
    ) {
        self.from = from
        self.to = to
        self.sent = sent
        self.roundTrip = roundTrip
        self.isAltered = isAltered
        answers = roundTrip == nil ? 0 : 1
    }
}

/// Round trips between the machines' kernels, by ICMP echo through ping sockets that were made inside
/// the machines. One thread, `squall-echo`, apart from the packet loop.
///
/// Idle, every pair of machines is asked about every three seconds, at most fifty echoes a second in
/// all. A round trip of a and b crosses both links, so each pair is asked from one side only.
public final class Echo: Sendable {
    private let office: Office
    private let thread: Thread

    /// Everything that callers and the thread share.
    private final class Office: Sendable {
        let wake: Int32
        let timer: Int32
        let epoll: Int32
        let desk: Mutex<Desk>

        struct Desk {
            var book = EchoBook()
            var sockets: [NodeID: Int32] = [:]
            var bursts: [UInt64: CheckedContinuation<[EchoSample], Never>] = [:]
            var lastBurst: UInt64 = 0
            var stopped = false
        }

        init() throws(FabricError) {
            let (wake, timer, epoll) = (
                squall_event_make(), squall_timer_make(), squall_epoll_make()
            )
            for descriptor in [wake, timer, epoll] where descriptor < 0 {
                for open in [wake, timer, epoll] where open >= 0 { squall_close(open) }
                throw .system(call: "eventfd, timerfd or epoll", code: -descriptor)
            }
            (self.wake, self.timer, self.epoll) = (wake, timer, epoll)
            desk = Mutex(Desk())
        }

        deinit {
            for descriptor in [wake, timer, epoll] { squall_close(descriptor) }
        }
    }

    private static let doneTag: UInt64 = 1 << 32
    private static let wakeTag: UInt64 = 2 << 32
    private static let timerTag: UInt64 = 3 << 32

    /// `done` is a descriptor of somebody else that this thread also waits for; `settle` is then called.
    init(done: Int32, settle: @escaping @Sendable () -> Void) throws(FabricError) {
        let office = try Office()
        self.office = office
        _ = squall_epoll_add(office.epoll, done, SQUALL_READABLE, Self.doneTag)
        _ = squall_epoll_add(office.epoll, office.wake, SQUALL_READABLE, Self.wakeTag)
        _ = squall_epoll_add(
            office.epoll, office.timer, SQUALL_READABLE | SQUALL_EDGE, Self.timerTag)
        thread = try Thread("squall-echo") {
            // Late reading does not spoil a round trip (the kernel tells when the answer came), late
            // sending does not either: real time is not needed here.
            _ = squall_priority_ask(
                1 << UInt32(SQUALL_PRIORITY_NICE) | 1 << UInt32(SQUALL_PRIORITY_SLICE))
            while !office.desk.withLock({ $0.stopped }) { Self.turn(office, done, settle) }
        }
    }

    /// Gives the echo a ping socket (`SOCK_DGRAM`, `IPPROTO_ICMP`) made inside the machine. The echo
    /// owns it from now on. A machine that has one already has it replaced. Throws when it is none.
    public func add(
        _ node: NodeID, socket: Int32, address: IPv4Address
    ) throws(FabricError) {
        let code = squall_ping_prepare(socket)
        guard code == 0 else {
            squall_close(socket)
            throw .system(call: "ping socket", code: -code)
        }
        office.desk.withLock { desk in
            if let old = desk.sockets[node] { Self.close(old, office) }
            desk.sockets[node] = socket
            desk.book.add(node, address: address.value)
            _ = squall_epoll_add(office.epoll, socket, SQUALL_READABLE, UInt64(node.index))
        }
        _ = squall_event_signal(office.wake)
    }

    /// The machine is gone: its socket is closed, it is asked no longer.
    public func remove(_ node: NodeID) {
        office.desk.withLock { desk in
            if let old = desk.sockets.removeValue(forKey: node) { Self.close(old, office) }
            desk.book.remove(node)
        }
    }

    /// Sends `count` echoes from one machine to another, `every` apart (at least 1 ms; 0: all at once),
    /// and returns all samples once the last is answered or given up, after `patience`. Each is an IP
    /// packet of `bytes` bytes, 44 to 1,500. Second answers are counted for `linger` after the last first
    /// one. For proofs: before, during, after.
    public func burst(
        from: NodeID, to: NodeID, count: Int, every: Duration, patience: Duration = .seconds(3),
        bytes: Int = 44, linger: Duration = .zero
    ) async -> [EchoSample] {
        guard count > 0 else { return [] }
        return await withCheckedContinuation { continuation in
            let isStopped = office.desk.withLock { desk in
                if desk.stopped { return true }
                desk.lastBurst += 1
                desk.bursts[desk.lastBurst] = continuation
                desk.book.begin(
                    desk.lastBurst, from: from, to: to, count: count,
                    every: every == .zero ? 0 : max(1_000_000, every.nanoseconds),
                    patience: max(1_000_000, min(patience.nanoseconds, 3_600_000_000_000)),
                    bytes: bytes, linger: max(0, min(linger.nanoseconds, 3_600_000_000_000)),
                    now: squall_monotonic_ns())
                return false
            }
            if isStopped {
                continuation.resume(returning: [])
            } else {
                _ = squall_event_signal(office.wake)
            }
        }
    }

    /// The samples of idle echoes since the last call, at most 4,096 (then the oldest are lost).
    public func samples() -> [EchoSample] {
        office.desk.withLock { $0.book.takeIdleSamples() }
    }

    /// Whether idle echoes are sent; true at first.
    public func idle(_ on: Bool) {
        office.desk.withLock { $0.book.isIdling = on }
        _ = squall_event_signal(office.wake)
    }

    /// Ends the thread and closes all sockets; once. Open bursts end with what they have: nothing.
    func stop() {
        let left = office.desk.withLock { desk -> [CheckedContinuation<[EchoSample], Never>]? in
            if desk.stopped { return nil }
            desk.stopped = true
            defer { desk.bursts = [:] }
            return Array(desk.bursts.values)
        }
        guard let left else { return }
        _ = squall_event_signal(office.wake)
        thread.join()
        office.desk.withLock { desk in
            for socket in desk.sockets.values { squall_close(socket) }
            desk.sockets = [:]
        }
        for continuation in left { continuation.resume(returning: []) }
    }

    // MARK: On the thread

    private static func turn(
        _ office: Office, _ done: Int32, _ settle: @Sendable () -> Void
    ) {
        let finished = office.desk.withLock { desk in work(&desk, office) }
        for (continuation, samples) in finished { continuation.resume(returning: samples) }

        withUnsafeTemporaryAllocation(of: squall_ready.self, capacity: 64) { ready in
            guard let first = ready.baseAddress else { return }
            let count = squall_epoll_wait(office.epoll, first, 64, -1)
            for index in 0..<Int(max(0, count)) {
                switch first[index].tag {
                case doneTag:
                    _ = squall_event_take(done)
                    settle()
                case wakeTag: _ = squall_event_take(office.wake)
                case timerTag: break
                default:
                    let node = NodeID(UInt16(truncatingIfNeeded: first[index].tag))
                    office.desk.withLock { receive(&$0, node) }
                }
            }
        }
    }

    /// Sends what is due, gives up what is too old, sets the timer.
    private static func work(
        _ desk: inout Office.Desk, _ office: Office
    ) -> [(CheckedContinuation<[EchoSample], Never>, [EchoSample])] {
        for request in desk.book.due(squall_monotonic_ns()) {
            let code =
                desk.sockets[request.from].map {
                    squall_ping_send(
                        $0, request.address, UInt16(truncatingIfNeeded: request.cookie),
                        request.cookie, Int32(clamping: request.bytes))
                } ?? -1
            if code != 0 { desk.book.failed(request.cookie) }
        }
        let finished = desk.book.settle(squall_monotonic_ns())
        _ = squall_timer_set(office.timer, desk.book.next.map { max(1, $0) } ?? 0)
        return finished.compactMap { burst in
            desk.bursts.removeValue(forKey: burst.burst).map { ($0, burst.samples) }
        }
    }

    private static func receive(_ desk: inout Office.Desk, _ node: NodeID) {
        guard let socket = desk.sockets[node] else { return }
        // A share, so that a flooded socket cannot keep the thread for itself.
        for _ in 0..<64 {
            var address: UInt32 = 0
            var sequence: UInt16 = 0
            var cookie: UInt64 = 0
            var age: Int64 = 0
            guard squall_ping_receive(socket, &address, &sequence, &cookie, &age) == 1 else {
                return
            }
            let at = squall_monotonic_ns() - age
            if cookie == 0 {
                desk.book.altered(sequence, from: node, address: address, at: at)
            } else {
                desk.book.answered(cookie, from: node, address: address, at: at)
            }
        }
    }

    private static func close(_ socket: Int32, _ office: Office) {
        _ = squall_epoll_remove(office.epoll, socket)
        squall_close(socket)
    }
}
