internal import ArgumentParser
internal import Dashboard

/// What `--theme` says: a background, a set of colours, or both.
struct ThemeChoice {
    /// `nil` where it is not said.
    var isDark: Bool?
    var colours = Theme.Colours.standard

    /// `light`, `high-contrast`, `dark,colour-blind`; nothing is chosen by `nil`.
    init(_ text: String?) throws {
        for word in (text ?? "").split(separator: ",") {
            switch word {
            case "dark": isDark = true
            case "light": isDark = false
            default:
                guard let found = Theme.Colours(rawValue: String(word)), found != .standard else {
                    throw ValidationError(
                        "--theme takes dark, light, high-contrast and colour-blind, not \(word)")
                }
                colours = found
            }
        }
    }

    /// For pictures and films, which nobody tells their background.
    var theme: Theme { Theme(isDark: isDark ?? true, depth: .many, colours: colours) }
}
