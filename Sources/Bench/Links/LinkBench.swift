internal import Cluster
internal import Fabric
internal import Faults
internal import Glibc
internal import Supervisor

/// Measures links on this machine, side by side with what one would use instead. Rounds alternate
/// between all contenders, so that what else the machine does meets them all; medians are compared.
public struct LinkBench: Sendable {
    /// Rounds that count; one more goes before.
    public var rounds: Int
    /// How long one measurement of one contender is.
    public var measurement: Duration
    /// Requests of one redis-benchmark.
    public var requests: Int
    /// Path of `squall-host`; `nil` looks beside the running program.
    public var host: String?
    /// As root: who the sources and servers run as.
    public var user: String?
    /// Told as it goes.
    public var progress: @Sendable (String) -> Void

    /// `quick` ends within a minute and a half, the other takes about five.
    public init(quick: Bool, user: String? = nil, progress: @escaping @Sendable (String) -> Void) {
        rounds = quick ? 5 : 9
        measurement = quick ? .milliseconds(300) : .seconds(1)
        requests = quick ? 20_000 : 60_000
        self.user = user
        self.progress = progress
    }

    /// The whole course. Throws `MachineError` where no machines can be made, `BenchError` where
    /// traffic does not come through.
    public func run() async throws -> LinkReport {
        try await Stage.with(host: host, user: user) { stage in
            progress("making machines")
            let cast = try await Cast(on: stage)
            var course = Course(bench: self, stage: stage, cast: cast)
            // What is done for the first time takes longer: it does not count.
            progress("warming up")
            try await course.round()
            course.forget()
            for round in 1...max(1, rounds) {
                progress("round \(round) of \(rounds)")
                try await course.round()
            }
            var report = course.report
            report.judge()
            return report
        }
    }
}

/// One run of the bench.
private struct Course {
    let bench: LinkBench
    let stage: Stage
    let cast: Cast
    var report: LinkReport

    init(bench: LinkBench, stage: Stage, cast: Cast) {
        self.bench = bench
        self.stage = stage
        self.cast = cast
        report = LinkReport(
            surroundings: .init(
                cores: processors(), kernel: kernelRelease(),
                scheduling: stage.fabric.scheduling.rawValue,
                attachments: stage.host.attachments.map(\.rawValue)),
            rounds: bench.rounds, contenders: [], delays: [], rates: [], leftOut: [])
        forget()
    }

    /// Begins with empty rows.
    mutating func forget() {
        report.contenders = cast.contenders.map { .init(name: $0.way.name) }
        let switched = cast.contenders.filter { $0.link != nil }.map(\.way.name)
        report.delays = [false, true].flatMap { isBusy in
            switched.map { .init(name: $0, isBusy: isBusy) }
        }
        report.rates = switched.map { .init(name: $0) }
        report.leftOut = cast.leftOut
    }

    private var milliseconds: Int { Int(bench.measurement / .milliseconds(1)) }

    /// Everything once, each measure for all contenders before the next.
    mutating func round() async throws {
        for (index, contender) in cast.contenders.enumerated() {
            report.contenders[index].bulk.values.append(try await bulk(contender))
        }
        for (index, contender) in cast.contenders.enumerated() where contender.link != nil {
            let loss = Effect.loss(Share(billionths: 10_000_000))
            let value = try await under(loss, contender) { try await bulk(contender) }
            report.contenders[index].lossyBulk.values.append(value)
        }
        for (index, contender) in cast.contenders.enumerated() {
            let trips = try await self.trips(contender)
            report.contenders[index].tripMedian.values.append(trips.median)
            report.contenders[index].tripP99.values.append(trips.p99)
        }
        for (index, contender) in cast.contenders.enumerated() {
            report.contenders[index].connections.values.append(try await greetings(contender))
        }
        if cast.hasRedis {
            for (index, contender) in cast.contenders.enumerated() {
                report.contenders[index].redis.values.append(try await redis(contender))
            }
        }
        for index in report.delays.indices { try await delay(index) }
        for index in report.rates.indices { try await rate(index) }
    }

    // MARK: Without a fault

    private func bulk(_ contender: Contender) async throws -> Double {
        let order = "bulk \(contender.place(BenchAgent.sink)) \(milliseconds / 3) \(milliseconds)"
        let numbers = try await contender.source.ask(order)
        return Double(numbers[0]) * 8 / Double(numbers[1])
    }

    private func trips(_ contender: Contender) async throws -> (median: Double, p99: Double) {
        let numbers = try await contender.source.ask(
            "trips \(contender.place(BenchAgent.echo)) \(milliseconds)")
        return (Double(numbers[1]) / 1_000, Double(numbers[2]) / 1_000)
    }

    private func greetings(_ contender: Contender) async throws -> Double {
        let numbers = try await contender.source.ask(
            "greetings \(contender.place(BenchAgent.greeter)) \(milliseconds)")
        return Double(numbers[0]) * 1e9 / Double(numbers[1])
    }

    private func redis(_ contender: Contender) async throws -> Double {
        let output = try await stage.output(
            of: [
                "redis-benchmark", "-h", contender.address, "-p",
                "\(contender.port(Cast.redis))", "-c", "50", "-n", "\(bench.requests)", "-t",
                "set", "--csv",
            ], in: contender.machine)
        // "SET","52631.58", …
        let row = output.split(separator: "\n").last { $0.hasPrefix("\"SET\"") }
        let field = row?.split(separator: "\"", omittingEmptySubsequences: true).dropFirst(2).first
        guard let rate = field.flatMap({ Double($0) }) else {
            throw BenchError("redis-benchmark through \(contender.way.name): \(output)")
        }
        return rate
    }

    // MARK: Under a fault

    /// Measures while an effect is in force on the way to the servers.
    private func under<Result: Sendable>(
        _ effect: Effect, _ contender: Contender, _ measure: () async throws -> Result
    ) async throws -> Result {
        guard let link = contender.link else { return try await measure() }
        try await stage.install(
            [try LinkFault(FaultID(1), [.init(effect, on: [link])])], nodes: cast.nodes)
        let result = try await measure()
        try await stage.install([], nodes: cast.nodes)
        return result
    }

    private mutating func delay(_ index: Int) async throws {
        let row = report.delays[index]
        guard let contender = cast.contenders.first(where: { $0.way.name == row.name }),
            let usual = report.contenders.first(where: { $0.name == row.name })?.tripMedian.median
        else { return }
        let others = row.isBusy ? try await occupyCores(contender) : []
        let before = try await stage.fabric.counters().lateness
        let effect = Effect.delay(Delay(.milliseconds(1)))
        let trips = try await under(effect, contender) { try await self.trips(contender) }
        let late = try await stage.fabric.counters().lateness.since(before)
        for process in others { try await contender.machine.signal(SIGKILL, to: process) }
        guard let median = late.microseconds(atQuantile: 0.5),
            let p99 = late.microseconds(atQuantile: 0.99)
        else { throw BenchError("\(row.name): no packet was delayed") }
        report.delays[index].lateMedian.values.append(median)
        report.delays[index].lateP99.values.append(p99)
        report.delays[index].felt.values.append(trips.median - usual - 1_000)
    }

    /// A process a core that does nothing but run.
    private func occupyCores(_ contender: Contender) async throws -> [ProcessID] {
        var processes: [ProcessID] = []
        for _ in 0..<processors() {
            processes.append(
                try await stage.start(
                    ["/bin/sh", "-c", "while :; do :; done"], in: contender.machine))
        }
        return processes
    }

    /// What a limit lets through. Measured once the version carries limits out; told by name until
    /// then.
    private mutating func rate(_ index: Int) async throws {
        let row = report.rates[index]
        guard let contender = cast.contenders.first(where: { $0.way.name == row.name }),
            let link = contender.link,
            case .fault(.link(let effect, _, _), _) = try Command(
                parsing: "limit from a to b 100MB/s")
        else { return }
        let fault: LinkFault
        do throws(EffectError) {
            fault = try LinkFault(FaultID(1), effect, on: [link])
        } catch {
            let reason = "\(row.name): limit of 100 MB/s: \(error)"
            if !report.leftOut.contains(reason) { report.leftOut.append(reason) }
            return
        }
        try await stage.install([fault], nodes: cast.nodes)
        let payload = try await bulk(contender)
        try await stage.install([], nodes: cast.nodes)
        // Of 1,500 bytes 1,448 are payload: IP and TCP headers, with time stamps, take the rest.
        report.rates[index].rate.values.append(payload * 1e3 / 8 * 1_500 / 1_448)
    }
}

extension LatencyHistogram {
    /// What was counted since an older copy.
    func since(_ old: LatencyHistogram) -> LatencyHistogram {
        var counts: [UInt16: UInt32] = [:]
        for bucket in old.buckets { counts[bucket.index] = bucket.count }
        return LatencyHistogram(
            buckets: buckets.map {
                Bucket(index: $0.index, count: $0.count &- (counts[$0.index] ?? 0))
            })
    }
}

/// Processor cores that are at work.
func processors() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

/// As `uname -r`.
func kernelRelease() -> String {
    var names = utsname()
    guard uname(&names) == 0 else { return "" }
    return withUnsafeBytes(of: names.release) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
}
