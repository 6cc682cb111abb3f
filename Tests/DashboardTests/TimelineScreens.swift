import Cluster
import Dashboard

/// The timeline, as it was approved.
extension Screens {
    static let timelines: [GoldenScreen] = [
        GoldenScreen(name: "timeline", state: sentinel, view: now, keys: [.character("5")]),
        GoldenScreen(
            name: "timeline-crash", state: Runs.crash(until: 40).state, view: at(40.4),
            keys: [.character("5"), .character("{"), .character("{")]),
        GoldenScreen(
            name: "timeline-far", state: sentinel, view: now,
            keys: [.character("5"), .character("Z"), .character("Z"), .character("Z")]),
        GoldenScreen(
            name: "timeline-near", state: sentinel, view: now,
            keys: [.character("5"), .character("z"), .down, .down] + [.left, .left]),
        GoldenScreen(
            name: "timeline-replay", state: sentinel, view: replay, keys: [.character("5")]),
        GoldenScreen(
            name: "timeline-nothing", state: ClusterState(), view: at(0), keys: [.character("5")]),
    ]
}
