import Cluster

/// Keys of a recording; they come before those of the screens.
extension Interaction {
    func playback(_ input: Input) -> Outcome.Playback? {
        switch input {
        case .character(" "): .toggle
        case .left: .step(seconds: -1)
        case .right: .step(seconds: 1)
        case .shiftLeft: .step(seconds: -10)
        case .shiftRight: .step(seconds: 10)
        case .character("+"), .character("="): .faster
        case .character("-"): .slower
        case .character("}"): .nextEvent
        case .character("{"): .previousEvent
        case .home: .seek(0)
        case .end: .seek(1)
        case .character("."): .nextEntry
        case .character(","): .previousEntry
        default: nil
        }
    }

    /// Keys of a recording that open something, or look for something.
    mutating func lookingBack(
        _ input: Input, _ replay: View.Replay, _ state: ClusterState
    ) -> [Outcome]? {
        switch input {
        case .character("C"):
            guard !replay.chapters.isEmpty else { return remark("nothing happened in this run") }
            open(.chapters(replay.chapter))
        case .character("t"): open(.moment(Prompt()))
        case .character("a"): openNote(replay)
        case .character("T"):
            if let refusal = takeOverRefusal(state) { return remark(refusal, tone: .refused) }
            open(.takeOver)
        case .character("m"): return search(isForward: true)
        case .character("M"): return search(isForward: false)
        default: return nil
        }
        return []
    }

    private func takeOverRefusal(_ state: ClusterState) -> String? {
        if view.readOnly { return "started with --read-only: nothing is taken over" }
        return state.core.run == nil ? "the run has not begun here: go on a little" : nil
    }

    private mutating func search(isForward: Bool) -> [Outcome] {
        guard !view.filter.isEmpty else {
            return remark("/ first, and what to look for: m and M go from match to match")
        }
        return [
            .search(
                Outcome.Search(filter: view.filter, nodes: view.marks, isForward: isForward))
        ]
    }

    /// What a search has found; the playhead is there already.
    public mutating func found(_ found: View.Found?, _ search: Outcome.Search) {
        guard let found else {
            let way = search.isForward ? "after" : "before"
            _ = remark("no match \(way) \(Figures.tenths(view.now)) for \(search.filter.text)")
            return
        }
        show(.logs)
        view.found = found
        _ = remark("\(Figures.thousandths(found.at)) \(found.text)")
    }

    // MARK: Chapters

    mutating func onChapters(_ chosen: Int, _ input: Input) -> [Outcome] {
        guard case .replay(let replay) = view.source, !replay.chapters.isEmpty else {
            view.overlay = nil
            return []
        }
        let last = replay.chapters.count - 1
        let chosen = min(max(0, chosen), last)
        let next: Int
        switch input {
        case .down, .character("j"), .wheelDown: next = chosen + 1
        case .up, .character("k"), .wheelUp: next = chosen - 1
        case .pageDown: next = chosen + 10
        case .pageUp: next = chosen - 10
        case .home, .character("g"): next = 0
        case .end, .character("G"): next = last
        case .enter:
            view.overlay = nil
            return [.playback(.to(replay.chapters[chosen].at))]
        case .character("C"), .character("q"):
            view.overlay = nil
            return []
        default: return []
        }
        view.overlay = .chapters(min(max(0, next), last))
        return []
    }

    // MARK: Going to a time

    mutating func onMoment(_ prompt: Prompt, _ input: Input) -> [Outcome] {
        var prompt = prompt
        if input == .enter {
            let text = prompt.text.trimmed
            if text.isEmpty {
                view.overlay = nil
                return []
            }
            guard let moment = Stamp(clock: text) else {
                prompt.complaint = Interaction.noTime(text)
                view.overlay = .moment(prompt)
                return []
            }
            view.overlay = nil
            return go(to: moment)
        }
        if edited(&prompt, input) { view.overlay = .moment(prompt) }
        return []
    }

    /// `goto 3:41` of the palette.
    mutating func go(toClock text: String) -> [Outcome] {
        guard case .replay = view.source else {
            return remark("time goes its own way here: goto is for recordings", tone: .refused)
        }
        guard let moment = Stamp(clock: text) else {
            return remark(Interaction.noTime(text), tone: .refused)
        }
        return go(to: moment)
    }

    private mutating func go(to moment: Stamp) -> [Outcome] {
        if case .replay(let replay) = view.source, moment > replay.length {
            _ = remark("the recording ends at \(Figures.tenths(replay.length))")
        }
        return [.playback(.to(moment))]
    }

    private static func noTime(_ text: String) -> String {
        "\(text) is no time: say 3:41 or 221.5"
    }

    // MARK: Remarks

    /// `a`: the remark of this very moment again, where there is one.
    private mutating func openNote(_ replay: View.Replay) {
        let known = replay.notes.last { $0.at == replay.position }
        open(.note(Prompt(known?.text ?? ""), at: replay.position))
    }

    mutating func onNote(
        _ prompt: Prompt, at moment: Stamp, _ input: Input, _ state: ClusterState
    ) -> [Outcome] {
        var prompt = prompt
        guard input == .enter else {
            if edited(&prompt, input) { view.overlay = .note(prompt, at: moment) }
            return []
        }
        view.overlay = nil
        let text = prompt.text.trimmed
        if case .replay(let replay) = view.source {
            let known = replay.notes.last { $0.at == moment }
            guard text != known?.text ?? "" else { return [] }
            return [.annotate(text, at: moment)]
        }
        guard !text.isEmpty else { return [] }
        // A remark is nothing to do again.
        let before = repeated
        defer { repeated = before }
        return run(Command.note(text).text, state: state)
    }

    /// A key for a line without completion; `false` when the line is left, or the key means nothing.
    private mutating func edited(_ prompt: inout Prompt, _ input: Input) -> Bool {
        if input == .control("c") || (input == .backspace && prompt.text.isEmpty) {
            view.overlay = nil
            return false
        }
        prompt.complaint = nil
        return prompt.on(input, history: [])
    }

    // MARK: Taking over

    mutating func onTakeOver(_ input: Input) -> [Outcome] {
        switch input {
        case .enter, .character("y"), .character("T"):
            view.overlay = nil
            return [.takeOver]
        case .character("n"), .character("q"): view.overlay = nil
        default: break
        }
        return []
    }
}

extension View.Replay {
    /// The chapter that the playhead is in: the last one that has begun, the first one before all.
    var chapter: Int { max(0, (chapters.lastIndex { $0.at <= position } ?? 0)) }
}
