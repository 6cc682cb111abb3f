import Cluster

/// The bottom line: the keys that work here, and what they do.
extension Renderer {
    /// A key, its word, and how soon it is left out when there is no room: 0 stays longest.
    struct Hint {
        var key: String
        var word: String
        var input: Input
        var rank: Int
        /// Divided from the one before by a bar.
        var isApart = false

        init(_ key: String, _ word: String, _ input: Input, _ rank: Int) {
            self.key = key
            self.word = word
            self.input = input
            self.rank = rank
        }

        /// The same, divided from the one before.
        var apart: Hint {
            var hint = self
            hint.isApart = true
            return hint
        }

        init(_ key: Unicode.Scalar, _ word: String, _ rank: Int) {
            self.init(String(Character(key)), word, .character(key), rank)
        }
    }

    /// The same under the key that the viewer has to press; `nil` where there is none.
    private func moved(_ hint: Hint) -> Hint? {
        guard let key = view.keyMap.key(for: hint.input, on: view.screen) else { return nil }
        guard key != hint.input else { return hint }
        var hint = hint
        hint.key = KeyMap.name(key)
        return hint
    }

    mutating func drawKeys(row: Int) {
        var hints = self.hints
        if view.overlay == nil, view.readOnly || view.isLocked || core.ended != nil {
            // What is refused is not offered.
            hints.removeAll { Renderer.changing.contains($0.word) }
        }
        if view.overlay == nil { hints = hints.compactMap(moved) }
        let width = { (hints: [Hint]) in
            hints.reduce(0) {
                $0 + Width.columns($1.key) + Width.columns($1.word) + ($1.isApart ? 5 : 3)
            } - 1
        }
        // One after the other, the least needed first, of equals the last.
        while width(hints) > columns, let worst = hints.map(\.rank).max(), worst > 0,
            let index = hints.lastIndex(where: { $0.rank == worst })
        {
            hints.remove(at: index)
        }
        var column = 1
        for hint in hints {
            if hint.isApart { column = write(glyphs.bar + " ", column, row, .rule) }
            let start = column
            column = write(hint.key, column, row, .key, .bold)
            column = write(" " + hint.word, column, row, .quiet)
            frame.region(row: row, columns: start..<column, .key(hint.input))
            column += 2
        }
    }

    var hints: [Hint] {
        switch view.overlay {
        case .help:
            return [Hint(glyphs.arrows, "more", .down, 1), Hint("Esc", "back", .escape, 0)]
        case .palette:
            return [
                Hint(glyphs.enter, "run", .enter, 0), Hint("Tab", "complete", .tab, 1),
                Hint(glyphs.arrows, "earlier lines", .up, 2), Hint("Esc", "back", .escape, 0),
            ]
        case .filter:
            return [
                Hint(glyphs.enter, "keep", .enter, 0), Hint("!text", "without it", .resized, 2),
                Hint("~a|b", "a pattern", .resized, 2),
                Hint("Esc", "back", .escape, 0),
            ]
        case .menu:
            return [Hint("a letter", "takes one", .resized, 0), Hint("Esc", "back", .escape, 0)]
        case .form:
            return [
                Hint(glyphs.enter, "do it", .enter, 0),
                Hint(glyphs.arrows, "another value", .up, 1),
                Hint(glyphs.sides, "another field", .right, 1),
                Hint("0-9", "type one", .resized, 2), Hint("Esc", "back", .escape, 0),
            ]
        case .sides:
            return [
                Hint(glyphs.enter, "do it", .enter, 0), Hint(glyphs.sides, "choose", .right, 1),
                Hint("Space", "other side", .character(" "), 1),
                Hint("+ -", "how long", .character("+"), 2), Hint("Esc", "back", .escape, 0),
            ]
        case .leave:
            return [
                Hint("d", "detach", 0), Hint("s", "stop", 0), Hint("Esc", "stay", .escape, 0),
            ]
        case .chapters:
            return [
                Hint(glyphs.enter, "go there", .enter, 0),
                Hint(glyphs.arrows, "another one", .down, 1), Hint("Esc", "back", .escape, 0),
            ]
        case .moment:
            return [Hint(glyphs.enter, "go there", .enter, 0), Hint("Esc", "back", .escape, 0)]
        case .note:
            return [Hint(glyphs.enter, "keep", .enter, 0), Hint("Esc", "back", .escape, 0)]
        case .takeOver:
            return [Hint(glyphs.enter, "do it", .enter, 0), Hint("Esc", "stay", .escape, 0)]
        case nil: break
        }
        if case .replay = view.source { return replayHints + screenHints(3) + closingHints }
        switch view.screen {
        case .overview:
            return faultHints
                + [
                    Hint("!", "heal all", 0), Hint("l", "logs", 2).apart,
                    Hint("n", "network", 2), Hint(glyphs.enter, "node", .enter, 4),
                ] + closingHints
        case .network:
            return [
                Hint("x", "cut", 0), Hint("d", "delay", 1), Hint("o", "loss", 2),
                Hint("p", "partition", 1), Hint("V", "block", 3),
                Hint("v", view.isMap ? "matrix" : "map", 1), Hint("u", "undo", 1),
                Hint("!", "heal all", 0), Hint("n", "nodes", 1).apart,
                Hint("3", "logs", 3),
            ] + closingHints
        case .logs:
            return [
                Hint("/", "filter", 0), Hint("o", "one node", 1),
                Hint("e", "errors, warnings, all", 2), Hint("{ }", "event", .character("{"), 1),
                Hint(glyphs.arrows, "scroll", .up, 1), Hint("G", "follow", 1),
                Hint("l", "back", 0), Hint("u", "undo", 3), Hint("!", "heal all", 2),
                Hint(":", "command", 2), Hint("?", "help", 0), Hint("q", "leave", 1),
            ]
        case .node:
            return faultHints + [
                Hint("e", "processes, files", 1), Hint("s", "start", 3),
                Hint("r", "restart", 3), Hint("!", "heal all", 1),
                Hint(glyphs.enter, "back", .enter, 0),
            ] + closingHints
        case .timeline: return timelineHints + closingHints
        case .replication: return replicationHints + closingHints
        case .traffic: return trafficHints + closingHints
        case .events: return eventsHints + closingHints
        case .chaos: return chaosHints + closingHints
        case .config: return configHints + closingHints
        }
    }

    /// Words of keys that change the cluster.
    private static let changing: Set<String> = [
        "fault", "partition", "crash", "pause", "delay", "undo", "heal all", "cut", "loss", "start",
        "restart", "run", "hold", "go on", "one step", "stop it",
    ]

    private var faultHints: [Hint] {
        [
            Hint("f", "fault", 0), Hint("p", "partition", 2), Hint("c", "crash", 1),
            Hint("P", "pause", 3), Hint("d", "delay", 2), Hint("u", "undo", 1),
        ]
    }

    private func screenHints(_ rank: Int) -> [Hint] {
        [Hint("l", "logs", rank), Hint("n", "network", rank)]
    }

    private var closingHints: [Hint] {
        [Hint(":", "command", 3), Hint("?", "help", 0), Hint("q", "leave", 2)]
    }

    private var replayHints: [Hint] {
        var hints = [
            Hint("Space", "play", .character(" "), 0), Hint("{ }", "event", .character("}"), 0),
            Hint(glyphs.sides, "step", .right, 1), Hint(", .", "entry", .character("."), 4),
            Hint("+ -", "speed", .character("+"), 2), Hint("C", "chapters", 3),
            Hint("t", "time", 4), Hint("a", "note", 3), Hint("T", "take over", 1),
        ]
        if !view.filter.isEmpty { hints.insert(Hint("m M", "match", .character("m"), 1), at: 2) }
        return hints
    }
}
