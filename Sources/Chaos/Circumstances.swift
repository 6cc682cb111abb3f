public import Cluster

/// What was done to nodes, and who led, while something went wrong: the other half of an explanation.
public struct Circumstances: Sendable {
    private let core: Core

    /// A node takes writes as a leader before its probe sees that it leads: by how much at most.
    private static let unseen = Duration.seconds(2)

    /// As far as a run came.
    public init(_ core: Core) { self.core = core }

    /// Faults that acted on these nodes between two moments, and elections since the first of them, in the
    /// order of time; at most eight lines. One of these nodes that was seen to lead soon afterwards led already.
    public func lines(about names: [String], from: Stamp, to: Stamp) -> [String] {
        let nodes = core.nodes.filter { names.contains($0.name) }.map(\.id)
        let faults = core.faults.filter { fault in
            fault.began <= to && (fault.ended ?? to) >= from
                && nodes.contains { fault.record.touches($0) }
        }
        var told: [(at: Stamp, text: String)] = faults.map { fault in
            let end = fault.ended.map { " to \($0.clock(decimals: 3))" } ?? " on"
            return (
                fault.began,
                "\(fault.label): \(fault.record.text), \(fault.began.clock(decimals: 3))\(end)"
            )
        }
        for fault in faults {
            guard let at = fault.elected, let leader = fault.electedNode,
                at <= to || (nodes.contains(leader) && at <= to + Self.unseen)
            else { continue }
            told.append((at, "\(core.name(of: leader)) led from \(at.clock(decimals: 3)) on"))
        }
        var lines: [String] = []
        for one in told.sorted(by: { $0.at < $1.at }) where !lines.contains(one.text) {
            lines.append(one.text)
        }
        return Array(lines.prefix(8))
    }
}

extension FaultRecord {
    /// Whether it holds the machine, or any of its links.
    fileprivate func touches(_ node: NodeID) -> Bool {
        nodes.contains(node)
            || links.blocks.contains { $0.from.contains(node) || $0.to.contains(node) }
    }
}
