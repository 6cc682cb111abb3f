import Cluster
import Dashboard

/// Replication, as it was approved.
extension Screens {
    static let replications: [GoldenScreen] = [
        GoldenScreen(name: "replication", state: sentinel, view: now, keys: six + [.down, .down]),
        GoldenScreen(
            name: "replication-leaderless", state: Runs.crash(until: 20).state, view: at(20.2),
            keys: six),
        GoldenScreen(
            name: "replication-two-leaders", state: twoLeaders, view: at(251.4), keys: six),
        GoldenScreen(name: "replication-starting", state: Runs.starting(), view: at(1), keys: six),
    ]

    private static let six: [Input] = [.character("6")]

    /// A line is cut, and the other side has elected a leader of its own.
    private static let twoLeaders: ClusterState = {
        var run = Runs.sentinel()
        run.fault(
            251.1, 4, "partition redis-1 / rest as split",
            between: (["redis-1"], ["redis-2", "redis-3"]), for: 30)
        run.role(251.2, "redis-2", .leader, "master")
        return run.state
    }()
}
