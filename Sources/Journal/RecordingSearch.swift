public import Cluster

/// Where something that is looked for stands in a recording.
public struct Finding: Equatable, Sendable {
    /// When it was told.
    public var at: Stamp
    /// The node that it is about, if it is about one.
    public var node: NodeID?
    /// The line, the sentence or the command.
    public var text: String

    /// A place.
    public init(at: Stamp, node: NodeID?, text: String) {
        self.at = at
        self.node = node
        self.text = text
    }
}

extension Recording {
    /// The nearest place after or before a moment where something that was told, commanded or printed
    /// matches. Places of one moment are one: whoever goes there sees them all.
    /// - Parameters:
    ///   - logs: readers of what the nodes printed.
    ///   - nodes: only what is about these; about anything when empty.
    ///   - matches: asked with a sentence or a line, and the node that it is about.
    public func find(
        _ direction: Direction, _ moment: Stamp, in logs: [LogFileReader], nodes: Set<NodeID> = [],
        where matches: (String, NodeID?) -> Bool
    ) -> Finding? {
        var found: Finding?
        let nearer = { (at: Stamp) -> Bool in
            guard let found else { return true }
            return direction == .after ? at < found.at : at > found.at
        }
        let isMeant = { (node: NodeID?) in
            nodes.isEmpty || node.map(nodes.contains) ?? false
        }
        let isAhead = { (at: Stamp) in direction == .after ? at > moment : at < moment }
        for mark in marks where isAhead(mark.at) && nearer(mark.at) && isMeant(mark.node) {
            guard matches(mark.text, mark.node) else { continue }
            found = Finding(at: mark.at, node: mark.node, text: mark.text)
        }
        // Commands are of the whole cluster.
        for entry in nodes.isEmpty ? entries[...] : [] where isAhead(entry.at) {
            guard nearer(entry.at), let text = entry.command, matches(text, nil) else { continue }
            found = Finding(at: entry.at, node: nil, text: text)
        }
        for reader in logs where isMeant(reader.node) {
            let line =
                direction == .after
                ? reader.first(after: moment) { matches($0.text, $0.node) }
                : reader.last(before: moment) { matches($0.text, $0.node) }
            guard let line, nearer(line.at) else { continue }
            found = Finding(at: line.at, node: line.node, text: line.text)
        }
        return found
    }

    /// Which way to look.
    public enum Direction: Sendable {
        case after
        case before
    }
}

extension Entry {
    /// The command that was given here, as it was written.
    fileprivate var command: String? {
        switch event {
        case .commandAccepted(let record), .commandRefused(let record, _): record.text
        default: nil
        }
    }
}
