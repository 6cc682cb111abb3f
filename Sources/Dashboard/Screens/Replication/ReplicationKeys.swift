import Cluster

/// Keys of the replication screen.
extension Interaction {
    mutating func onReplication(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
