import Cluster
import Dashboard

/// The screens that have golden frames.
enum Screens {
    static let all: [GoldenScreen] =
        basic + timelines + replications + eventScreens + traffics
        + LookingBackScreens.all + planScreens + LessonScreens.all

    /// A machine was looked into.
    static let inspected: View = {
        var view = now
        view.plan = Plan(values: [
            .init(path: "nodes.redis.probe", text: "redis", origin: "redis-sentinel.yaml:12"),
            .init(path: "nodes.redis.probe.every", text: "500ms", origin: "standard"),
        ])
        view.inspection = Inspection(of: NodeID(0), reading: inside)
        return view
    }()

    static let inside = """
        #self 41
        1 (squall-host) S 0 1 1 0
        /run/squall/squall-host 3\u{20}
        2 (redis-server) S 1 2 2 0
        redis-server 10.66.0.2:6379
        41 (sh) S 1 41 41 0
        /bin/sh -c script
        43 (head) S 41 41 41 0
        head -c 60000
        7 (redis (aof) x) T 2 2 2 0

        nonsense
        #files
        total 12
        -rw-r--r-- 1 1000 1000  2048 Nov 28 15:11 dump.rdb
        drwxr-xr-x 2 1000 1000    80 Nov 28 15:10 append only dir
        broken line
        #environment
        HOME=/run/squall/data
        SQUALL_NODE=redis-1
        nothing
        """

    /// Two machines do not hear each other, a third one is only not heard.
    static let torn: ClusterState = {
        var state = sentinel
        let now = state.core.now
        for (place, line) in [
            (1, "cut between redis-1 and redis-2"), (2, "cut from client-1 to redis-3"),
        ] {
            guard let command = try? Command(parsing: line),
                let found = try? command.resolved(
                    in: state.core, random: KeyedRandom(seed: 1), number: 1)
            else { continue }
            state.apply(
                Entry(
                    number: state.core.lastEntry + 1, at: now,
                    event: .faultBegan(
                        FaultRecord(
                            id: FaultID(UInt32(40 + place)), text: line, nodes: [],
                            links: found.links))))
        }
        return state
    }()

    private static let basic: [GoldenScreen] = [
        GoldenScreen(name: "overview", state: sentinel, view: now),
        GoldenScreen(name: "after-crash", state: Runs.crash(until: 40).state, view: at(40.4)),
        GoldenScreen(name: "during-crash", state: Runs.crash(until: 21).state, view: at(21.6)),
        GoldenScreen(name: "starting", state: Runs.starting(), view: at(1)),
        GoldenScreen(name: "nothing-yet", state: ClusterState(), view: at(0)),
        GoldenScreen(name: "newcomer", state: Runs.crash(until: 10).state, view: newcomer),
        GoldenScreen(
            name: "network", state: sentinel, view: now, keys: [.character("n"), .right, .right]),
        GoldenScreen(
            name: "network-block", state: sentinel, view: now,
            keys: [.character("n"), .right, .character("V"), .down, .right]),
        GoldenScreen(
            name: "network-map", state: torn, view: now,
            keys: [.character("n"), .down, .character("v")]),
        GoldenScreen(name: "logs", state: sentinel, view: now, keys: [.character("l")]),
        GoldenScreen(
            name: "logs-filtered", state: sentinel, view: now,
            keys: [.character("l"), .character("/")] + typed("sdown") + [.enter]),
        GoldenScreen(
            name: "logs-errors", state: sentinel, view: now,
            keys: [.character("l"), .character("e")]),
        GoldenScreen(
            name: "logs-pattern", state: sentinel, view: now,
            keys: [.character("l"), .character("/")] + typed("~[+-](s|o)down") + [.enter]),
        GoldenScreen(
            name: "logs-no-pattern", state: sentinel, view: now,
            keys: [.character("l"), .character("/")] + typed("~(s")),
        GoldenScreen(name: "node", state: sentinel, view: now, keys: [.down, .down, .enter]),
        GoldenScreen(
            name: "node-files", state: sentinel, view: inspected,
            keys: [.enter, .character("e"), .character("e")]),
        GoldenScreen(
            name: "node-processes", state: sentinel, view: inspected,
            keys: [.enter, .character("e")]),
        GoldenScreen(
            name: "node-environment", state: sentinel, view: inspected,
            keys: [.enter] + Array(repeating: .character("e"), count: 3)),
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
