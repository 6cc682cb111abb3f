public import Cluster

/// Who is on which side of a partition: a line of nodes, of which some are moved across.
public struct Sides: Equatable, Sendable {
    /// In the order of the table.
    public private(set) var nodes: [NodeID]
    /// Those on the far side.
    public private(set) var apart: Set<NodeID>
    /// Which node the cursor is on.
    public private(set) var cursor: Int
    /// How long it lasts.
    private var lasting = 1

    private static let times = ["10s", "30s", "60s", "5m", ""]

    /// A partition of `nodes` with some of them apart.
    init(nodes: [NodeID], apart: Set<NodeID>) {
        self.nodes = nodes
        self.apart = apart
        cursor = nodes.firstIndex { apart.contains($0) } ?? 0
    }

    /// How long it lasts; empty until healed.
    public var time: String { Sides.times[lasting] }

    /// The command line; `nil` as long as one side is empty.
    public func command(_ name: (NodeID) -> String) -> String? {
        let far = nodes.filter(apart.contains)
        guard !far.isEmpty, far.count < nodes.count else { return nil }
        let words = "partition " + far.map(name).joined(separator: ",") + " / rest"
        return time.isEmpty ? words : words + " for " + time
    }

    /// Takes a key; `false` when it means nothing here.
    mutating func on(_ input: Input) -> Bool {
        guard !nodes.isEmpty else { return false }
        switch input {
        case .left, .character("h"), .backTab: cursor = (cursor + nodes.count - 1) % nodes.count
        case .right, .character("l"), .tab: cursor = (cursor + 1) % nodes.count
        case .character(" "), .up, .down, .character("j"), .character("k"):
            if apart.remove(nodes[cursor]) == nil { apart.insert(nodes[cursor]) }
        case .character("+"): lasting = min(lasting + 1, Sides.times.count - 1)
        case .character("-"): lasting = max(lasting - 1, 0)
        default: return false
        }
        return true
    }
}
