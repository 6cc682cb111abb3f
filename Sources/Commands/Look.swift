internal import ArgumentParser
internal import Dashboard
internal import Glibc
internal import Terminal

/// How the dashboard looks; what is not said is found out from the terminal.
struct LookOptions: ParsableArguments {
    @Option(
        help: "Colours: dark or light, high-contrast or colour-blind; two of them with a comma.")
    var theme: String?

    @Option(help: "How many colours: auto, 256, 16 or never. NO_COLOR means never.")
    var color = ColorChoice.auto

    @Option(help: "Characters of graphs and signs: braille, block or ascii.")
    var glyphs: GlyphChoice?

    @Flag(help: "Leaves the mouse to the terminal.")
    var noMouse = false

    @Flag(
        help: """
            In place of the dashboard a plain line for each event, for screen readers and logs; over a \
            running cluster lines of standard input are commands.
            """)
    var linear = false

    func validate() throws { _ = try parts() }

    /// Whether lines have colours: only where somebody asks for them.
    var coloursLines: Bool {
        switch color {
        case .many, .few: true
        case .auto, .never: false
        }
    }

    /// Ends the command with 64 where the dashboard has no terminal.
    func requireTerminal(or other: String) throws {
        guard linear || (isatty(0) == 1 && isatty(1) == 1) else {
            throw failure("the dashboard needs a terminal; use \(other)", code: Code.usage)
        }
    }

    /// What `--theme` says.
    private func parts() throws -> (isDark: Bool?, colours: Theme.Colours) {
        var isDark: Bool?
        var colours = Theme.Colours.standard
        for word in (theme ?? "").split(separator: ",") {
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
        return (isDark, colours)
    }

    /// For the painter.
    func options(history: [String] = []) -> PainterOptions {
        let parts = try? parts()
        return PainterOptions(
            depth: color.depth, isDark: parts?.isDark, colours: parts?.colours ?? .standard,
            glyphs: glyphs.flatMap { GlyphSet(rawValue: $0.rawValue) }, mouse: !noMouse,
            history: history)
    }
}

/// How many colours are used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case many = "256"
    case few = "16"
    case never

    /// `nil` where the terminal says it.
    var depth: Theme.Depth? {
        switch self {
        case .auto: nil
        case .many: .many
        case .few: .eight
        case .never: Theme.Depth.none
        }
    }
}

/// Which characters are used.
enum GlyphChoice: String, ExpressibleByArgument, CaseIterable {
    case braille
    case block
    case ascii
}
