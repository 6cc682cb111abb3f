import Cluster

extension FaultState {
    /// The first word of its text: `crash`, `delay`.
    var verb: String { String(record.text.prefix { $0 != " " }) }

    /// What is left of it: `0:48`; empty when it lasts until healed.
    func left(at now: Stamp) -> String {
        record.ends.map { Figures.left($0 - now) } ?? ""
    }

    /// Whether a table should show it beside a machine: those that it holds, and of the two ends
    /// of its links the smaller one (a delay between one node and all others is about the one).
    func isAbout(_ node: NodeID) -> Bool {
        if record.nodes.contains(node) { return true }
        return record.links.blocks.contains { block in
            block.from.count <= block.to.count && block.from.contains(node)
                || block.to.count <= block.from.count && block.to.contains(node)
        }
    }
}

extension [FaultState] {
    /// Those that a table should show beside a machine, processes first.
    func about(_ node: NodeID) -> [FaultState] {
        let found = filter { $0.isAbout(node) }
        return found.filter { $0.record.nodes.contains(node) }
            + found.filter { !$0.record.nodes.contains(node) }
    }
}

extension Core {
    /// Some names: three at most, then how many more.
    func names(_ nodes: [NodeID]) -> String {
        let names = nodes.prefix(3).map(name(of:)).joined(separator: ", ")
        return nodes.count > 3 ? names + " and \(nodes.count - 3) more" : names
    }
}
