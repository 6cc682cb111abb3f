import Cluster

/// Which values are shown, and which one is looked at.
public struct ConfigView: Equatable, Sendable {
    /// Which values are shown.
    public var kinds = Kinds.all
    /// The one under the cursor, counted from the first that is shown.
    public var chosen = 0

    /// Everything, from the top.
    public init() {}

    /// Sorts of values.
    public enum Kinds: String, Sendable, CaseIterable {
        case all
        case chosen
        case standard

        var next: Kinds {
            switch self {
            case .all: .chosen
            case .chosen: .standard
            case .standard: .all
            }
        }
    }

    /// The values that are shown.
    func values(_ view: View) -> [Plan.Value] {
        view.plan.values.filter { value in
            (kinds == .all || value.isChosen == (kinds == .chosen))
                && view.filter.keeps("\(value.path) \(value.text) \(value.origin)")
        }
    }
}

/// The topology as it counts in this run: every value, and where it comes from.
extension Renderer {
    mutating func drawConfig(_ rows: ClosedRange<Int>) {
        let values = view.config.values(view)
        let all = view.plan.values
        var title = [
            Span(core.run?.topology ?? "", .accent, .bold),
            Span("   seed ", .quiet), Span("\(core.run?.seed ?? 0)"),
            Span("   \(all.count) values, ", .quiet), Span("\(all.count(where: \.isChosen))"),
            Span(" chosen", .quiet),
        ]
        if view.config.kinds != .all {
            title += [Span("   only ", .quiet), Span(view.config.kinds.rawValue)]
        }
        if !view.filter.isEmpty {
            title += [Span("   filter ", .quiet), Span(view.filter.text, .match)]
        }
        write(title, 1, rows.lowerBound, within: columns - 1)
        let room = rows.count - 1
        guard room > 0 else { return }
        guard !values.isEmpty else {
            write(
                all.isEmpty ? "the topology of this run cannot be read" : "no value matches", 1,
                rows.lowerBound + 1, .quiet)
            return
        }
        let chosen = min(max(0, view.config.chosen), values.count - 1)
        let whole = wrapped(values[chosen].text, columns - 4)
        let below = whole.count > 1 && room > 8 ? whole.count + 1 : 0
        drawValues(values, chosen, (rows.lowerBound + 1)...(rows.upperBound - below))
        guard below > 0 else { return }
        // What does not fit beside its path.
        rule(row: rows.upperBound - below + 1)
        for (place, text) in whole.enumerated() {
            write(text, 2, rows.upperBound - below + 2 + place, .command, within: columns - 3)
        }
    }

    private mutating func drawValues(
        _ values: [Plan.Value], _ chosen: Int, _ rows: ClosedRange<Int>
    ) {
        let room = rows.count
        let first = max(0, min(chosen - room / 2, values.count - room))
        let paths = values.map { Width.columns($0.path) }.max() ?? 0
        let origins = values.map { Width.columns($0.origin) }.max() ?? 0
        let pathWidth = min(paths, max(12, columns * 2 / 5))
        let originWidth = columns >= 60 ? min(origins, columns / 4) : 0
        let textWidth = columns - pathWidth - originWidth - 6
        for (place, value) in values.dropFirst(first).prefix(room).enumerated() {
            let row = rows.lowerBound + place
            if first + place == chosen {
                write(glyphs.cursor, 0, row, .accent, .bold)
                frame.mark(.selected, row: row, columns: 0..<columns)
            }
            write(
                value.path.left(pathWidth, ellipsis: glyphs.ellipsis), 1, row,
                value.isChosen ? .plain : .quiet)
            write(
                value.text.left(max(0, textWidth), ellipsis: glyphs.ellipsis), pathWidth + 3, row,
                value.isChosen ? .command : .quiet)
            if originWidth > 0 {
                // The line is at its end.
                let isLong = Width.columns(value.origin) > originWidth
                let origin =
                    isLong
                    ? glyphs.ellipsis + value.origin.suffix(originWidth - 1) : value.origin
                write(origin, columns - originWidth - 1, row, .quiet)
            }
        }
    }

    /// The keys of the bottom line.
    var configHints: [Hint] {
        [
            Hint(glyphs.arrows, "choose", .down, 0), Hint("e", "chosen, standard, all", 1),
            Hint("/", "filter", 1), Hint("u", "undo", 3), Hint("!", "heal all", 2),
        ]
    }
}

extension Interaction {
    /// Keys of the configuration.
    mutating func onConfig(_ input: Input, state: ClusterState) -> [Outcome]? {
        switch input {
        case .up, .character("k"), .wheelUp: scrollConfig(-1)
        case .down, .character("j"), .wheelDown: scrollConfig(1)
        case .pageUp, .control("u"): scrollConfig(-10)
        case .pageDown, .control("d"): scrollConfig(10)
        case .home, .character("g"): view.config.chosen = 0
        case .end, .character("G"): scrollConfig(1_000_000)
        case .character("e"):
            view.config.kinds = view.config.kinds.next
            view.config.chosen = 0
        default: return nil
        }
        return []
    }

    private mutating func scrollConfig(_ lines: Int) {
        let last = max(0, view.config.values(view).count - 1)
        view.config.chosen = min(max(0, min(last, view.config.chosen) + lines), last)
    }
}

extension Help {
    static let config = Section(
        title: "the topology as it counts, and where each value comes from",
        keys: [
            ("\u{2191}\u{2193}  j k", "choose a value"),
            ("e", "only chosen values, only standard ones, all"),
            ("/", "filter: a part of the path, the value or the origin"),
            ("g  G", "to the first, to the last"),
        ])
}
