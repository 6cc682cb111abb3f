import Cluster
import Dashboard

/// Events and reasons, as they were approved.
extension Screens {
    static let eventScreens: [GoldenScreen] = [
        GoldenScreen(name: "events", state: sentinel, view: now, keys: eight),
        GoldenScreen(
            name: "events-chosen", state: sentinel, view: now, keys: eight + [.up, .up, .up, .up]),
        GoldenScreen(
            name: "events-faults", state: sentinel, view: now, keys: eight + [.character("e")]),
        GoldenScreen(
            name: "events-crash", state: Runs.crash(until: 21).state, view: at(21.6),
            keys: eight + [.up]),
    ]

    private static let eight: [Input] = [.character("8")]
}
