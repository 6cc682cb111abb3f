public import Cluster

/// The whole cluster in one sentence: `DEGRADED: 2 of 3 ready, leader kv-1, 1 fault`.
public struct ClusterSummary: Equatable, Sendable {
    /// The status in one word.
    public let status: Health.Status
    private let ready: Int
    private let nodes: Int
    /// Names of the leaders; `nil` where nobody tells a role.
    private let leaders: [String]?
    private let faults: Int

    /// How the cluster is now.
    public init(_ core: Core) {
        let health = core.health
        status = health.status
        ready = health.nodesReady
        nodes = health.nodes
        let names = health.leaders.compactMap { core.node($0)?.name }
        leaders = names.isEmpty && health.voters == 0 ? nil : names
        faults = core.faults.count { $0.isActive && !$0.record.weather }
    }

    /// In words.
    public var words: String {
        var parts = ["\(ready) of \(nodes) ready"]
        if let leaders {
            let names = leaders.prefix(5).joined(separator: " and ")
            let noun = leaders.count == 1 ? "leader" : "leaders"
            parts.append(leaders.isEmpty ? "no leader" : "\(noun) \(names)")
        }
        parts.append(faults == 0 ? "no fault" : faults == 1 ? "1 fault" : "\(faults) faults")
        return "\(status.rawValue): " + parts.joined(separator: ", ")
    }

    /// As a line of a run's telling.
    func line(_ at: Stamp) -> RunTelling.Line {
        let tone: RunTelling.Line.Tone =
            switch status {
            case .healthy: .good
            case .starting, .ended: .plain
            case .degraded, .noQuorum, .split: .bad
            }
        return RunTelling.Line(at, "cluster", words, tone)
    }
}

/// What somebody hears who asks how things are: the cluster, its clients, each node, each fault.
public enum ClusterStatus {
    /// Nodes that are told one by one, at most: the others are counted.
    static let mostNodes = 50

    /// A line each.
    public static func lines(_ core: Core) -> [String] {
        var lines = ["cluster \(ClusterSummary(core).words)"]
        if let second = core.clients.seconds.last {
            lines.append(
                "clients \(Spoken.share(second.availability)) available, \(second.ok)/s, p99 "
                    + Spoken.time(second.latency(atQuantile: 0.99)))
        }
        let nodes = core.nodes.filter { !$0.isClient }
        for node in nodes.prefix(mostNodes) {
            var parts = [node.phase.rawValue]
            if let role = node.role.role.word { parts.append(role) }
            if node.sample.lag.isFinite {
                parts.append("lag \(Spoken.time(Double(node.sample.lag)))")
            }
            if !node.change.reason.isEmpty { parts.append(node.change.reason) }
            lines.append("node \(node.name) \(parts.joined(separator: ", "))")
        }
        if nodes.count > mostNodes { lines.append("and \(nodes.count - mostNodes) more nodes") }
        for fault in core.faults where fault.isActive {
            let proof = fault.proof.map { ": \($0.verdict.rawValue), \($0.words)" } ?? ""
            lines.append("fault \(fault.record.id) \(fault.record.text)\(proof)")
        }
        return lines.map { RunTelling.Line(nil, "", $0).text }
    }
}
