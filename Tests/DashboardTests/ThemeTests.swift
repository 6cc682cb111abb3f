import Testing

@testable import Dashboard

@Suite struct ThemeTests {
    @Test("Without colours nothing has one, and what matters still stands out")
    func mono() {
        let theme = Theme(isDark: true, depth: .none)
        for entry in Style.all {
            for flags: CellFlags in [[], .selected, .raised, [.bold, .selected]] {
                let look = theme.appearance(entry.style, flags)
                #expect(look.foreground == -1 && look.background == -1, "\(entry.name)")
            }
        }
        #expect(theme.appearance(.alarm, []).bold)
        #expect(theme.appearance(.plain, .selected).reverse)
    }

    @Test("Eight colours are enough for eight colours")
    func eight() {
        let theme = Theme(isDark: true, depth: .eight)
        for entry in Style.all {
            #expect(theme.appearance(entry.style, []).foreground < 8)
        }
    }

    @Test("Every style has a letter and a name of its own")
    func letters() {
        #expect(Set(Style.all.map(\.letter)).count == Style.all.count)
        #expect(Set(Style.all.map(\.name)).count == Style.all.count)
        for (index, entry) in Style.all.enumerated() { #expect(Int(entry.style.rawValue) == index) }
        #expect(Style(rawValue: 999).letter == "?")
    }

    @Test("Status is never a colour alone: each state has a glyph of its own in every set")
    func glyphs() {
        for set in GlyphSet.allCases {
            let glyphs = Glyphs(set)
            let signs = [glyphs.ready, glyphs.coming, glyphs.warning, glyphs.gone]
            #expect(Set(signs).count == signs.count)
        }
    }
}
