import Cluster

/// The keys of the screen that one is on, then those of every screen.
extension Renderer {
    mutating func drawHelp() {
        let sections = Help.sections(view).map { section in
            [Help.Line.title(section.title)] + section.keys.map { Help.Line.key($0.0, $0.1) }
        }
        let joined = sections.flatMap { $0 + [.gap] }.dropLast()
        // Two columns where there is the width for them: what is said here, what is said everywhere.
        let isWide = columns >= 100
        let left =
            isWide ? Array(sections.dropLast().flatMap { $0 + [.gap] }.dropLast()) : Array(joined)
        let right = isWide ? sections.last ?? [] : []
        let panel = centred(
            "keys: \(view.screen.rawValue)", columns: isWide ? 108 : 56,
            rows: max(left.count, right.count))
        drawHelp(left, in: panel, from: 0, width: isWide ? panel.columns / 2 - 2 : panel.columns)
        drawHelp(right, in: panel, from: panel.columns / 2, width: panel.columns / 2)
    }

    private mutating func drawHelp(_ lines: [Help.Line], in panel: Panel, from: Int, width: Int) {
        for (index, line) in lines.enumerated() {
            switch line {
            case .title(let text):
                write([Span(text.left(width), .accent, .bold)], in: panel, line: index, from: from)
            case .key(let key, let words):
                write([Span(key.left(13), .key, .bold)], in: panel, line: index, from: from)
                write(
                    [Span(words.left(max(0, width - 13)))], in: panel, line: index, from: from + 13)
            case .gap: break
            }
        }
    }
}

/// What the help says.
enum Help {
    enum Line {
        case title(String)
        case key(String, String)
        case gap
    }

    struct Section {
        var title: String
        var keys: [(String, String)]
    }

    static func sections(_ view: View) -> [Section] {
        var all: [Section] = []
        if case .replay = view.source { all.append(replay) }
        switch view.screen {
        case .overview: all += [faults, move]
        case .network: all.append(network)
        case .logs: all.append(logs)
        case .node: all.append(faults)
        }
        return all + [everywhere]
    }

    static let faults = Section(
        title: "faults, on marked nodes or the cursor's",
        keys: [
            ("f", "every fault, each with its letter"),
            ("c", "crash: every process dies, back in 10 s"),
            ("P", "pause; the same key goes on"), ("p", "partition: choose the sides"),
            ("d", "delay: round trips take longer"), ("o", "loss of packets"),
            ("b", "limit of bandwidth"), ("x", "cut"), ("i", "isolate from its peers"),
            ("s  r", "start, restart"),
        ])

    static let move = Section(
        title: "the table",
        keys: [
            ("\u{2191}\u{2193}  j k", "another node"), ("Space", "mark for the next command"),
            ("*  \\", "mark all, mark none"), ("Enter", "this node: why it is as it is"),
        ])

    static let network = Section(
        title: "the network: rows send, columns receive",
        keys: [
            ("arrows  hjkl", "another pair"), ("x", "cut both ways; the same key heals it"),
            ("X", "cut this direction only"), ("d  o  b", "delay, loss, limit"),
            ("p", "partition: choose the sides"), ("Space", "mark a row"),
            ("n", "back to the nodes"),
        ])

    static let logs = Section(
        title: "logs of all nodes, by time",
        keys: [
            ("/", "filter: text, or !text for lines without it"),
            ("o", "only the node under the cursor; again: all"),
            ("\u{2190} \u{2192}", "the next node alone"), ("\u{2191}\u{2193}  b Space", "scroll"),
            ("g  G", "to the first line, follow the last"), ("l", "back"),
        ])

    static let replay = Section(
        title: "the recording",
        keys: [
            ("Space", "play, pause"), ("\u{2190} \u{2192}", "a second back, on; Shift: ten"),
            ("{  }", "the event before, after"), ("+  -", "faster, slower"),
            ("0-9", "to that tenth of it"), ("Home End", "to its ends"),
        ])

    static let everywhere = Section(
        title: "everywhere",
        keys: [
            ("u", "undo your last fault"), ("!", "heal all, at once"),
            (".", "the last fault again"),
            (":", "a command; Tab completes"), ("/", "filter"),
            ("1 2 3 4", "overview, network, logs, node"), ("Esc", "back, one level"),
            ("q", "leave: detach or stop"), ("^Z ^L", "suspend, paint again"),
        ])
}
