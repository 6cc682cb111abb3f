import Cluster
import Dashboard

/// The screens that have golden frames.
enum Screens {
    static let all: [GoldenScreen] =
        basic + timelines + replications + eventScreens + traffics
        + LookingBackScreens.all + LessonScreens.all

    private static let basic: [GoldenScreen] = [
        GoldenScreen(name: "overview", state: sentinel, view: now),
        GoldenScreen(name: "after-crash", state: Runs.crash(until: 40).state, view: at(40.4)),
        GoldenScreen(name: "during-crash", state: Runs.crash(until: 21).state, view: at(21.6)),
        GoldenScreen(name: "starting", state: Runs.starting(), view: at(1)),
        GoldenScreen(name: "nothing-yet", state: ClusterState(), view: at(0)),
        GoldenScreen(name: "newcomer", state: Runs.crash(until: 10).state, view: newcomer),
        GoldenScreen(
            name: "network", state: sentinel, view: now, keys: [.character("n"), .right, .right]),
        GoldenScreen(name: "logs", state: sentinel, view: now, keys: [.character("l")]),
        GoldenScreen(
            name: "logs-filtered", state: sentinel, view: now,
            keys: [.character("l"), .character("/")] + typed("sdown") + [.enter]),
        GoldenScreen(name: "node", state: sentinel, view: now, keys: [.down, .down, .enter]),
        GoldenScreen(
            name: "marked", state: sentinel, view: now, keys: [.character(" "), .character(" ")]),
        GoldenScreen(
            name: "sorted", state: sentinel, view: now,
            keys: Array(repeating: .character(">"), count: 4)),
        GoldenScreen(name: "help", state: sentinel, view: now, keys: [.character("?")]),
        GoldenScreen(
            name: "help-network", state: sentinel, view: now,
            keys: [.character("n"), .character("?")]),
        GoldenScreen(
            name: "palette", state: sentinel, view: now, keys: [.character(":")] + typed("p")),
        GoldenScreen(
            name: "palette-refused", state: sentinel, view: now,
            keys: [.character(":")] + typed("crash redis-9") + [.enter]),
        GoldenScreen(name: "menu", state: sentinel, view: now, keys: [.character("f")]),
        GoldenScreen(name: "delay", state: sentinel, view: now, keys: [.character("d"), .up]),
        GoldenScreen(name: "partition", state: sentinel, view: now, keys: [.character("p")]),
        GoldenScreen(
            name: "crash-echo", state: sentinel, view: now, keys: [.down, .character("c")]),
        GoldenScreen(
            name: "quorum-guard", state: Runs.crash(until: 21).state, view: at(21.6),
            keys: [.character("c")]),
        GoldenScreen(name: "leave", state: sentinel, view: now, keys: [.character("q")]),
        GoldenScreen(name: "replay", state: sentinel, view: replay),
        GoldenScreen(name: "violation", state: sentinel, view: violation),
        GoldenScreen(
            name: "replay-help", state: sentinel, view: replay, keys: [.character("?")]),
    ]

    static let sentinel = Runs.sentinel().state

    /// Late in the sentinel run, with what its nodes wrote.
    static let now: View = {
        var view = at(251.3)
        view.logs.append(
            Runs.lines.map { seconds, name, text in
                let index = sentinel.core.nodes.firstIndex { $0.name == name } ?? 0
                return LogTail.Line(
                    node: NodeID(UInt16(index)), at: Stamp(seconds: seconds), text: text)
            })
        return view
    }()

    private static let newcomer: View = {
        var view = at(10.2)
        view.newcomer = true
        return view
    }()

    static let replay: View = {
        var view = now
        view.source = .replay(
            View.Replay(
                position: Stamp(seconds: 251.3), length: Stamp(seconds: 480), isPlaying: true,
                speed: 2,
                marks: [
                    View.Replay.Mark(at: Stamp(seconds: 60), kind: .role),
                    View.Replay.Mark(at: Stamp(seconds: 242.1), kind: .fault),
                    View.Replay.Mark(at: Stamp(seconds: 246.5), kind: .gone),
                    View.Replay.Mark(at: Stamp(seconds: 410), kind: .heal),
                ]))
        return view
    }()

    /// Stands still where a check is broken.
    private static let violation: View = {
        var view = replay
        guard case .replay(var recording) = view.source else { return view }
        recording.isPlaying = false
        recording.marks.append(
            View.Replay.Mark(
                at: Stamp(seconds: 251.3), kind: .violation,
                text: "no-lost-writes: k17: 842 is gone, although it was acknowledged",
                story: [
                    "client-4 wrote 842 to k17 through redis-1, 04:04.107 to 04:04.109, acknowledged",
                    "client-2 read 799 of k17 through redis-2, 04:11.298 to 04:11.300, acknowledged",
                    "redis-2 was already taking writes when it missed it.",
                    "split: partition redis-1,client-4 / rest for 15s, 04:03.901 on",
                    "redis-2 led from 04:05.400 on",
                ]))
        view.source = .replay(recording)
        return view
    }()

    static func at(_ seconds: Double) -> View { View(now: Stamp(seconds: seconds)) }

    static func typed(_ text: String) -> [Input] {
        text.unicodeScalars.map { .character($0) }
    }
}
