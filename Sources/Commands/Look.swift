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

    @Option(help: "A file of moved keys; ~/.config/squall/keys, where there is one.")
    var keys: String?

    @Flag(help: "Leaves the mouse to the terminal.")
    var noMouse = false

    @Flag(
        help: """
            In place of the dashboard a plain line for each event, for screen readers and logs; over a \
            running cluster lines of standard input are commands.
            """)
    var linear = false

    func validate() throws { _ = try ThemeChoice(theme) }

    /// Whether lines have colours: only where somebody asks for them.
    var coloursLines: Bool {
        switch color {
        case .many, .few: true
        case .auto, .never: false
        }
    }

    /// The keys that this viewer has moved. Ends the command with 65 where the file has mistakes, or is not
    /// there although it was asked for.
    func keyMap() throws -> KeyMap {
        let path = keys ?? KeyFile.standard
        guard let text = RecordedRun.text(of: path) else {
            guard let keys else { return KeyMap() }
            throw failure("\(keys) can't be read", code: Code.badInput)
        }
        do {
            return try KeyMap(parsing: text)
        } catch {
            let lines = error.all.map { "\(path):\($0.line): \($0.message)" }
            throw failure(lines.joined(separator: "\nsquall: "), code: Code.badInput)
        }
    }

    /// Ends the command with 64 where the dashboard has no terminal.
    func requireTerminal(or other: String) throws {
        guard linear || (isatty(0) == 1 && isatty(1) == 1) else {
            throw failure("the dashboard needs a terminal; use \(other)", code: Code.usage)
        }
        // Before anything is started.
        if !linear { _ = try keyMap() }
    }

    /// For the painter.
    func options(history: [String] = []) -> PainterOptions {
        let chosen = try? ThemeChoice(theme)
        return PainterOptions(
            depth: color.depth, isDark: chosen?.isDark, colours: chosen?.colours ?? .standard,
            glyphs: glyphs.flatMap { GlyphSet(rawValue: $0.rawValue) }, mouse: !noMouse,
            history: history)
    }
}

/// Where moved keys are kept.
private enum KeyFile {
    static var standard: String {
        let home = environment("HOME") ?? "/"
        let base = environment("XDG_CONFIG_HOME") ?? home + "/.config"
        return base + "/squall/keys"
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
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
