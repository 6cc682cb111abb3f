import Cluster

/// Keys while something lies over the screen.
extension Interaction {
    mutating func onOverlay(_ input: Input, state: ClusterState) -> [Outcome] {
        if input == .escape {
            view.overlay = nil
            return []
        }
        switch view.overlay {
        case .help(let line): view.overlay = help(from: line, input)
        case .palette(let prompt): return onPalette(prompt, input, state)
        case .filter(let prompt): onFilter(prompt, input)
        case .menu: return onMenu(input, state)
        case .form(var form):
            if input == .enter {
                form = understood(form, state)
                view.overlay = form.complaint == nil ? nil : .form(form)
                return form.complaint == nil ? run(form.command, state: state) : []
            }
            if form.on(input) { view.overlay = .form(understood(form, state)) }
        case .sides(let sides): return onSides(sides, input, state)
        case .leave: return onLeave(input)
        case .chapters(let chosen): return onChapters(chosen, input)
        case .moment(let prompt): return onMoment(prompt, input)
        case .note(let prompt, let moment): return onNote(prompt, at: moment, input, state)
        case .takeOver: return onTakeOver(input)
        case nil: break
        }
        return []
    }

    /// Keys that scroll do; any other closes.
    private func help(from line: Int, _ input: Input) -> View.Overlay? {
        let last = max(0, Help.lines(view).count - 1)
        let next: Int? =
            switch input {
            case .down, .character("j"), .wheelDown: line + 1
            case .up, .character("k"), .wheelUp: line - 1
            case .pageDown, .character(" "): line + 5
            case .pageUp: line - 5
            case .home: 0
            case .end: last
            default: nil
            }
        return next.map { .help(from: min(max(0, $0), last)) }
    }

    private mutating func onPalette(
        _ prompt: Prompt, _ input: Input, _ state: ClusterState
    ) -> [Outcome] {
        var prompt = prompt
        if input == .control("c") {
            view.overlay = nil
            return []
        }
        if input == .backspace, prompt.text.isEmpty {
            view.overlay = nil
            return []
        }
        guard input == .enter else {
            let isChoosing = input == .tab || input == .backTab
            guard prompt.on(input, history: history) else { return [] }
            let keeps = isChoosing && prompt.chosen != nil
            view.overlay = .palette(keeps ? prompt : completed(prompt, state))
            return []
        }
        return entered(prompt, state)
    }

    /// A whole line: some words are the dashboard's own, the rest is the language.
    private mutating func entered(_ prompt: Prompt, _ state: ClusterState) -> [Outcome] {
        let line = prompt.text.trimmed
        if line.isEmpty {
            view.overlay = nil
            return []
        }
        if let own = own(line, state) {
            remember(line)
            return own
        }
        if let complaint = Understanding(line, in: state.core).complaint {
            var prompt = prompt
            prompt.complaint = complaint
            view.overlay = .palette(prompt)
            return []
        }
        view.overlay = nil
        remember(line)
        return run(line, by: "palette", state: state)
    }

    private mutating func own(_ line: String, _ state: ClusterState) -> [Outcome]? {
        if let moment = line.split(separator: " ").dropFirst().first, line.hasPrefix("goto ") {
            view.overlay = nil
            return go(toClock: String(moment))
        }
        guard Interaction.ownWords.contains(line) else { return nil }
        view.overlay = nil
        switch line {
        case "q", "quit": return leave(state)
        case "q!": return [.leave(view.readOnly ? .detach : .stop)]
        case "detach": return [.leave(.detach)]
        case "undo": return undo(state)
        case "goto": return remark("goto needs a time: goto 3:41", tone: .refused)
        default: if let screen = View.Screen(rawValue: line) { show(screen) }
        }
        return []
    }

    /// Lines of the palette that are about the dashboard, not about the cluster.
    static let ownWords =
        View.Screen.allCases.map(\.rawValue) + ["undo", "goto", "detach", "quit", "q", "q!"]

    /// What is typed filters at once; Enter keeps it, Esc goes back to what was before.
    private mutating func onFilter(_ prompt: Prompt, _ input: Input) {
        var prompt = prompt
        if input == .enter {
            view.overlay = nil
            return
        }
        if input == .backspace, prompt.text.isEmpty {
            view.overlay = nil
            return
        }
        guard prompt.on(input, history: []) else { return }
        view.filter = Filter(prompt.text)
        prompt.complaint = view.filter.problem
        view.scrolled = 0
        view.overlay = .filter(prompt)
    }

    private mutating func onMenu(_ input: Input, _ state: ClusterState) -> [Outcome] {
        guard case .character(let key) = input else { return [] }
        guard let item = FaultMenu.items.first(where: { $0.key == key }) else { return [] }
        view.overlay = nil
        guard !targets(state).isEmpty else { return remark("no node to do that to yet") }
        openForm(item.verb, state)
        return []
    }

    private mutating func onSides(
        _ sides: Sides, _ input: Input, _ state: ClusterState
    ) -> [Outcome] {
        var sides = sides
        if input == .enter {
            let names = state.core.nodes.map(\.name)
            let line = sides.command { Int($0.index) < names.count ? names[Int($0.index)] : "?" }
            guard let line else { return [] }
            view.overlay = nil
            return run(line, state: state)
        }
        if sides.on(input) { view.overlay = .sides(sides) }
        return []
    }

    private mutating func onLeave(_ input: Input) -> [Outcome] {
        switch input {
        case .character("d"): return [.leave(.detach)]
        case .character("s"), .control("c"), .enter: return [.leave(.stop)]
        case .character("q"), .character("n"): view.overlay = nil
        default: break
        }
        return []
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
