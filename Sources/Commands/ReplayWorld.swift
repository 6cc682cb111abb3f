internal import Cluster
internal import Dashboard
internal import Journal
internal import Lab
internal import Terminal

/// A recording as the painter sees it: the same dashboard over what was written.
struct ReplayWorld: PainterWorld {
    /// The recording and its playhead.
    private(set) var player: Player
    private let folder: RunFolder
    private var notes: RunNotes
    private var logs: RunLogs
    private var lastLook = RunClock.monotonic()
    private var marks: [View.Replay.Mark] = []
    private var chapters: [View.Replay.Mark] = []
    private var remarks: [View.Replay.Mark] = []

    let wakeDescriptor: Int32 = -1

    init(_ folder: RunFolder) throws(JournalError) {
        self.folder = folder
        notes = try RunNotes(of: folder)
        let recording = try Recording(path: folder.journal)
        logs = RunLogs(folder, recording.last.core)
        player = Player(notes.notes.isEmpty ? recording : recording.annotated(notes))
        tellMarks()
    }

    /// Begins there, at this speed; a moment behind the end is the end.
    mutating func begin(at moment: Stamp?, speed: Double?) {
        if let speed { player.setSpeed(speed) }
        if let moment {
            player.seek(to: moment)
            player.pause()
        }
    }

    private mutating func tellMarks() {
        marks = player.recording.marks.map(View.Replay.Mark.init)
        chapters = player.recording.chapters.map(View.Replay.Mark.init)
        remarks = notes.notes.map { View.Replay.Mark(at: $0.at, kind: .note, text: $0.text) }
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
                isPlaying: player.isPlaying, speed: player.speed, marks: marks,
                chapters: chapters, notes: remarks))
    }

    mutating func read(into tail: inout Dashboard.LogTail) {
        logs.read(upTo: player.position, into: &tail)
    }

    mutating func send(_ command: String, by: String) -> String? {
        "this is a recording: T starts the cluster anew, to break it"
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
        case .to(let moment):
            player.pause()
            player.seek(to: moment)
        case .nextEntry: player.stepEntry(true)
        case .previousEntry: player.stepEntry(false)
        }
        lastLook = RunClock.monotonic()
    }

    mutating func search(_ search: Outcome.Search) -> View.Found? {
        let core = player.recording.last.core
        let found = player.recording.find(
            search.isForward ? .after : .before, player.position, in: logs.readers,
            nodes: search.nodes
        ) { text, node in
            search.filter.keeps(node.map { core.name(of: $0) + " " + text } ?? text)
        }
        guard let found else { return nil }
        playback(.to(found.at))
        return View.Found(at: found.at, node: found.node, text: found.text)
    }

    mutating func annotate(_ text: String, at moment: Stamp) -> String? {
        var changed = notes
        changed.set(text, at: moment)
        do {
            try changed.write(to: folder)
        } catch {
            return error.description
        }
        notes = changed
        player.replace(player.recording.annotated(notes))
        tellMarks()
        // The packed file is somebody's to hand on as it is.
        return OpenedPack.holds(folder)
            ? "noted while you look: unpack the file with tar -xf to keep notes" : nil
    }
}

extension View.Replay.Mark {
    init(_ mark: Recording.Mark) {
        self.init(at: mark.at, kind: mark.kind, text: mark.text, story: mark.story)
    }
}
