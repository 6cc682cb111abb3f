import Cluster

/// The keys of the screen that one is on, then those of every screen.
extension Renderer {
    mutating func drawHelp() {
        let sections = Help.sections(view)
        let lines = sections.flatMap { section in
            [Help.Line.title(section.title)] + section.keys.map { Help.Line.key($0.0, $0.1) } + [.gap]
        }.dropLast()
        let room = max(1, size.rows - 4)
        let sides = lines.count > room && columns >= 100 ? 2 : 1
        let rows = sides == 1 ? lines.count : (lines.count + 1) / 2
        let panel = centred("keys: \(view.screen.rawValue)", columns: sides == 1 ? 62 : 116, rows: rows)
        for (index, line) in lines.enumerated() {
            let side = sides == 1 ? 0 : index / rows
            let from = side * (panel.columns / 2)
            let spans: [Span] =
                switch line {
                case .title(let text): [Span(text, .accent, .bold)]
                case .key(let key, let words): [Span(key.left(13), .key, .bold), Span(words)]
                case .gap: []
                }
            write(spans, in: panel, line: sides == 1 ? index : index % rows, from: from)
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
        title: "faults, on the marked nodes or the one under the cursor",
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
            ("u", "undo your last fault"), ("!", "heal all, at once"), (".", "the last fault again"),
            (":", "a command; Tab completes"), ("/", "filter"),
            ("1 2 3 4", "overview, network, logs, node"), ("Esc", "back, one level"),
            ("q", "leave: detach or stop"), ("^Z ^L", "suspend, paint again"),
        ])
}
