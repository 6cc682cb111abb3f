internal import CLinux
internal import Cluster
internal import Fabric
internal import Faults
internal import Glibc
internal import Journal
internal import Probes
internal import Supervisor
internal import Topology

/// What the lab remembers from one tick to the next.
struct Sampling {
    var fold = ProbeFold()
    var usage: [NodeID: (at: Int64, cpu: Duration)] = [:]
    var written: [NodeID: (sample: Sample, at: Stamp)] = [:]
    var links: [LinkID: LinkCounters] = [:]
    var linksAt: Int64 = 0
    var writtenMetrics: [NodeID: [String: Float]] = [:]
    var writtenLinks: [LinkID: (sample: LinkSample, at: Stamp)] = [:]
    /// Last round trip of each direction, in seconds; NaN when the last echo was lost.
    var roundTrips: [LinkID: Float] = [:]
    /// When that echo was sent, in monotonic nanoseconds.
    var askedAt: [LinkID: Int64] = [:]
    /// When a fault last changed the link, in monotonic nanoseconds.
    var changedAt: [LinkID: Int64] = [:]
    /// When the healing of a fault began, in monotonic nanoseconds.
    var healedAt: [FaultID: Int64] = [:]
    /// What faults that are over did in all.
    var endedFaults: [FaultID: TermCount] = [:]
}

/// Measuring: probes, processors, memory, links, all on a clock of the lab's own.
extension Lab {
    /// Begins to measure.
    func startSampling() {
        let interval: Duration =
            machines.count <= 100
            ? .milliseconds(500) : machines.count <= 300 ? .seconds(1) : .seconds(2)
        background { lab in
            let clock = ContinuousClock()
            var next = clock.now
            while !Task.isCancelled {
                await lab.tick()
                next = max(next + interval, clock.now)
                try? await Task.sleep(until: next, clock: clock)
            }
        }
        background { lab in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await lab.tickLinks()
            }
        }
    }

    // MARK: Probes

    /// Begins to ask a node that has just been started.
    func startProbe(_ id: NodeID) {
        let plan = machines[Int(id.index)].plan
        guard let probe = plan.probe, let machine = machines[Int(id.index)].machine else { return }
        let reports = reports
        prober.start(
            node: id, plan: ProbePlan(probe, plan),
            socket: {
                try await machine.socket(
                    domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0
                ).release()
            },
            deliver: { reports.put(.probe($0)) })
    }

    /// Asks a node no more: its program has ended.
    func stopProbe(_ id: NodeID) {
        prober.stop(id)
        sampling.fold.forget(id)
    }

    /// Takes an answer in: readiness and role change at once, numbers with the next tick.
    func probed(_ result: ProbeResult) {
        let index = Int(result.node.index)
        guard machines[index].process != nil else { return }
        sampling.fold.add(result)
        node(result.node, .probed(ready: result.ready, reason: result.reason))
        guard result.isGood || result.reading.role != .unknown else { return }
        let role = RoleChange(
            role: result.reading.role, own: result.reading.roleWord, term: result.reading.term)
        if state.core.nodes[index].role != role { record(.roleChanged(result.node, role)) }
    }

    // MARK: Ticks

    private func tick() async {
        let now = RunClock.monotonic()
        var samples: [NodeID: Sample] = [:]
        for sample in sampling.fold.samples(now: now) { samples[sample.node] = sample }
        for (id, use) in await usages() {
            var sample = samples[id] ?? Sample(node: id)
            if let before = sampling.usage[id], use.at > before.at, use.cpu >= before.cpu {
                sample.cpu = Float(
                    (use.cpu - before.cpu).inSeconds / (Double(use.at - before.at) / 1e9))
            }
            sample.memory = UInt32(clamping: use.memory / 1_024)
            sampling.usage[id] = (use.at, use.cpu)
            samples[id] = sample
        }
        let stamp = clock.now
        var changed: [Sample] = []
        for id in samples.keys.sorted() {
            guard var sample = samples[id] else { continue }
            sample.ready = state.core.nodes[Int(id.index)].phase == .ready
            if let last = sampling.written[id], last.sample == sample,
                stamp - last.at < .seconds(10)
            {
                continue
            }
            sampling.written[id] = (sample, stamp)
            changed.append(sample)
        }
        if !changed.isEmpty { offer(.samples(changed)) }
        tellMetrics(now)
        let lost = reports.takeLost()
        if lost > 0 { record(.dropped(DropReport(what: "reports to the lab", count: lost))) }
    }

    /// Words of the topology's own, where they changed.
    private func tellMetrics(_ now: Int64) {
        var changed: [MetricSample] = []
        for machine in plan.machines where !machine.ownMetrics.isEmpty {
            for word in machine.ownMetrics.keys.sorted() {
                let value = sampling.fold.metric(word, of: machine.id, now: now)
                let sample = MetricSample(
                    node: machine.id, word: word, value: value.map { Float($0) } ?? .nan)
                let last = sampling.writtenMetrics[machine.id]?[word] ?? .nan
                guard sample != MetricSample(node: machine.id, word: word, value: last) else {
                    continue
                }
                sampling.writtenMetrics[machine.id, default: [:]][word] = sample.value
                changed.append(sample)
            }
        }
        if !changed.isEmpty { offer(.metricSamples(changed)) }
    }

    /// CPU time and memory of every machine that runs something.
    private func usages() async -> [(NodeID, (at: Int64, cpu: Duration, memory: UInt64))] {
        await withTaskGroup(
            of: (NodeID, (at: Int64, cpu: Duration, memory: UInt64))?.self
        ) { group in
            for runtime in machines {
                guard let machine = runtime.machine, runtime.process != nil else { continue }
                let id = runtime.plan.id
                group.addTask {
                    guard let use = try? await machine.usage() else { return nil }
                    return (id, (RunClock.monotonic(), use.cpu, use.residentBytes))
                }
            }
            var all: [(NodeID, (at: Int64, cpu: Duration, memory: UInt64))] = []
            for await use in group { if let use { all.append(use) } }
            return all
        }
    }

    private func tickLinks() async {
        guard !isEnding, let counters = try? await fabric.counters() else { return }
        for echo in fabric.echo.samples() {
            let rtt = echo.roundTrip.map { Float(Double($0) / 1e9) } ?? .nan
            for link in [
                LinkID(from: echo.from, to: echo.to), LinkID(from: echo.to, to: echo.from),
            ] {
                sampling.roundTrips[link] = rtt
                sampling.askedAt[link] = echo.sent
            }
        }
        let seconds = Float(Double(counters.at - sampling.linksAt) / 1e9)
        let stamp = clock.now
        var changed: [LinkSample] = []
        if sampling.linksAt > 0, seconds > 0 {
            for link in counters.links where link.link.from != link.link.to {
                let before = sampling.links[link.link]
                func rate(_ field: KeyPath<LinkCounters, UInt64>) -> Float {
                    Float(link[keyPath: field] &- (before?[keyPath: field] ?? 0)) / seconds
                }
                let sample = LinkSample(
                    from: link.link.from, to: link.link.to,
                    rtt: sampling.roundTrips[link.link] ?? .nan, packets: rate(\.packets),
                    bytes: rate(\.bytes), connections: rate(\.connections),
                    dropped: rate(\.dropped))
                if let last = sampling.writtenLinks[link.link], last.sample == sample,
                    stamp - last.at < .seconds(10)
                {
                    continue
                }
                sampling.writtenLinks[link.link] = (sample, stamp)
                changed.append(sample)
            }
        }
        sampling.links = Dictionary(
            counters.links.map { ($0.link, $0) }, uniquingKeysWith: { _, last in last })
        sampling.linksAt = counters.at
        if !changed.isEmpty { offer(.linkSamples(changed)) }
        tellLosses(counters)
        tellTiming(counters)
    }

    /// Writes a tick of samples, unless the journal is stuck: then it is told how many were not.
    func offer(_ event: Event) {
        if let report = journal.untold() { record(.dropped(report)) }
        guard let entry = journal.offer(event) else { return }
        saw(entry)
    }
}

extension ProbePlan {
    /// As the topology says it.
    init(_ probe: Topology.Probe, _ plan: MachinePlan) {
        let kind: Kind =
            switch probe.kind {
            case .http(let path, let status): .http(path: path, status: status)
            case .prometheus(let path): .prometheus(path: path)
            case .redis: .redis
            case .tcp: .tcp
            }
        var metrics = plan.ownMetrics
        for (metric, name) in plan.metrics { metrics[metric.rawValue] = name }
        self.init(
            kind: kind, address: plan.address.description, port: plan.probePort,
            every: probe.every, timeout: probe.timeout, healthyAfter: probe.healthyAfter,
            unhealthyAfter: probe.unhealthyAfter, metrics: metrics, peers: plan.group)
    }
}
