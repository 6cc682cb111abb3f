import Cluster

/// Keys of the events screen.
extension Interaction {
    mutating func onEvents(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
