import Cluster

/// Keys of the traffic screen.
extension Interaction {
    mutating func onTraffic(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
