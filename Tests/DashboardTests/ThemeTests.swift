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

@Suite struct ContrastTests {
    /// Red, green and blue of a colour of the 256, 0 to 1.
    private func parts(_ index: Int16) -> [Double] {
        let rgb = Theme.rgb(of: Int(index))
        return [rgb >> 16, rgb >> 8 & 255, rgb & 255].map { Double($0) / 255 }
    }

    /// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    private func luminance(_ index: Int16) -> Double {
        let linear = parts(index).map { value -> Double in
            guard value > 0.040_45 else { return value / 12.92 }
            // ((v + 0.055) / 1.055) to the power of 2.4: by its logarithm's series there is no need.
            return power((value + 0.055) / 1.055)
        }
        return 0.212_6 * linear[0] + 0.715_2 * linear[1] + 0.072_2 * linear[2]
    }

    /// x to the power of 2.4, as the square times the fifth root of the square.
    private func power(_ x: Double) -> Double {
        let square = x * x
        var root = 1.0
        for _ in 0..<60 { root = (4 * root + square / (root * root * root * root)) / 5 }
        return square * root
    }

    private func contrast(_ one: Int16, _ other: Int16) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test(
        "All text can be read before every background that it may have", arguments: [true, false])
    func readable(isDark: Bool) {
        #expect(abs(contrast(16, 231) - 21) < 0.01)
        for colours in Theme.Colours.allCases {
            let theme = Theme(isDark: isDark, depth: .many, colours: colours)
            let least = colours == .highContrast ? 7.0 : 4.5
            for entry in Style.all where entry.style != .rule {
                for flags: CellFlags in [[], .selected, .raised] {
                    let look = theme.appearance(entry.style, flags)
                    let text = look.foreground >= 0 ? look.foreground : isDark ? 231 : 16
                    let behind = look.background >= 0 ? look.background : isDark ? 16 : 231
                    let found = contrast(text, behind)
                    #expect(found >= least, "\(colours) \(entry.name) \(flags.rawValue): \(found)")
                }
            }
        }
    }

    @Test("Who sees no red or no green tells well, warned and broken apart by brightness or blue")
    func colourBlind() {
        for isDark in [true, false] {
            let theme = Theme(isDark: isDark, depth: .many, colours: .colourBlind)
            let signs = [Style.good, .warning, .alarm].map { theme.appearance($0, []).foreground }
            for (index, one) in signs.enumerated() {
                for other in signs.dropFirst(index + 1) {
                    // What is left without the difference of red and green: their sum, and blue.
                    let (a, b) = (parts(one), parts(other))
                    let yellow = abs((a[0] + a[1]) - (b[0] + b[1])) / 2
                    let blue = abs(a[2] - b[2])
                    #expect(max(yellow, blue) > 0.15, "\(one) and \(other)")
                }
            }
        }
    }
}
