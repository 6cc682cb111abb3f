internal import Cluster
internal import NIOCore
internal import NIOPosix

/// Asks one node again and again; lives on the event loop. What to do when is decided by `Rhythm`,
/// what a response means by `Dialogue`; this is the hand that does it.
///
/// There is one question at a time, and at most one socket on its way from the node's machine,
/// however long that takes. A connection that has not answered in time is never used again: what it
/// may still say would pass for the answer to another question.
final class Asker {
    private let node: NodeID
    private let start: UInt64
    private let plan: ProbePlan
    private let probeLoop: ProbeLoop
    private var loop: any EventLoop { probeLoop.loop }
    private let makeSocket: @Sendable () async throws -> Int32
    private let deliver: @Sendable (ProbeResult) -> Void

    private var rhythm: Rhythm
    private var health: Health
    private var dialogue: Dialogue?
    /// When the next call of `wake` is due.
    private var alarm: Int64?
    private var isStopped = false

    /// The request that waits for its response; `nil` between questions.
    private var request: Dialogue.Request?
    /// Whether this question has lost a connection already.
    private var isSecondTry = false
    /// When the first request of this question was sent, or for `tcp` when it began to connect.
    private var sentAt: Int64?

    private var isFetching = false
    private var socket: Int32?
    private var line: Line?
    /// Counts connections; events of earlier ones are of no interest.
    private var lineNumber: UInt64 = 0
    private var lineHasAnswered = false

    init(
        node: NodeID, start: UInt64, plan: ProbePlan, on probeLoop: ProbeLoop,
        socket: @escaping @Sendable () async throws -> Int32,
        deliver: @escaping @Sendable (ProbeResult) -> Void
    ) {
        self.node = node
        self.start = start
        self.plan = plan
        self.probeLoop = probeLoop
        makeSocket = socket
        self.deliver = deliver
        rhythm = Rhythm(every: plan.every, timeout: plan.timeout, start: monotonicNow())
        health = Health(healthyAfter: plan.healthyAfter, unhealthyAfter: plan.unhealthyAfter)
        dialogue = Dialogue(plan)
    }

    /// Asks no more.
    func stop() {
        isStopped = true
        hangUp()
    }

    /// Does what is due, and comes back when something will be.
    func wake() {
        while !isStopped {
            let now = monotonicNow()
            switch rhythm.action(at: now) {
            case .ask: begin(at: now)
            case .giveUp:
                let what = isFetching ? "no socket in its machine" : "no answer"
                fail("\(what) within \(plan.timeout.inWords)")
            case .wait(let moment):
                setAlarm(moment, now: now)
                return
            }
        }
    }

    private func setAlarm(_ moment: Int64, now: Int64) {
        if let alarm, alarm <= moment { return }
        alarm = moment
        loop.assumeIsolated().scheduleTask(in: .nanoseconds(moment - now)) { [self] in
            // A sooner one was set meanwhile, and has taken this one's place.
            guard alarm == moment else { return }
            alarm = nil
            wake()
        }
    }

    // MARK: A question

    private func begin(at now: Int64) {
        rhythm.began(at: now)
        request = dialogue?.begin()
        isSecondTry = false
        sentAt = nil
        send()
    }

    private func send() {
        guard let request, let line else {
            fetch()
            return
        }
        if sentAt == nil { sentAt = monotonicNow() }
        line.send(request)
    }

    private func take(_ event: LineEvent, line number: UInt64) {
        guard number == lineNumber, !isStopped else { return }
        switch event {
        case .response(let response, let last): take(response, last: last)
        case .broken(let words, let early): lost(words, early: early)
        }
        wake()
    }

    private func take(_ response: Dialogue.Response, last: Bool) {
        lineHasAnswered = true
        guard request != nil, var dialogue else {
            // Nobody has asked.
            hangUp()
            return
        }
        let step = dialogue.take(response)
        self.dialogue = dialogue
        if last { hangUp() }
        switch step {
        case .ask(let next):
            request = next
            send()
        case .done(let answer): end(answer, roundTrip: elapsed())
        }
    }

    /// A connection that was kept may have ended just before it was used; that tells nothing of the
    /// node, which is asked once more on a new one.
    private func lost(_ words: String, early: Bool) {
        let wasKept = lineHasAnswered
        hangUp()
        guard request != nil else { return }
        guard wasKept, early, !isSecondTry else {
            fail(words)
            return
        }
        isSecondTry = true
        sentAt = nil
        send()
    }

    private func fail(_ trouble: String) {
        hangUp()
        end(.init(trouble: trouble), roundTrip: .nan)
    }

    private func end(_ answer: Dialogue.Answer, roundTrip: Float) {
        request = nil
        rhythm.ended()
        health.note(good: answer.trouble.isEmpty)
        deliver(
            ProbeResult(
                node: node, start: start, at: monotonicNow(), lasts: plan.lasts,
                ready: health.isReady, reason: answer.trouble, roundTrip: roundTrip,
                reading: answer.reading))
    }

    private func elapsed() -> Float {
        sentAt.map { Float(Double(monotonicNow() - $0) / 1e9) } ?? .nan
    }

    // MARK: A connection

    private func hangUp() {
        lineNumber += 1
        line?.close()
        line = nil
        lineHasAnswered = false
        if let socket { Descriptor.close(socket) }
        socket = nil
    }

    private func fetch() {
        guard !isFetching else { return }
        isFetching = true
        let asker = NIOLoopBound(self, eventLoop: loop)
        Task { [probeLoop, makeSocket] in
            let result: Result<Int32, any Error>
            do { result = .success(try await makeSocket()) } catch { result = .failure(error) }
            let isTaken = probeLoop.execute { asker.value.fetched(result) }
            if !isTaken, case .success(let socket) = result { Descriptor.close(socket) }
        }
    }

    private func fetched(_ result: Result<Int32, any Error>) {
        isFetching = false
        // Whichever question waits now gets it; it is new in any case.
        let isWanted = !isStopped && rhythm.isAsking && line == nil && socket == nil
        switch result {
        case .success(let socket):
            guard isWanted else {
                Descriptor.close(socket)
                return
            }
            connect(socket)
        case .failure(let error):
            guard isWanted else { return }
            fail(String(describing: error).plain(120))
        }
        wake()
    }

    private func connect(_ socket: Int32) {
        self.socket = socket
        guard let address = Descriptor.address(plan.address) else {
            fail("'\(plan.address.plain(40))' is no IPv4 address")
            return
        }
        if dialogue == nil { sentAt = monotonicNow() }
        follow(Descriptor.connect(socket, address: address, port: plan.port), socket, pause: 1)
    }

    /// Looks again after 1, 2, 4, … at most 64 ms while the other side says nothing. Within a machine
    /// that happens only when a node accepts no more connections.
    private func follow(_ progress: Descriptor.Progress, _ socket: Int32, pause: Int64) {
        switch progress {
        case .connected: connected(socket)
        case .failed(let code): fail(reason(errno: code))
        case .underWay:
            let number = lineNumber
            loop.assumeIsolated().scheduleTask(in: .milliseconds(pause)) { [self] in
                guard number == lineNumber, !isStopped else { return }
                follow(Descriptor.progress(socket), socket, pause: min(pause * 2, 64))
                wake()
            }
        }
    }

    private func connected(_ socket: Int32) {
        guard dialogue != nil else {
            let time = elapsed()
            hangUp()
            end(.init(), roundTrip: time)
            return
        }
        self.socket = nil
        let number = lineNumber
        let asker = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { [plan, loop] channel in
                loop.makeCompletedFuture {
                    try Line.prepare(channel, for: plan.kind) { event in
                        asker.value.take(event, line: number)
                    }
                }
            }
            .withConnectedSocket(socket)
            .assumeIsolated()
            .whenComplete { [self] result in opened(result, line: number) }
    }

    private func opened(_ result: Result<any Channel, any Error>, line number: UInt64) {
        switch result {
        case .success(let channel):
            guard number == lineNumber, !isStopped, channel.isActive else {
                channel.close(promise: nil)
                return
            }
            line = Line(channel, host: "\(plan.address):\(plan.port)")
            send()
        case .failure(let error):
            guard number == lineNumber, !isStopped else { return }
            fail(String(describing: error).plain(120))
            wake()
        }
    }
}

extension Dialogue {
    /// How a node is asked; `nil` when a connection is answer enough.
    init?(_ plan: ProbePlan) {
        let map = MetricMap(plan.metrics, peers: plan.peers)
        switch plan.kind {
        case .redis: self = .redis(RedisDialogue())
        case .http(let path, let status):
            self = .pages(PageDialogue(path: path, status: status, isMetrics: false, map: map))
        case .prometheus(let path):
            self = .pages(PageDialogue(path: path, status: nil, isMetrics: true, map: map))
        case .tcp: return nil
        }
    }
}

extension ProbePlan {
    /// How long an answer may be taken for the present, in nanoseconds.
    fileprivate var lasts: Int64 {
        let day = Duration.seconds(86_400)
        return (max(min(every, day) * 4, .seconds(2)) + min(timeout, day)).nanoseconds
    }
}

extension Duration {
    /// `1 s`, `250 ms`: for sentences.
    fileprivate var inWords: String {
        let milliseconds = microseconds / 1_000
        if milliseconds % 1_000 == 0 { return "\(milliseconds / 1_000) s" }
        return milliseconds < 1_000
            ? "\(milliseconds) ms" : "\(Double(milliseconds) / 1_000) s"
    }
}
