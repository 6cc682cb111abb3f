import Dashboard
import Testing

/// What every meaning looks like in every class of themes, as it was approved.
@Suite struct ThemeGoldenTests {
    private static let classes: [(name: String, theme: Theme)] =
        Theme.Colours.allCases.flatMap { colours in
            [true, false].flatMap { isDark in
                [(Theme.Depth.many, "256"), (.eight, "16"), (.none, "mono")].map { depth, name in
                    (
                        "\(colours.rawValue) \(isDark ? "dark" : "light") \(name)",
                        Theme(isDark: isDark, depth: depth, colours: colours)
                    )
                }
            }
        }

    /// A meaning, and for each flag its colours and attributes: `75/- b`.
    private func table(_ theme: Theme) -> [String] {
        Style.all.map { style, _, name in
            let looks = [CellFlags(), .selected, .raised, .bold].map { flags -> String in
                let look = theme.appearance(style, flags)
                func colour(_ index: Int16) -> String { index < 0 ? "-" : String(index) }
                let marks = [
                    (look.bold, "b"), (look.dim, "d"), (look.reverse, "r"), (look.underline, "u"),
                ].filter(\.0).map(\.1).joined()
                return "\(colour(look.foreground))/\(colour(look.background)) \(marks)"
            }
            return "\(name): " + looks.joined(separator: "  ")
        }
    }

    @Test("Every meaning looks as it was approved, in every class of themes")
    func approved() {
        let text = Self.classes.map { name, theme in
            "=== \(name)\n" + table(theme).joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
        GoldenFile(name: "themes").check(text: text)
    }
}
