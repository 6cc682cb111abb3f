/// Which colours stand for which meanings. One accent, one warning, one alarm; everything else is
/// quiet. What a colour says is always said by a glyph or a letter too.
public struct Theme: Equatable, Sendable {
    /// For a dark or a light background.
    public var isDark: Bool
    /// How many colours there are.
    public var depth: Depth
    /// Which ones are chosen.
    public var colours: Colours

    /// On a dark background, in 256 colours.
    public static let dark = Theme(isDark: true, depth: .many)
    /// On a light background, in 256 colours.
    public static let light = Theme(isDark: false, depth: .many)

    /// A theme.
    public init(isDark: Bool, depth: Depth, colours: Colours = .standard) {
        self.isDark = isDark
        self.depth = depth
        self.colours = colours
    }

    /// Sets of colours. All text has a contrast of 4.5 to 1 at least with what is behind it, in
    /// `highContrast` 7 to 1 (https://www.w3.org/TR/WCAG22/#contrast-minimum, #contrast-enhanced).
    public enum Colours: String, Sendable, CaseIterable {
        case standard
        /// Nothing is faint.
        case highContrast = "high-contrast"
        /// Told apart by people who do not see red, green or blue: close to the colours of M. Okabe and
        /// K. Ito, Color Universal Design, 2002.
        case colourBlind = "colour-blind"
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
        if colours == .highContrast { look.background = isDark ? 17 : 230 }
        if look.foreground < 0 { look.foreground = isDark ? 255 : 16 }
        look.foreground = Theme.raised[isDark ? 0 : 1][look.foreground] ?? look.foreground
    }

    /// Colours that would be too faint before a background of their own.
    private static let raised: [[Int16: Int16]] = [
        [245: 250, 73: 116, 110: 153, 203: 210, 74: 117, 202: 209, 248: 252, 175: 182],
        [243: 238, 29: 22, 23: 23, 130: 58, 160: 124, 60: 54, 25: 18, 94: 58],
    ]

    private func plain(_ style: Style) -> Appearance {
        switch style {
        case .quiet, .rule: Appearance(dim: colours != .highContrast)
        case .alarm, .leader, .key, .warning, .mark: Appearance(bold: true)
        case .match: Appearance(reverse: true)
        default: Appearance()
        }
    }

    private func eight(_ style: Style) -> Appearance {
        switch style {
        case .quiet, .rule: Appearance(dim: colours != .highContrast)
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
        let (dark, light) =
            switch colours {
            case .standard: Theme.standard(style)
            case .highContrast: Theme.highContrast(style)
            case .colourBlind: Theme.colourBlind(style)
            }
        var look = Appearance(foreground: isDark ? dark : light)
        if style == .leader { look.bold = true }
        if style == .alarm, colours != .standard { look.bold = true }
        if style == .match { look.reverse = true }
        return look
    }

    // MARK: Colours, before a dark and a light background

    private static func standard(_ style: Style) -> (dark: Int16, light: Int16) {
        switch style {
        case .quiet: (245, 243)
        case .rule: (239, 250)
        case .accent, .good, .leader, .mark: (79, 29)
        case .graph: (73, 23)
        case .command: (152, 24)
        case .observer: (110, 60)
        case .warning, .fault, .candidate: (215, 130)
        case .alarm, .recording: (203, 160)
        case .match: (215, 130)
        default: (-1, -1)
        }
    }

    private static func highContrast(_ style: Style) -> (dark: Int16, light: Int16) {
        switch style {
        case .quiet: (252, 238)
        case .rule: (252, 238)
        case .accent, .good, .leader, .mark: (123, 22)
        case .graph: (123, 17)
        case .command: (189, 18)
        case .observer: (189, 54)
        case .warning, .fault, .candidate: (229, 52)
        case .alarm, .recording: (217, 88)
        case .match: (229, 52)
        default: (231, 16)
        }
    }

    private static func colourBlind(_ style: Style) -> (dark: Int16, light: Int16) {
        switch style {
        case .quiet: (248, 243)
        case .rule: (239, 250)
        case .accent, .good, .leader, .mark, .graph: (74, 25)
        case .command: (153, 24)
        case .observer: (175, 60)
        case .warning, .fault, .candidate: (227, 94)
        case .alarm, .recording: (202, 90)
        case .match: (227, 94)
        default: (-1, -1)
        }
    }
}
