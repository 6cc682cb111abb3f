internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A running client: carries out what `Schedule`, `OperationMix`, `Dispatcher` and `Tally` say. Lives on one
/// event loop.
final class Client: WireListener {
    private let configuration: ClientConfiguration
    private let addresses: [SocketAddress]
    private let loop: any EventLoop
    private let deliver: (ClientReport) -> Bool
    /// Takes what ends; nil: no history is kept.
    private let history: HistorySender?

    private var schedule: Schedule
    private var mix: OperationMix
    private var tally: Tally
    private var dispatcher: Dispatcher
    private var lines: [Line]
    private var reportAt: Int64
    private var timer: Scheduled<Void>?
    private var isStopped = false
    /// When the history ends, although something is still under way.
    private var endsBy: Int64?
    /// The driver that is a program.
    private var program: ExecProgram?

    private struct Line {
        var attempt = 0
        var channel: (any Channel)?
        var wire: (any Wire)?
    }

    /// - Parameters:
    ///   - history: where the history goes; nil: nowhere.
    ///   - deliver: takes a report; false: it cannot now, the next one will hold this one too.
    init(
        _ configuration: ClientConfiguration, loop: any EventLoop, history: HistorySender?,
        deliver: @escaping (ClientReport) -> Bool
    ) throws {
        let now = Monotonic.now
        self.configuration = configuration
        self.loop = loop
        self.deliver = deliver
        self.history = history
        addresses = try configuration.targets.map {
            try SocketAddress(ipAddress: $0.address, port: $0.port)
        }
        schedule = Schedule(rate: configuration.rate, from: now)
        mix = OperationMix(configuration)
        tally = Tally(now: now)
        dispatcher = Dispatcher(
            connections: configuration.connections, targets: configuration.targets.count,
            timeout: Int64(configuration.timeout) * 1_000_000)
        lines = Array(repeating: Line(), count: configuration.connections)
        reportAt = now + Int64(configuration.interval) * 1_000_000
    }

    func start() {
        tick()
    }

    func obey(_ order: ClientOrder) {
        let now = Monotonic.now
        if let rate = order.rate, (0...ClientConfiguration.highestRate).contains(rate) {
            if rate == 0, schedule.rate > 0, let last = mix.last(intended: now) {
                tally.due()
                if let refused = dispatcher.add(last) { count(refused, now) }
            }
            schedule.change(rate: rate, now: now)
        }
        if let level = order.historyLevel { history?.keep(level: level) }
        if order.ends == true {
            schedule.change(rate: 0, now: now)
            endsBy = now + Int64(configuration.timeout) * 1_000_000
        }
        tick()
    }

    /// Ends it; what is under way is not waited for.
    func stop() {
        isStopped = true
        timer?.cancel()
        let now = Monotonic.now
        endHistory(now)
        report(now)
        program?.stop()
        for line in lines { line.channel?.close(promise: nil) }
    }

    /// Whether all of the history is with the kernel.
    var historyIsWritten: Bool { history?.isWritten ?? true }

    private func endHistory(_ now: Int64) {
        let open = dispatcher.underWay()
        for end in open { history?.ended(end, now: now) }
        history?.finish(open: open.count, now: now)
    }

    // MARK: the clock

    private func tick() {
        guard !isStopped else { return }
        let now = Monotonic.now
        issue(now)
        let (actions, ended) = dispatcher.step(now: now)
        for end in ended { count(end, now) }
        perform(actions)
        history?.flush(now: now)
        if let endsBy, dispatcher.isIdle || now >= endsBy { endHistory(now) }
        if now >= reportAt {
            report(now)
            reportAt = max(reportAt, now - 1) + Int64(configuration.interval) * 1_000_000
        }
        // Time-outs and reconnections are looked at every 10 ms; operations begin when they are due.
        let next = min(schedule.next ?? .max, now + 10_000_000, reportAt)
        timer?.cancel()
        timer = loop.assumeIsolated().scheduleTask(
            deadline: .uptimeNanoseconds(UInt64(max(next, now + 100_000)))
        ) {
            self.tick()
        }
    }

    private func issue(_ now: Int64) {
        let limit = now - Int64(configuration.timeout) * 1_000_000
        if let first = schedule.next, first < limit {
            // This process stood still: what should have begun so long ago would only be given up.
            let skipped = schedule.skip(before: limit)
            tally.due(skipped)
            tally.failed(.refused, count: skipped, intended: first, timedOut: true)
        }
        while let intended = schedule.take(now: now) {
            tally.due()
            if let refused = dispatcher.add(mix.next(intended: intended)) { count(refused, now) }
        }
    }

    private func report(_ now: Int64) {
        let before = tally
        let report = tally.end(now: now, oldest: dispatcher.oldest, open: dispatcher.open)
        if !deliver(report) { tally = before }
    }

    private func count(_ end: Dispatcher.Ended, _ now: Int64) {
        mix.learn(end.operation, end.outcome)
        history?.ended(end, now: now)
        if end.outcome.isAnswered, let sent = end.sent {
            tally.succeeded(intended: end.operation.intended, sent: sent, now: now)
        } else {
            tally.failed(
                end.outcome, intended: end.operation.intended, timedOut: end.timedOut)
        }
    }

    // MARK: connections

    private func perform(_ actions: [Dispatcher.Action]) {
        for action in actions {
            switch action {
            case .connect(let number): connect(number)
            case .send(let number, let operation):
                history?.sent(operation, over: number, now: Monotonic.now)
                if let program {
                    program.send(operation, over: name(of: number))
                } else {
                    lines[number].wire?.send(operation)
                }
            case .drop(let number):
                program?.drop(number)
                lines[number].attempt += 1
                lines[number].wire = nil
                lines[number].channel?.close(promise: nil)
                lines[number].channel = nil
            }
        }
    }

    private func connect(_ number: Int) {
        lines[number].attempt += 1
        let name = name(of: number)
        if configuration.driver == .exec {
            let program = self.program ?? ExecProgram(configuration, loop: loop, listener: self)
            self.program = program
            program.connect(name)
            return
        }
        let me = NIOLoopBound(self, eventLoop: loop)
        let attempt = ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(configuration.timeout)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try me.value.furnish(channel, name) }
            }
            .connect(to: addresses[configuration.target(of: number)])
        attempt.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.connected(channel, name)
            case .failure: self.ended(name)
            }
        }
    }

    private func name(of number: Int) -> WireName {
        WireName(number: number, attempt: lines[number].attempt)
    }

    private func furnish(_ channel: any Channel, _ name: WireName) throws {
        let wire: any Wire
        switch configuration.driver {
        case .redis:
            let redis = RedisWire(
                name, kind: configuration.kind, accounts: configuration.accounts, listener: self)
            try channel.pipeline.syncOperations.addHandler(redis)
            wire = redis
        case .exec: return
        case .kv, .etcd, .http:
            let target = configuration.targets[configuration.target(of: name.number)]
            let http = HTTPWire(
                name, configuration.language, host: "\(target.address):\(target.port)",
                listener: self)
            try HTTPWire.furnish(channel, with: http)
            wire = http
        }
        if isCurrent(name) {
            lines[name.number].wire = wire
            lines[name.number].channel = channel
        }
    }

    private func connected(_ channel: any Channel, _ name: WireName) {
        guard isCurrent(name), !isStopped else {
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.ended(name) }
    }

    func ended(_ name: WireName) {
        guard isCurrent(name), !isStopped else { return }
        lines[name.number].wire = nil
        lines[name.number].channel = nil
        let now = Monotonic.now
        if let end = dispatcher.closed(name.number, now: now) { count(end, now) }
    }

    private func isCurrent(_ name: WireName) -> Bool {
        lines[name.number].attempt == name.attempt
    }

    func opened(_ wire: WireName, takesWrites: Bool) {
        guard isCurrent(wire), !isStopped else { return }
        dispatcher.opened(wire.number, takesWrites: takesWrites)
        perform(dispatcher.send(now: Monotonic.now))
    }

    func answered(_ wire: WireName, _ outcome: Outcome, takesWrites: Bool) {
        guard isCurrent(wire), !isStopped else { return }
        let now = Monotonic.now
        if let end = dispatcher.answered(wire.number, outcome, takesWrites: takesWrites) {
            count(end, now)
        }
        perform(dispatcher.send(now: now))
    }
}
