public import Cluster

/// A run that never was: a cluster that is asked all the time, told second by second. What screens and
/// recordings are measured with.
public struct MadeUpRun: Sendable {
    /// How many nodes; one client more makes the load.
    public let nodes: Int
    private var number: UInt64 = 0
    private var second = 0
    private var dice: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Whether nothing changes: every ten seconds the same numbers are told again, as a lab does.
    public let isFlat: Bool

    /// Shards of ten nodes: one leads, nine follow.
    public init(nodes: Int, isFlat: Bool = false) {
        self.nodes = nodes
        self.isFlat = isFlat
    }

    /// Until every node is ready.
    public mutating func beginning() -> [Entry] {
        var events: [Event] = [
            .runBegan(RunDescription(run: "bench", topology: "bench", seed: 1))
        ]
        for index in 0..<nodes {
            let shard = NodeDescription.Label(key: "shard", value: "\(index / 10 + 1)")
            let description = NodeDescription(
                name: "kv-\(index + 1)", group: "kv",
                address: "10.66.\((index + 2) / 256).\((index + 2) % 256)", labels: [shard])
            events.append(.nodeDefined(node(index), description))
            events.append(.nodeChanged(node(index), NodeChange(phase: .ready, starts: 1)))
            let role = RoleChange(role: index % 10 == 0 ? .leader : .follower, own: "", term: 1)
            events.append(.roleChanged(node(index), role))
        }
        let client = NodeDescription(name: "client-1", group: "client", address: "", kind: .client)
        events.append(.nodeDefined(node(nodes), client))
        return events.map { entry(0, $0) }
    }

    /// The next second: a sample of every node, of the links among the first twenty, and of the client; a
    /// short crash every minute.
    public mutating func next() -> [Entry] {
        second += 1
        let at = Double(second)
        guard !isFlat else { return second % 10 == 1 ? [entry(at, .samples(flat))] : [] }
        var entries = [entry(at, .samples((0..<nodes).map { sample($0) }))]
        let talking = min(nodes, 20)
        let links = (0..<talking).flatMap { from in
            (0..<talking).filter { $0 != from }.map { link(from, $0) }
        }
        entries.append(entry(at, .linkSamples(links)))
        entries.append(entry(at, .clientSamples([load()])))
        if second % 60 == 30 { entries += crash(at) }
        return entries
    }

    /// Its end.
    public mutating func end(at moment: Stamp) -> Entry {
        entry(moment.seconds, .runEnded(RunEnd(reason: "quit")))
    }

    // MARK: What it is made of

    private func node(_ index: Int) -> NodeID { NodeID(UInt16(index)) }

    private mutating func entry(_ seconds: Double, _ event: Event) -> Entry {
        defer { number += 1 }
        return Entry(number: number, at: Stamp(seconds: seconds), event: event)
    }

    private mutating func below(_ bound: Int) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(dice >> 33) % bound
    }

    private mutating func crash(_ at: Double) -> [Entry] {
        let victim = below(nodes)
        let fault = FaultID(UInt32(second / 60 + 1))
        let record = FaultRecord(
            id: fault, text: "crash kv-\(victim + 1) for 4s", nodes: [node(victim)],
            ends: Stamp(seconds: at + 4))
        return [
            entry(at + 0.1, .faultBegan(record)),
            entry(at + 0.11, .nodeChanged(node(victim), NodeChange(phase: .failed))),
            entry(at + 0.5, .faultEnded(fault, .elapsed)),
            entry(at + 0.9, .nodeChanged(node(victim), NodeChange(phase: .ready))),
        ]
    }

    private mutating func sample(_ index: Int) -> Sample {
        var sample = Sample(node: node(index))
        sample.role = index % 10 == 0 ? .leader : .follower
        sample.ready = true
        sample.lag = Float(below(100)) / 1_000
        sample.behind = UInt32(below(500))
        sample.requests = Float(below(9_000)) / 10
        sample.errors = below(10) == 0 ? Float(below(30)) / 10 : 0
        sample.p99 = Float(below(9_000)) / 1_000_000
        sample.cpu = Float(below(1_000)) / 1_000
        sample.memory = UInt32(12_000 + below(400))
        sample.term = 1
        sample.position = UInt64(second * 100)
        return sample
    }

    /// Nodes that always do the same.
    private var flat: [Sample] {
        (0..<nodes).map { index in
            var sample = Sample(node: node(index))
            sample.role = index % 10 == 0 ? .leader : .follower
            sample.ready = true
            sample.lag = 0.01
            sample.requests = 400
            sample.p99 = 0.002
            sample.cpu = 0.02
            sample.memory = 12_000
            sample.term = 1
            return sample
        }
    }

    private mutating func link(_ from: Int, _ to: Int) -> LinkSample {
        LinkSample(
            from: node(from), to: node(to), rtt: Float(100 + below(80)) / 1_000_000,
            packets: Float(below(2_000)) / 10, bytes: Float(below(200_000)) / 10, connections: 0,
            dropped: 0)
    }

    private mutating func load() -> ClientSample {
        var latency = LatencyHistogram()
        for _ in 0..<200 { latency.record(microseconds: Int64(500 + below(4_000))) }
        return ClientSample(
            client: node(nodes), interval: 1, due: 200, ok: 200, latency: latency)
    }
}
