/// Which characters a terminal can show.
public enum GlyphSet: String, Sendable, CaseIterable {
    /// Everything: dots for tall graphs.
    case braille
    /// Blocks and arrows, no dots.
    case block
    /// Seven bits.
    case ascii

    /// The set for a name of a character encoding, as `nl_langinfo(CODESET)` tells it.
    public init(codeset: String) {
        self = codeset.uppercased().contains("UTF") ? .braille : .ascii
    }

    /// Whether anything beyond seven bits may be shown.
    public var isUnicode: Bool { self != .ascii }
}

/// The characters of one set, by what they stand for.
struct Glyphs: Sendable {
    var ready = "●"
    var coming = "◌"
    var open = "○"
    var warning = "▲"
    var gone = "✕"
    var fault = "↯"
    var back = "↻"
    var heal = "✓"
    var note = "✎"
    var verdict = "◇"
    var role = "◆"
    var cursor = "▸"
    var mark = "✓"
    var rule = "─"
    var bar = "│"
    var cut = "✕"
    var slow = "≈"
    var loss = "%"
    var nothing = "–"
    var same = "·"
    var both = "↔"
    var to = "→"
    var fromTo = "╲"
    var recording = "●"
    var play = "▶"
    var pause = "‖"
    var ended = "■"
    var track = "─"
    var trackStart = "├"
    var trackEnd = "┤"
    var head = "●"
    var ellipsis = "…"
    var enter = "⏎"
    var arrows = "↑↓"
    var sides = "←→"
    var down = "─"
    var unready = "▪"
    var dot = "·"
    var prompt = "›"
    var rising = "▴"
    var falling = "▾"
    var branch = "├─"
    var lastBranch = "└─"
    var levels: [String] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The characters of a set.
    init(_ set: GlyphSet) {
        guard set == .ascii else { return }
        ready = "*"
        coming = "."
        open = "o"
        warning = "!"
        gone = "x"
        fault = "~"
        back = "+"
        heal = "+"
        note = "\""
        verdict = "="
        role = "^"
        cursor = ">"
        mark = "#"
        rule = "-"
        bar = "|"
        cut = "x"
        slow = "~"
        loss = "%"
        nothing = "-"
        same = "."
        both = "<->"
        to = "->"
        fromTo = "\\"
        recording = "o"
        play = ">"
        pause = "="
        ended = "#"
        track = "-"
        trackStart = "|"
        trackEnd = "|"
        head = "O"
        ellipsis = ".."
        enter = "Enter"
        arrows = "up/dn"
        sides = "<>"
        down = "-"
        unready = "!"
        dot = "-"
        prompt = ">"
        rising = "^"
        falling = "v"
        branch = "|-"
        lastBranch = "`-"
        levels = ["_", ".", "-", "=", "+", "*", "#", "@"]
    }

    /// How one of several hangs on what stands above.
    func branch(isLast: Bool) -> String { isLast ? lastBranch : branch }
}
