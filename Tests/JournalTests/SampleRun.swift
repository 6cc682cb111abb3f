import Cluster

@testable import Journal

/// A run as it might be: nodes that sample twice a second, links and clients each second, and a fault
/// now and then.
struct SampleRun {
    var entries: [Entry] = []
    private var dice: Dice

    init(nodes: Int, seconds: Int, seed: UInt64 = 1) {
        dice = Dice(seed: seed)
        add(0, .runBegan(RunDescription(run: "sample", topology: "kv", seed: seed)))
        for index in 0..<nodes {
            let name = "kv-\(index + 1)"
            add(
                0,
                .nodeDefined(
                    node(index), NodeDescription(name: name, group: "kv", address: "10.66.0.2")))
        }
        let client = NodeDescription(
            name: "client-1", group: "client", address: "", kind: .client)
        add(0, .nodeDefined(node(nodes), client))
        for index in 0..<nodes {
            let role = RoleChange(role: index == 0 ? .leader : .follower, own: "", term: 1)
            add(0.5, .roleChanged(node(index), role))
            add(0.5, .nodeChanged(node(index), NodeChange(phase: .ready)))
        }
        for second in 1..<max(2, seconds) { tell(second, nodes) }
        add(Double(seconds), .runEnded(RunEnd(reason: "quit")))
    }

    private func node(_ index: Int) -> NodeID { NodeID(UInt16(index)) }

    private mutating func add(_ seconds: Double, _ event: Event) {
        entries.append(
            Entry(number: UInt64(entries.count), at: Stamp(seconds: seconds), event: event))
    }

    private mutating func tell(_ second: Int, _ nodes: Int) {
        let at = Double(second)
        // Large clusters are asked less often.
        for half in nodes > 300 ? (second % 2 == 0 ? [0.1] : []) : [0.1, 0.6] {
            add(at + half, .samples((0..<nodes).map { sample($0) }))
        }
        let talking = min(nodes, 20)
        let links = (0..<talking).flatMap { from in
            (0..<talking).filter { $0 != from }.map { link(from, $0) }
        }
        add(at + 0.7, .linkSamples(links))
        add(at + 0.8, .clientSamples([client(nodes)]))
        if second % 60 == 30 { fault(at, UInt32(second / 60 + 1), nodes) }
    }

    private mutating func fault(_ at: Double, _ number: UInt32, _ nodes: Int) {
        let victim = dice.below(nodes)
        let text = "crash kv-\(victim + 1) for 4s"
        add(
            at + 0.9,
            .faultBegan(
                FaultRecord(
                    id: FaultID(number), text: text, nodes: [node(victim)],
                    ends: Stamp(seconds: at + 4.9))))
        add(at + 0.91, .nodeChanged(node(victim), NodeChange(phase: .failed)))
        add(at + 0.92, .faultEnded(FaultID(number), .elapsed))
        add(at + 0.95, .nodeChanged(node(victim), NodeChange(phase: .ready)))
    }

    private mutating func tenth(_ most: Int) -> Float { Float(dice.below(most * 10)) / 10 }

    private mutating func sample(_ index: Int) -> Sample {
        var sample = Sample(node: node(index))
        sample.role = index == 0 ? .leader : .follower
        sample.ready = true
        sample.lag = Float(dice.below(100)) / 1_000
        sample.behind = UInt32(dice.below(500))
        sample.requests = tenth(900)
        sample.errors = dice.chance(10) ? tenth(3) : 0
        sample.p99 = Float(dice.below(9_000)) / 1_000_000
        sample.cpu = Float(dice.below(1_000)) / 1_000
        sample.memory = UInt32(12_000 + dice.below(400))
        sample.term = 1
        sample.position = UInt64(dice.below(100_000))
        return sample
    }

    private mutating func link(_ from: Int, _ to: Int) -> LinkSample {
        LinkSample(
            from: node(from), to: node(to), rtt: Float(100 + dice.below(80)) / 1_000_000,
            packets: tenth(200), bytes: tenth(20_000), connections: 0, dropped: 0)
    }

    private mutating func client(_ index: Int) -> ClientSample {
        var latency = LatencyHistogram()
        for _ in 0..<200 { latency.record(microseconds: Int64(500 + dice.below(4_000))) }
        return ClientSample(
            client: node(index), interval: 1, due: 200, ok: 200, latency: latency)
    }
}

/// A folder that is gone when the test is over.
final class ScratchFolder {
    let path: String

    init() throws {
        let made = RunFolder(path: "/tmp/squall-journal-\(UInt32.random(in: 0 ... .max))")
        path = made.path
        _ = try RunFolder.create(in: made.path, topology: "scratch")
    }

    deinit { RunFolder(path: path).remove() }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws {
        try RunFolder(path: path).write(bytes, to: file(name))
    }
}
