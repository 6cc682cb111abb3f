internal import Cluster

extension Recording {
    /// What the recording tells, in a few headings: each fault and its end, each election but the first
    /// one, what went away unasked, verdicts, broken promises, recoveries and notes. What goes away, is
    /// over or is judged in one jump with the chapter before belongs to that.
    public var chapters: [Mark] {
        var chapters: [Mark] = []
        for mark in marks where mark.isChapter {
            let mayFollow = [.gone, .heal, .verdict].contains(mark.kind)
            if mayFollow, let last = chapters.last, mark.at - last.at <= Playback.oneJump {
                continue
            }
            chapters.append(mark)
        }
        return chapters
    }
}

extension Recording.Mark {
    /// What kind of chapter it is, for lists: `fault`, `recovery`, `election`.
    public var word: String {
        switch kind {
        case .back: "recovery"
        case .role: "election"
        default: kind.rawValue
        }
    }
}

/// Tells chapters from what else is marked, while a recording is read.
struct ChapterTable: Sendable {
    /// Groups that somebody has led already: their first leader is no election.
    private var led: Set<String> = []
    /// Faults whose recovery was told.
    private var recovered: Set<FaultID> = []

    /// So many faults are looked at for a recovery; the fold watches no more.
    private static let watched = 64

    /// Which kinds of what an entry told are chapters; `core` is that after the entry.
    mutating func begins(_ event: Event, _ core: Core) -> (News.Kind) -> Bool {
        var isElection = false
        var isNote = false
        switch event {
        case .roleChanged(let node, let change) where change.role == .leader:
            let index = Int(node.index)
            if index < core.nodes.count {
                isElection = !led.insert(core.nodes[index].description.group).inserted
            }
        case .note: isNote = true
        default: break
        }
        return { [isElection, isNote] kind in
            switch kind {
            case .fault, .heal, .gone, .verdict, .violation: true
            case .role: isElection
            case .note: isNote
            case .back, .restart, .refused, .lost: false
            }
        }
    }

    /// A mark for each fault of which all is well again since the last call.
    mutating func recoveries(_ core: Core) -> [Recording.Mark] {
        var marks: [Recording.Mark] = []
        for index in core.faults.indices.suffix(Self.watched) {
            guard let at = core.faults[index].recovered else { continue }
            let fault = core.faults[index]
            guard recovered.insert(fault.record.id).inserted else { continue }
            // A fault on links is felt until it is over; one on processes is overcome while it lasts.
            let (from, words) =
                fault.deed == nil
                ? (fault.ended ?? fault.began, "the end of \(fault.label)")
                : (fault.began, fault.label)
            let tenths = max(0, ((at - from).microseconds + 50_000) / 100_000)
            marks.append(
                Recording.Mark(
                    at: at, kind: .back,
                    text: "recovered \(tenths / 10).\(tenths % 10) s after \(words)",
                    isChapter: true))
        }
        return marks
    }
}
