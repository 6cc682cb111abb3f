import Cluster

/// Entries of a run as a lab would have written them, made by hand: what the screens are tested on.
struct Recording {
    private(set) var entries: [Entry] = []
    private(set) var names: [String] = []
    private var at = Stamp.zero

    /// Everything folded.
    var state: ClusterState {
        var state = ClusterState()
        for entry in entries { state.apply(entry) }
        return state
    }

    mutating func add(_ seconds: Double, _ event: Event) {
        at = max(at, Stamp(seconds: seconds))
        entries.append(Entry(number: UInt64(entries.count), at: at, event: event))
    }

    mutating func began(_ topology: String, about: String) {
        add(
            0,
            .runBegan(
                RunDescription(
                    run: "2026-11-23-\(topology)", topology: topology, about: about, seed: 42,
                    fabric: "virtual/veth", scheduling: "fifo")))
    }

    mutating func define(
        _ name: String, _ group: String, kind: NodeDescription.Kind = .node,
        labels: [NodeDescription.Label] = [], metrics: [String] = []
    ) {
        let id = NodeID(UInt16(names.count))
        names.append(name)
        add(
            0,
            .nodeDefined(
                id,
                NodeDescription(
                    name: name, group: group, address: "10.66.0.\(names.count + 1)", kind: kind,
                    labels: labels, metrics: metrics)))
    }

    func id(_ name: String) -> NodeID { NodeID(UInt16(names.firstIndex(of: name) ?? 0)) }

    mutating func phase(
        _ seconds: Double, _ name: String, _ phase: Phase, _ reason: String = "",
        fault: UInt32? = nil, until: Double? = nil, starts: UInt32 = 1
    ) {
        add(
            seconds,
            .nodeChanged(
                id(name),
                NodeChange(
                    phase: phase, reason: reason, fault: fault.map { FaultID($0) },
                    until: until.map { Stamp(seconds: $0) }, starts: starts)))
    }

    mutating func role(
        _ seconds: Double, _ name: String, _ role: Role, _ own: String, term: UInt64? = nil
    ) {
        add(seconds, .roleChanged(id(name), RoleChange(role: role, own: own, term: term)))
    }

    mutating func fault(
        _ seconds: Double, _ number: UInt32, _ text: String, nodes: [String] = [],
        between: ([String], [String])? = nil, for time: Double? = nil, name: String? = nil
    ) {
        var links = LinkSet()
        if let between {
            let (a, b) = (between.0.map(id), between.1.map(id))
            links = LinkSet([LinkSet.Block(from: a, to: b), LinkSet.Block(from: b, to: a)])
        }
        add(
            seconds,
            .commandAccepted(
                CommandRecord(
                    number: UInt64(number), text: text, names: text, by: "key",
                    fault: FaultID(number))))
        add(
            seconds,
            .faultBegan(
                FaultRecord(
                    id: FaultID(number), name: name, text: text, nodes: nodes.map(id), links: links,
                    ends: time.map { Stamp(seconds: seconds + $0) }, by: "key")))
    }

    /// A tick: one sample for each that is told.
    mutating func tick(_ seconds: Double, _ samples: [(String, (inout Sample) -> Void)]) {
        let list = samples.map { name, fill in
            var sample = Sample(node: id(name))
            fill(&sample)
            return sample
        }
        add(seconds, .samples(list))
    }

    mutating func clients(
        _ seconds: Double, _ name: String, ok: UInt32, refused: UInt32 = 0, unknown: UInt32 = 0,
        silence: Float = 0, fast: Int64 = 1_100, slow: Int64 = 2_400
    ) {
        var sample = ClientSample(
            client: id(name), interval: 1, due: ok + refused + unknown, ok: ok, refused: refused,
            unknown: unknown, silence: silence, outage: silence)
        for index in 0..<min(ok, 200) {
            sample.latency.record(microseconds: index % 50 == 0 ? slow : fast + Int64(index) * 3)
        }
        add(seconds, .clientSamples([sample]))
    }
}

/// A number that looks like noise and never changes.
func noise(_ seed: Int, _ range: Int) -> Int {
    var value = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 29
    value &*= 0xBF58_476D_1CE4_E5B9
    value ^= value >> 32
    return Int(value % UInt64(max(1, range)))
}
