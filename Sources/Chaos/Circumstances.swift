public import Cluster

/// What was done to nodes, and who led, while something went wrong: the other half of an explanation.
public struct Circumstances: Sendable {
    private let core: Core

    /// As far as a run came.
    public init(_ core: Core) { self.core = core }

    /// Faults that acted on these nodes between two moments, and elections since the first of them, in the
    /// order of time; at most eight lines.
    public func lines(about names: [String], from: Stamp, to: Stamp) -> [String] {
        let nodes = core.nodes.filter { names.contains($0.name) }.map(\.id)
        let faults = core.faults.filter { fault in
            fault.began <= to && (fault.ended ?? to) >= from
                && nodes.contains { fault.record.touches($0) }
        }
        var told: [(at: Stamp, text: String)] = faults.map { fault in
            let end = fault.ended.map { " to \(Self.clock($0))" } ?? " on"
            return (
                fault.began,
                "\(fault.label): \(fault.record.text), \(Self.clock(fault.began))\(end)"
            )
        }
        for fault in faults {
            guard let at = fault.elected, at <= to, let leader = fault.electedNode else { continue }
            told.append((at, "\(core.name(of: leader)) led from \(Self.clock(at)) on"))
        }
        var lines: [String] = []
        for one in told.sorted(by: { $0.at < $1.at }) where !lines.contains(one.text) {
            lines.append(one.text)
        }
        return Array(lines.prefix(8))
    }

    /// `04:02.118`, as checks tell moments.
    private static func clock(_ stamp: Stamp) -> String {
        let milliseconds = max(0, stamp.microseconds) / 1_000
        let parts = [milliseconds / 60_000, milliseconds / 1_000 % 60, milliseconds % 1_000]
        let texts = zip(parts, [2, 2, 3]).map { part, width in
            let digits = String(part)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(texts[0]):\(texts[1]).\(texts[2])"
    }
}

extension FaultRecord {
    /// Whether it holds the machine, or any of its links.
    fileprivate func touches(_ node: NodeID) -> Bool {
        nodes.contains(node)
            || links.blocks.contains { $0.from.contains(node) || $0.to.contains(node) }
    }
}
