import Cluster

/// Keys of the timeline screen.
extension Interaction {
    mutating func onTimeline(_ input: Input, state: ClusterState) -> [Outcome]? {
        nil
    }
}
