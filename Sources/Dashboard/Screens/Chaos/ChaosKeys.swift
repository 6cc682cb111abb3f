import Cluster

/// Keys of the chaos screen.
extension Interaction {
    mutating func onChaos(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
