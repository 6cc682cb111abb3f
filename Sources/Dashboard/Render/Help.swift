import Cluster

/// The keys of the screen that one is on, then those of every screen.
extension Renderer {
    mutating func drawHelp(from first: Int) {
        // Two columns where there is the width for them: what is said here, what is said everywhere.
        let isWide = columns >= 100
        let sections = Help.sections(view)
        let left = isWide ? Help.lines(Array(sections.dropLast())) : Help.lines(sections)
        let right = isWide ? Help.lines(Array(sections.suffix(1))) : []
        let rows = max(left.count, right.count)
        let panel = centred(
            "keys: \(view.screen.rawValue)", columns: isWide ? 108 : 56, rows: rows)
        let start = max(0, min(first, rows - panel.rows))
        let half = panel.columns / 2
        drawHelp(
            left.dropFirst(start), in: panel, from: 0, width: isWide ? half - 2 : panel.columns)
        drawHelp(right.dropFirst(start), in: panel, from: half, width: half)
        if start + panel.rows < rows {
            let more = "\(rows - start - panel.rows) more"
            write(
                [Span(more, .quiet)], in: panel, line: panel.rows - 1,
                from: panel.columns - Width.columns(more))
        }
    }

    private mutating func drawHelp(
        _ lines: ArraySlice<Help.Line>, in panel: Panel, from: Int, width: Int
    ) {
        for (index, line) in lines.prefix(panel.rows).enumerated() {
            switch line {
            case .title(let text):
                write([Span(fit(text, width), .accent, .bold)], in: panel, line: index, from: from)
            case .key(let key, let words):
                write(
                    [Span(shown(moved(key)).left(13), .key, .bold)], in: panel, line: index,
                    from: from)
                write(
                    [Span(fit(words, width - 13))], in: panel, line: index, from: from + 13)
            case .gap: break
            }
        }
    }
}

extension Renderer {
    private func fit(_ text: String, _ width: Int) -> String {
        text.left(max(0, width), ellipsis: glyphs.ellipsis)
    }

    /// Under the keys that the viewer has to press.
    private func moved(_ keys: String) -> String {
        guard view.keyMap != KeyMap() else { return keys }
        return keys.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let input = KeyMap.input(String(word)) else { return String(word) }
            guard let key = view.keyMap.key(for: input, on: view.screen) else {
                return glyphs.nothing
            }
            return key == input ? String(word) : KeyMap.name(key)
        }.joined(separator: " ")
    }

    /// Arrows where there are any.
    private func shown(_ key: String) -> String {
        if view.glyphs.isUnicode { return key }
        return key.replacing("\u{2191}\u{2193}", with: "Up Down")
            .replacing("\u{2190} \u{2192}", with: "Left Right")
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

    /// All lines, with an empty one between sections.
    static func lines(_ view: View) -> [Line] { lines(sections(view)) }

    static func lines(_ sections: [Section]) -> [Line] {
        Array(
            sections.flatMap { section in
                [.title(section.title)] + section.keys.map { Line.key($0.0, $0.1) } + [.gap]
            }.dropLast())
    }

    static func sections(_ view: View) -> [Section] {
        var all: [Section] = []
        if case .replay = view.source { all.append(replay) }
        if view.lesson != nil { all.append(lesson) }
        switch view.screen {
        case .overview: all += [faults, move]
        case .network: all.append(network)
        case .logs: all.append(logs)
        case .node: all += [node, faults]
        case .timeline: all.append(timeline)
        case .replication: all.append(replication)
        case .traffic: all.append(traffic)
        case .events: all.append(events)
        case .chaos: all.append(chaos)
        case .config: all.append(config)
        }
        return (all + [everywhere]).map { section in
            // Keys of faults that this version cannot inject are not offered.
            Section(title: section.title, keys: section.keys.filter { offers($0.1) })
        }
    }

    private static func offers(_ words: String) -> Bool {
        !words.hasPrefix("limit") || FaultMenu.has("limit")
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

    static let node = Section(
        title: "a node",
        keys: [
            ("e", "story, processes, files, environment"),
            ("\u{2191}\u{2193}  j k", "another node"), ("Enter", "back to the table"),
        ])

    static let move = Section(
        title: "the table",
        keys: [
            ("\u{2191}\u{2193}  j k", "another node"), ("Space", "mark for the next command"),
            ("*  \\", "mark all, mark none"), ("V", "mark a range from here to the cursor"),
            ("<  >  I", "sort by another column, invert"),
            ("Enter", "this node: why it is as it is"),
        ])

    static let lesson = Section(
        title: "the lesson, as its bottom line says",
        keys: [
            ("1-9", "your prediction, while there is a question"), ("H", "a hint"),
            ("Enter", "go on, when the step is done"),
        ])

    static let network = Section(
        title: "the network: rows send, columns receive",
        keys: [
            ("arrows  hjkl", "another pair"), ("x", "cut both ways; the same key heals it"),
            ("X", "cut this direction only"), ("d  o", "delay, loss"), ("b", "limit of bandwidth"),
            ("p", "partition: choose the sides"), ("Space", "mark a row"),
            ("V", "a block from here to the cursor, for x X d o b"),
            ("v", "a map of those that talk, and back"), ("mouse", "drag over cells: cuts them"),
            ("n", "back to the nodes"),
        ])

    static let logs = Section(
        title: "logs of all nodes, by time",
        keys: [
            ("/", "filter: text, !text for lines without it,"),
            ("", "~a|b.*c for a pattern (regex 7)"),
            ("e", "only warnings and errors, errors, all"),
            ("{  }", "the event before, after"),
            ("o", "only the node under the cursor; again: all"),
            ("\u{2190} \u{2192}", "the next node alone"), ("\u{2191}\u{2193}  b Space", "scroll"),
            ("g  G", "to the first line, follow the last"), ("l", "back"),
        ])

    static let replay = Section(
        title: "the recording",
        keys: [
            ("Space", "play, pause"), ("\u{2190} \u{2192}", "a second back, on; Shift: ten"),
            ("{  }", "the event before, after"), (",  .", "an entry of the journal back, on"),
            ("+  -", "faster, slower: 0.1 to 100 times"), ("Home End", "to its ends"),
            ("t", "to a time, as 3:41"), ("C", "chapters: faults, elections, recoveries"),
            ("/  m  M", "look for a text; next, previous match"),
            ("a", "a note about this moment"),
            ("T", "take over: this moment, live"),
        ])

    static let everywhere = Section(
        title: "everywhere",
        keys: [
            ("u", "undo your last fault"), ("!", "heal all, at once"),
            (".", "the last fault again"),
            (":", "a command; Tab completes"), ("/", "filter"),
            ("1 2 3 4", "overview, network, logs, node"),
            ("5 6 7 8", "timeline, replication, traffic, events"),
            ("9 0", "chaos, config"),
            ("a", "a note on the time axis"),
            ("Esc", "back, one level"),
            ("L", "lock all that changes the cluster, unlock"),
            ("q", "leave: detach or stop"), ("^Z ^L", "suspend, paint again"),
        ])
}
