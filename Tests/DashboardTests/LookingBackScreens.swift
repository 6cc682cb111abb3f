import Cluster
import Dashboard

/// Panels of a recording.
enum LookingBackScreens {
    static let all: [GoldenScreen] = [
        GoldenScreen(name: "chapters", state: Screens.sentinel, view: view, keys: [key("C"), .up]),
        GoldenScreen(
            name: "note", state: Screens.sentinel, view: view,
            keys: [key("a")] + Screens.typed("here redis-3 begins to lag")),
        GoldenScreen(
            name: "note-again", state: Screens.sentinel, view: noted, keys: [key("a")]),
        GoldenScreen(
            name: "note-live", state: Screens.sentinel, view: Screens.now,
            keys: [key("a")] + Screens.typed("now it is slow")),
        GoldenScreen(
            name: "go-to", state: Screens.sentinel, view: view,
            keys: [key("t")] + Screens.typed("3:71") + [.enter]),
        GoldenScreen(name: "take-over", state: Screens.sentinel, view: view, keys: [key("T")]),
        GoldenScreen(name: "search-hit", state: Screens.sentinel, view: hit),
    ]

    private static func key(_ scalar: Unicode.Scalar) -> Input { .character(scalar) }

    /// Stands still late in the sentinel run.
    static let view: View = {
        var view = Screens.now
        view.source = .replay(replay)
        return view
    }()

    static let replay = View.Replay(
        position: Stamp(seconds: 251.3), length: Stamp(seconds: 480), isPlaying: false,
        speed: 0.25, marks: chapters, chapters: chapters, notes: [note])

    private static let note = View.Replay.Mark(
        at: Stamp(seconds: 300), kind: .note, text: "the tail catches up")

    private static let chapters = [
        mark(242.118, .fault, "f2 delay between redis-1 and redis-3 by 100ms for 60s"),
        mark(246.501, .fault, "f3 crash watch-1 for 8s"),
        mark(254.502, .heal, "f3 is over after 8.0 s"),
        mark(255.9, .back, "recovered 9.4 s after f3"),
        View.Replay.Mark(at: note.at, kind: .note, text: "the tail catches up (replay)"),
        mark(302.118, .heal, "f2 is over after 60.0 s"),
        mark(410.2, .role, "redis-2 leads as master now"),
        mark(411.005, .violation, "no-lost-writes: k17: 842 is gone, although it was acknowledged"),
    ]

    private static func mark(
        _ seconds: Double, _ kind: News.Kind, _ text: String
    ) -> View.Replay.Mark {
        View.Replay.Mark(at: Stamp(seconds: seconds), kind: kind, text: text)
    }

    /// Where a note was written.
    static let noted: View = {
        var view = LookingBackScreens.view
        var replay = LookingBackScreens.replay
        replay.position = note.at
        view.now = note.at
        view.source = .replay(replay)
        return view
    }()

    /// The search has gone to a line.
    private static let hit: View = {
        var view = LookingBackScreens.view
        view.filter = Filter("sdown")
        var replay = LookingBackScreens.replay
        replay.position = Stamp(seconds: 247.118)
        view.now = replay.position
        view.source = .replay(replay)
        var interaction = Interaction(view: view)
        let line = view.logs.lines.last { $0.text.contains("sdown") }
        interaction.found(
            line.map { View.Found(at: $0.at, node: $0.node, text: $0.text) },
            Outcome.Search(filter: view.filter))
        return interaction.view
    }()
}
