import Cluster

/// Keys of the config screen.
extension Interaction {
    mutating func onConfig(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
