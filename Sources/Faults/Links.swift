public import Cluster

/// The links that the paths and divisions of the command language stand for. A machine has no link
/// to itself; the diagonal of the table is the machine's own port.
public enum Links {
    /// `from a to b`: one way.
    public static func from(_ senders: [NodeID], to receivers: [NodeID]) -> [LinkID] {
        senders.flatMap { from in
            receivers.compactMap { to in from == to ? nil : LinkID(from: from, to: to) }
        }
    }

    /// `between a and b`: both ways.
    public static func between(_ some: [NodeID], and others: [NodeID]) -> [LinkID] {
        from(some, to: others) + from(others, to: some)
    }

    /// `partition a / b / …`: no link between two groups. Machines in no group keep their links.
    public static func across(_ groups: [[NodeID]]) -> [LinkID] {
        groups.indices.flatMap { first in
            groups.indices.flatMap { second in
                first == second ? [] : from(groups[first], to: groups[second])
            }
        }
    }

    /// `isolate`: each alone, without its peers.
    public static func isolating(_ nodes: [NodeID], from peers: [NodeID]) -> [LinkID] {
        between(nodes, and: peers)
    }

    /// A machine's port: all its links to and from `machines`, and the port itself.
    public static func ports(of nodes: [NodeID], among machines: [NodeID]) -> [LinkID] {
        between(nodes, and: machines) + nodes.map { LinkID(from: $0, to: $0) }
    }
}
