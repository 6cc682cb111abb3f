/// Which colours stand for which meanings. One accent, one warning, one alarm; everything else is
/// quiet. What a colour says is always said by a glyph or a letter too.
public struct Theme: Equatable, Sendable {
    /// For a dark or a light background.
    public var isDark: Bool
    /// How many colours there are.
    public var depth: Depth

    /// On a dark background, in 256 colours.
    public static let dark = Theme(isDark: true, depth: .many)
    /// On a light background, in 256 colours.
    public static let light = Theme(isDark: false, depth: .many)

    /// A theme.
    public init(isDark: Bool, depth: Depth) {
        self.isDark = isDark
        self.depth = depth
    }

    /// What a terminal can show.
    public enum Depth: Sendable {
        /// Bold, reversed, underlined: no colour.
        case none
        /// The eight of old.
        case eight
        /// 256.
        case many
    }

    /// How a cell is painted; colours are indices of the terminal's palette, -1 is its own colour.
    public struct Appearance: Hashable, Sendable {
        /// Of the glyph.
        public var foreground: Int16 = -1
        /// Behind it.
        public var background: Int16 = -1
        /// Heavier.
        public var bold = false
        /// Fainter.
        public var dim = false
        /// Exchanged.
        public var reverse = false
        /// Underlined.
        public var underline = false
    }

    /// How a cell of this meaning is painted.
    public func appearance(_ style: Style, _ flags: CellFlags) -> Appearance {
        var look =
            switch depth {
            case .none: plain(style)
            case .eight: eight(style)
            case .many: many(style)
            }
        if flags.contains(.bold) { look.bold = true }
        if flags.contains(.underline) { look.underline = true }
        if flags.contains(.reverse) { look.reverse = true }
        shade(&look, flags)
        return look
    }

    private func shade(_ look: inout Appearance, _ flags: CellFlags) {
        guard flags.contains(.selected) || flags.contains(.raised) else { return }
        guard depth == .many else {
            // A bar in one piece: colours of its own would make it a patchwork.
            if flags.contains(.selected) {
                look = Appearance(bold: look.bold, reverse: true, underline: look.underline)
            }
            return
        }
        let isSelected = flags.contains(.selected)
        look.background = isDark ? (isSelected ? 237 : 235) : (isSelected ? 253 : 255)
        if look.foreground < 0 { look.foreground = isDark ? 253 : 234 }
    }

    private func plain(_ style: Style) -> Appearance {
        switch style {
        case .quiet, .rule: Appearance(dim: true)
        case .alarm, .leader, .key, .warning, .mark: Appearance(bold: true)
        case .match: Appearance(reverse: true)
        default: Appearance()
        }
    }

    private func eight(_ style: Style) -> Appearance {
        switch style {
        case .quiet, .rule: Appearance(dim: true)
        case .accent, .good, .graph, .command: Appearance(foreground: 6)
        case .leader, .mark: Appearance(foreground: 6, bold: true)
        case .warning, .fault, .candidate: Appearance(foreground: 3)
        case .alarm: Appearance(foreground: 1, bold: true)
        case .recording: Appearance(foreground: 1)
        case .key: Appearance(bold: true)
        case .match: Appearance(foreground: 3, reverse: true)
        default: Appearance()
        }
    }

    private func many(_ style: Style) -> Appearance {
        let colour: (dark: Int16, light: Int16) =
            switch style {
            case .quiet: (245, 243)
            case .rule: (239, 250)
            case .accent, .good, .leader, .mark: (79, 29)
            case .graph: (73, 30)
            case .command: (152, 24)
            case .observer: (110, 60)
            case .warning, .fault, .candidate: (215, 130)
            case .alarm, .recording: (203, 160)
            case .match: (215, 130)
            default: (-1, -1)
            }
        var look = Appearance(foreground: isDark ? colour.dark : colour.light)
        if style == .leader { look.bold = true }
        if style == .match { look.reverse = true }
        return look
    }
}
