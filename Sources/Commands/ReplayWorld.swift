internal import Cluster
internal import Dashboard
internal import Journal
internal import Lab
internal import Terminal

/// A recording as the painter sees it: the same dashboard over what was written.
struct ReplayWorld: PainterWorld {
    private var player: Player
    private var readers: [LogFileReader] = []
    private var lastLook = RunClock.monotonic()
    private var logsUpTo = Stamp(microseconds: -1)
    private let marks: [View.Replay.Mark]

    let wakeDescriptor: Int32 = -1

    /// Opens it; the playhead stands at a moment, where one is given, and else begins to move.
    init(_ folder: RunFolder, at moment: Stamp? = nil) throws(JournalError) {
        let recording = try Recording(path: folder.journal)
        marks = recording.marks.map {
            View.Replay.Mark(at: $0.at, kind: $0.kind, text: $0.text, story: $0.story)
        }
        player = Player(recording)
        if let moment {
            player.pause()
            player.seek(to: moment)
        }
        for node in recording.last.core.nodes {
            // A node that printed nothing has no file.
            if let reader = try? LogFileReader(path: folder.log(of: node.name), node: node.id) {
                readers.append(reader)
            }
        }
    }

    mutating func advance() -> Bool {
        let now = RunClock.monotonic()
        defer { lastLook = now }
        return player.advance(by: .nanoseconds(now - lastLook))
    }

    var state: ClusterState { player.state }
    var now: Stamp { player.position }

    var source: View.Source {
        .replay(
            View.Replay(
                position: player.position, length: player.length,
                isPlaying: player.isPlaying, speed: player.speed, marks: marks))
    }

    mutating func read(into logs: inout Dashboard.LogTail) {
        let position = player.position
        guard position != logsUpTo else { return }
        if position < logsUpTo {
            logs.forget(after: position)
            logsUpTo = position
            return
        }
        for reader in readers {
            logs.append(
                reader.lines(upTo: position, count: 400).filter { $0.at > logsUpTo }
                    .map { .init(node: $0.node, at: $0.at, text: $0.text) })
        }
        logsUpTo = position
    }

    mutating func send(_ command: String, by: String) -> String? {
        "this is a recording: start the topology to break it"
    }

    mutating func playback(_ wish: Outcome.Playback) {
        switch wish {
        case .toggle: player.toggle()
        case .step(let seconds): player.step(seconds: seconds)
        case .faster: player.faster()
        case .slower: player.slower()
        case .nextEvent: _ = player.nextMark()
        case .previousEvent: _ = player.previousMark()
        case .seek(let share): player.seek(share: share)
        }
        lastLook = RunClock.monotonic()
    }
}
