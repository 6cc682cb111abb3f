import Testing

@testable import Dashboard

/// Text of nodes is somebody else's; nothing of it may reach the terminal but what can be seen.
@Suite struct TextTests {
    private func shown(_ text: String, columns: Int = 60) -> String {
        var frame = Frame(size: Size(columns: columns, rows: 1))
        frame.write(text, at: Position(column: 0, row: 0))
        return frame.lines[0]
    }

    @Test(
        "Escape sequences go as a whole, text stays",
        arguments: [
            ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[2J\u{1B}[Hgone", "gone"),
            ("\u{1B}]0;title\u{07}after", "after"), ("\u{1B}]52;c;cHduZWQ=\u{1B}\\after", "after"),
            ("\u{1B}Pq#0;2;0;0;0\u{1B}\\after", "after"), ("\u{1B}(Bplain", "plain"),
            ("\u{1B}cafter", "after"), ("\u{9B}31mred", "red"), ("\u{9D}0;t\u{9C}after", "after"),
            ("\u{1B}[38;2;1;2;3mrgb", "rgb"), ("\u{1B}[?1049hscreen", "screen"),
            ("a\u{1B}", "a"), ("a\u{1B}[", "a"), ("a\u{1B}[12", "a"), ("tab\there", "tab here"),
            ("a\r\nb\u{0}c\u{8}d\u{7F}e\u{85}f", "abcdef"),
        ])
    func escapes(_ text: String, _ expected: String) {
        #expect(shown(text) == expected)
    }

    @Test("An unterminated sequence hides nothing but its introducer")
    func unterminated() {
        #expect(
            shown("before \u{1B}]0;a title that never ends") == "before 0;a title that never ends")
        #expect(shown("\u{1B}Pleft open") == "left open")
    }

    @Test("Nothing reorders, hides or joins: bidirectional controls, tags, joiners, selectors go")
    func invisible() {
        #expect(shown("a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e\u{E0041}f\u{AD}g") == "abcdefg")
        #expect(shown("x\u{FE0F}y\u{2028}z") == "xyz")
        #expect(shown("👩\u{200D}🚀 👍\u{1F3FD}") == "👩🚀 👍")
        #expect(shown("🇩🇪") == "DE")
    }

    @Test("Marks stay with their base, three at most; without a base they go")
    func marks() {
        var frame = Frame(size: Size(columns: 10, rows: 1))
        let zalgo = "e" + String(repeating: "\u{301}", count: 40)
        #expect(frame.write(zalgo, at: Position(column: 0, row: 0)) == 1)
        #expect(frame.text(of: frame[0, 0]).unicodeScalars.count == 4)
        #expect(shown("\u{301}a") == "a")
    }

    @Test(
        "Widths are an own table's",
        arguments: [
            ("a", 1), ("é", 1), ("中", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2), ("🚀", 2), ("●", 1),
            ("▲", 1), ("─", 1), ("⣿", 1), ("█", 1), ("⏎", 1), ("↯", 1), ("✕", 1), ("≈", 1),
            ("\u{1160}", 0), ("ﷺ", 1), ("⌚", 2), ("\u{1F1E6}", 1),
        ])
    func widths(_ text: String, _ columns: Int) {
        #expect(Width.columns(text) == columns)
    }

    @Test("Every glyph of every set is as wide as it looks")
    func glyphs() {
        for set in GlyphSet.allCases {
            let glyphs = Glyphs(set)
            let single = [
                glyphs.ready, glyphs.coming, glyphs.warning, glyphs.gone, glyphs.fault, glyphs.back,
                glyphs.heal, glyphs.note, glyphs.role, glyphs.cursor, glyphs.mark, glyphs.rule,
                glyphs.bar, glyphs.cut, glyphs.slow, glyphs.nothing, glyphs.same, glyphs.recording,
                glyphs.play, glyphs.pause, glyphs.head, glyphs.track, glyphs.down, glyphs.prompt,
            ]
            for glyph in single + glyphs.levels { #expect(Width.columns(glyph) == 1, "\(glyph)") }
        }
    }

    @Test("A wide character is never halved: at the edge, and when one half is covered")
    func halves() {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.write("中文中", at: Position(column: 0, row: 0))
        #expect(frame.lines[0] == "中文")
        frame.write("x", at: Position(column: 1, row: 0))
        #expect(frame.lines[0] == " x文")
        frame.write("y", at: Position(column: 2, row: 0))
        #expect(frame.lines[0] == " xy")
        #expect(isWhole(frame))
        frame.write("中", at: Position(column: 0, row: 0), within: 1)
        #expect(frame.lines[0] == " xy")
    }

    @Test(
        "Whatever is written, a frame holds visible cells and whole characters", arguments: 0..<200)
    func fuzz(_ seed: Int) {
        var random = Dice(seed: UInt64(seed))
        var frame = Frame(size: Size(columns: 1 + random.below(40), rows: 1 + random.below(4)))
        for _ in 0..<50 {
            let place = Position(column: random.below(44) - 2, row: random.below(6) - 1)
            let within = random.below(3) == 0 ? random.below(30) : Int.max
            frame.write(random.text(), at: place, style: .plain, within: within)
        }
        for cell in frame.cells where !cell.isCluster {
            #expect(Unicode.Scalar(cell.glyph).flatMap { Width.columns($0) } != nil)
        }
        for cluster in frame.clusters {
            let columns = cluster.unicodeScalars.map { Width.columns($0) }
            #expect(
                columns.first != .some(.some(0)) && !columns.contains(nil) && columns.count <= 4)
        }
        #expect(isWhole(frame), "seed \(seed)")
    }
}

/// Whether every wide cell has its right half, and every right half its wide cell.
func isWhole(_ frame: Frame) -> Bool {
    for row in 0..<frame.size.rows {
        var column = 0
        while column < frame.size.columns {
            let width = Int(frame[column, row].width)
            if width == 0 || column + width > frame.size.columns { return false }
            if width == 2, frame[column + 1, row].width != 0 { return false }
            column += width
        }
    }
    return true
}

/// Random choices that can be repeated.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

    /// Text with everything that could go wrong in it.
    mutating func text() -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<below(24) {
            let value: UInt32
            switch below(9) {
            case 0: value = UInt32(below(0x20))
            case 1: value = 0x1B
            case 2: value = [0x5B, 0x5D, 0x50, 0x3B, 0x6D, 0x07, 0x5C, 0x9B, 0x9C, 0x9D][below(10)]
            case 3: value = 0x300 + UInt32(below(0x70))
            case 4: value = 0x4E00 + UInt32(below(0x5000))
            case 5: value = 0x1F300 + UInt32(below(0x300))
            case 6: value = UInt32(below(0x110000))
            case 7: value = 0x2000 + UInt32(below(0x70))
            default: value = 0x20 + UInt32(below(0x5F))
            }
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
