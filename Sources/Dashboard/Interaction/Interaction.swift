public import Cluster

/// What a viewer's keys mean: a value without a terminal. A key changes the view, or asks something
/// of the world; every fault key stands for a line of the command language, which is echoed with
/// its effect, so that what one does by hand is already a script.
public struct Interaction: Sendable {
    /// What is looked at now. The shell keeps its `now`, `logs` and `source` up to date.
    public var view: View
    /// Lines that were given in the palette, oldest first; kept across the run of the program by
    /// whoever wants to.
    public private(set) var history: [String] = []
    /// The line that `.` repeats.
    var repeated: String?
    /// A command that waits for the same key again, because it would cost the quorum.
    var guarded: Guarded?

    /// Where the button of the mouse was pressed.
    private var pressed: Region.Meaning?

    struct Guarded: Equatable, Sendable {
        var input: Input
        var command: String
    }

    /// Longest history of the palette.
    public static let keptHistory = 100

    /// Keys of a viewer, beginning with a view.
    public init(view: View = View(), history: [String] = []) {
        self.view = view
        self.history = Array(history.suffix(Interaction.keptHistory))
    }

    /// Takes a key or a click; `frame` is the one that was clicked on.
    public mutating func on(
        _ input: Input, state: ClusterState, frame: Frame? = nil
    ) -> [Outcome] {
        guard view.overlay == nil else { return take(input, state: state, frame: frame) }
        guard let meaning = view.keyMap.meaning(of: input, on: view.screen) else {
            return remark("\(KeyMap.name(input)) was taken away by your file of keys")
        }
        return take(meaning, state: state, frame: frame)
    }

    /// Takes a key by its meaning.
    mutating func take(
        _ input: Input, state: ClusterState, frame: Frame? = nil
    ) -> [Outcome] {
        switch input {
        case .resized: return []
        case .control("z"): return [.suspend]
        case .control("l"): return [.redraw]
        case .click(let place):
            pressed = frame?.meaning(at: place)
            return clicked(pressed, state: state)
        case .release(let place):
            let from = pressed
            pressed = nil
            return dragged(from, to: frame?.meaning(at: place), state: state)
        default: break
        }
        let wasGuarded = guarded
        guarded = nil
        if view.overlay != nil { return onOverlay(input, state: state) }
        dismiss(state)
        if let wasGuarded, wasGuarded.input == input {
            return run(wasGuarded.command, state: state)
        }
        if case .replay(let replay) = view.source {
            if let wish = playback(input) { return [.playback(wish)] }
            if let outcomes = lookingBack(input, replay, state) { return outcomes }
        }
        if let lesson = view.lesson {
            if let wish = lesson.wish(of: input) { return [.lesson(wish)] }
            if input == .character("H") { return remark("the lesson has no hint now") }
        }
        if let outcomes = onScreen(input, state: state) { return outcomes }
        if let outcomes = onAnyScreen(input, state: state) { return outcomes }
        if case .character(let scalar) = input, view.echo == nil {
            let key = String(Character(scalar))
            view.echo = View.Echo(effect: "\(key) does nothing here: ? shows what does")
        }
        return []
    }

    /// The machine that is looked at from inside: that of the node's screen.
    public func inspected(_ state: ClusterState) -> NodeID? {
        view.screen == .node ? Arrangement(state, view).current?.id : nil
    }

    /// A line was refused by whoever should have run it.
    public mutating func refused(_ command: String, _ message: String) {
        view.echo = View.Echo(command: command, effect: message, tone: .refused)
    }

    /// The first key after an incident: the sentence has been read, the last echo too.
    private mutating func dismiss(_ state: ClusterState) {
        view.echo = nil
        view.found = nil
        view.newcomer = false
        if case .replay = view.source { return }
        if let incident = state.core.incidents.last, incident.recovered != nil {
            view.read = incident.fault
        }
    }

    // MARK: Keys of every screen

    private mutating func onAnyScreen(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .character("?"), .function(1): view.overlay = .help(from: 0)
        case .character(":"): open(.palette(completed(Prompt(), state)))
        case .character("/"): open(.filter(Prompt(view.filter.text)))
        case .character("q"), .function(10), .control("c"): return leave(state)
        case .character("2"), .character("n"): show(view.screen == .network ? .overview : .network)
        case .character("3"), .character("l"): show(view.screen == .logs ? .overview : .logs)
        case .character(let scalar) where View.Screen(digit: scalar) != nil:
            show(View.Screen(digit: scalar) ?? .overview)
        case .tab: show(next(1))
        case .backTab: show(next(-1))
        case .escape: back()
        case .character("L"):
            guard case .live = view.source, !view.readOnly else { return nil }
            view.isLocked.toggle()
            return remark(
                view.isLocked
                    ? "locked: keys that change the cluster are refused until L is pressed again"
                    : "unlocked")
        case .character("!"): return healAll(state)
        case .character("u"): return undo(state)
        case .character("a"): open(.note(Prompt(), at: view.now))
        case .character("."):
            return repeated.map { run($0, state: state) } ?? remark("nothing to repeat yet")
        default: return nil
        }
        return []
    }

    private mutating func onScreen(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch view.screen {
        case .overview: onTable(input, state: state)
        case .network: onMatrix(input, state: state)
        case .logs: onLogs(input, state: state)
        case .node: onNode(input, state: state)
        case .timeline: onTimeline(input, state: state)
        case .replication: onReplication(input, state: state)
        case .traffic: onTraffic(input, state: state)
        case .events: onEvents(input, state: state)
        case .chaos: onChaos(input, state: state)
        case .config: onConfig(input, state: state)
        }
    }

    /// Goes to a screen.
    public mutating func show(_ screen: View.Screen) {
        view.screen = screen
        view.scrolled = 0
        view.anchor = nil
        view.corner = nil
    }

    private func next(_ step: Int) -> View.Screen {
        let all = View.Screen.allCases
        let index = all.firstIndex(of: view.screen) ?? 0
        return all[(index + step + all.count) % all.count]
    }

    /// Esc: takes back what was added last, and never leaves.
    private mutating func back() {
        if view.scrolled > 0 {
            view.scrolled = 0
        } else if view.anchor != nil || view.corner != nil {
            view.anchor = nil
            view.corner = nil
        } else if !view.filter.isEmpty {
            view.filter = Filter()
        } else if !view.marks.isEmpty {
            view.marks = []
        } else {
            show(.overview)
        }
    }

    /// A recording is just closed, and so is what has ended; a lab asks what becomes of it, and the
    /// second ^C stops it.
    mutating func leave(_ state: ClusterState) -> [Outcome] {
        if case .replay = view.source { return [.leave(.detach)] }
        // Whoever only looks on ends nothing.
        if view.readOnly { return [.leave(.detach)] }
        if state.core.ended != nil { return [.leave(.stop)] }
        open(.leave)
        return []
    }

    mutating func open(_ overlay: View.Overlay) {
        view.overlay = overlay
        view.echo = nil
    }

    /// A prompt with what could come next, and what its line would do.
    func completed(_ prompt: Prompt, _ state: ClusterState) -> Prompt {
        var prompt = prompt
        prompt.completion = Completion(
            of: prompt.text, cursor: prompt.caret, state: state,
            scenarios: view.plan.scenarios.map { ($0.name, $0.about) })
        prompt.complaint = nil
        let understanding = Understanding(prompt.text, in: state.core)
        let known = understanding.complaint == nil ? understanding.effect : ""
        prompt.help = known.isEmpty ? prompt.completion?.help ?? "" : known
        return prompt
    }

    /// A form with what its command would do.
    func understood(_ form: Form, _ state: ClusterState) -> Form {
        var form = form
        let understanding = Understanding(form.command, in: state.core)
        form.effect = understanding.effect
        form.complaint = understanding.complaint
        return form
    }

    mutating func remember(_ line: String) {
        history.removeAll { $0 == line }
        history.append(line)
        if history.count > Interaction.keptHistory { history.removeFirst() }
    }

    /// Says something that no command stands for.
    mutating func remark(_ words: String, tone: View.Echo.Tone = .told) -> [Outcome] {
        view.echo = View.Echo(effect: words, tone: tone)
        return []
    }
}
