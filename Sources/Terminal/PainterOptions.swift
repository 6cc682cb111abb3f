public import Dashboard
internal import Glibc

/// How a terminal is painted, beyond what it can do.
public struct PainterOptions: Equatable, Sendable {
    /// The colours; found out when `nil`: `NO_COLOR` means none.
    public var depth: Theme.Depth?
    /// Whether the background is dark; found out from `COLORFGBG` when `nil`, dark where that is unset.
    public var isDark: Bool?
    /// Which colours are chosen.
    public var colours: Theme.Colours
    /// The characters; found out from the locale when `nil`.
    public var glyphs: GlyphSet?
    /// Whether clicks and the wheel are taken; then selecting text needs Shift.
    public var mouse: Bool
    /// Path of the terminal; that of standard input and output, else `/dev/tty`, when `nil`.
    public var terminal: String?
    /// Lines of the palette from an earlier run, oldest first.
    public var history: [String]

    /// Everything as the terminal and the environment say.
    public init(
        depth: Theme.Depth? = nil, isDark: Bool? = nil, colours: Theme.Colours = .standard,
        glyphs: GlyphSet? = nil,
        mouse: Bool = true, terminal: String? = nil, history: [String] = []
    ) {
        self.terminal = terminal
        self.depth = depth
        self.isDark = isDark
        self.colours = colours
        self.glyphs = glyphs
        self.mouse = mouse
        self.history = history
    }

    /// The theme for a terminal with so many colours.
    func theme(colours count: Int) -> Theme {
        let found: Theme.Depth = count >= 256 ? .many : count >= 8 ? .eight : .none
        let isPlain = environmentText("NO_COLOR").map { !$0.isEmpty } ?? false
        return Theme(
            isDark: isDark ?? PainterOptions.isDark(environmentText("COLORFGBG")),
            depth: depth ?? (isPlain ? .none : found), colours: colours)
    }

    /// `15;0` is white on black: the last number is the background, 7 and 15 are light.
    static func isDark(_ colours: String?) -> Bool {
        let background = colours?.split(separator: ";").last.flatMap { Int($0) }
        return background != 7 && background != 15
    }
}

/// A variable of the environment.
func environmentText(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
