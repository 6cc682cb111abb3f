import Cluster

/// What a node's row tells of the past.
extension Renderer {
    /// Requests a second over the last minute, the newest at the right.
    func sparkline(_ node: NodeID, _ width: Int) -> [Span] { [] }

    /// What the node was over the last 30 seconds: a letter a slot.
    func story(_ node: NodeState, _ width: Int) -> [Span] { [] }
}
