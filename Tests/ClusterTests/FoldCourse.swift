import Cluster

/// A run told event by event.
struct Course {
    var state = ClusterState()
    private var number: UInt64 = 0

    var core: Core { state.core }

    /// Three nodes of one group, `kv-1` … `kv-3`, and a client.
    init(nodes: Int = 3, clients: Int = 1) {
        at(0, .runBegan(RunDescription(run: "r", topology: "kv", seed: 42)))
        for index in 0..<nodes {
            at(
                0,
                .nodeDefined(
                    NodeID(UInt16(index)),
                    NodeDescription(name: "kv-\(index + 1)", group: "kv", address: "")))
        }
        for index in 0..<clients {
            at(
                0,
                .nodeDefined(
                    NodeID(UInt16(nodes + index)),
                    NodeDescription(
                        name: "client-\(index + 1)", group: "client", address: "", kind: .client)))
        }
    }

    mutating func at(_ seconds: Double, _ event: Event) {
        state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
        number += 1
    }

    mutating func skipEntries(_ count: UInt64) { number += count }

    mutating func phase(
        _ seconds: Double, _ node: UInt16, _ phase: Phase, _ reason: String = "",
        fault: UInt32? = nil, until: Double? = nil
    ) {
        at(
            seconds,
            .nodeChanged(
                NodeID(node),
                NodeChange(
                    phase: phase, reason: reason, fault: fault.map { FaultID($0) },
                    until: until.map { Stamp(seconds: $0) })))
    }

    mutating func role(_ seconds: Double, _ node: UInt16, _ role: Role, term: UInt64? = nil) {
        at(
            seconds,
            .roleChanged(NodeID(node), RoleChange(role: role, own: role.word ?? "", term: term)))
    }

    /// All nodes become ready at 1 s, the first one leads.
    mutating func comeUp(_ nodes: UInt16 = 3) {
        for node in 0..<nodes {
            phase(1, node, .started)
            role(1, node, node == 0 ? .leader : .follower, term: 1)
            phase(1, node, .ready)
        }
    }

    mutating func fault(
        _ seconds: Double, _ number: UInt32, _ text: String, name: String? = nil,
        nodes: [UInt16] = [], links: [([UInt16], [UInt16])] = [], ends: Double? = nil,
        momentary: Bool = false
    ) {
        at(
            seconds,
            .faultBegan(
                FaultRecord(
                    id: FaultID(number), name: name, text: text, nodes: nodes.map { NodeID($0) },
                    links: LinkSet(
                        links.map { from, to in
                            LinkSet.Block(
                                from: from.map { NodeID($0) }, to: to.map { NodeID($0) })
                        }), ends: ends.map { Stamp(seconds: $0) }, momentary: momentary)))
    }

    mutating func over(_ seconds: Double, _ number: UInt32, _ end: FaultEnd = .elapsed) {
        at(seconds, .faultEnded(FaultID(number), end))
    }

    mutating func clients(
        _ seconds: Double, _ client: UInt16 = 3, ok: UInt32, refused: UInt32 = 0,
        unknown: UInt32 = 0, silence: Float = 0, outage: Float = 0, micros: Int64 = 1_000
    ) {
        var latency = LatencyHistogram()
        for _ in 0..<ok { latency.record(microseconds: micros) }
        at(
            seconds,
            .clientSamples([
                ClientSample(
                    client: NodeID(client), interval: 1, due: ok + refused + unknown, ok: ok,
                    refused: refused, unknown: unknown, silence: silence, outage: outage,
                    latency: latency)
            ]))
    }

    /// What the event line tells, without the beginning.
    func news(after seconds: Double) -> [String] {
        core.news.filter { $0.at > Stamp(seconds: seconds) }.map(\.text)
    }
}
