internal import Dashboard

/// A frame as what a terminal has to be sent: only what differs from the frame before.
struct ANSI {
    private let theme: Theme
    private var before: Frame?

    init(_ theme: Theme) { self.theme = theme }

    /// Text that turns the frame before into this one; empty when nothing differs. The first one, and one of
    /// another size, clears the screen and hides the cursor.
    mutating func show(_ frame: Frame) -> String {
        defer { before = frame }
        var text = ""
        let known: Frame
        if let before, before.size == frame.size {
            known = before
        } else {
            text = "\u{1B}[?25l\u{1B}[0m\u{1B}[2J"
            known = Frame(size: frame.size)
        }
        var look: Theme.Appearance?
        for run in frame.changes(since: known) {
            text += "\u{1B}[\(run.row + 1);\(run.columns.lowerBound + 1)H"
            for column in run.columns {
                let cell = frame[column, run.row]
                guard cell.width > 0 else { continue }
                let wanted = theme.appearance(cell.style, cell.flags)
                if look != wanted { text += Self.select(wanted) }
                look = wanted
                text += frame.text(of: cell)
            }
        }
        // Whatever comes next begins plain.
        if let look, look != theme.appearance(.plain, []) { text += "\u{1B}[0m" }
        return text
    }

    /// Colours and attributes, from nothing (ECMA-48, 8.3.117; the 256 colours are xterm's).
    private static func select(_ look: Theme.Appearance) -> String {
        var codes = ["0"]
        if look.bold { codes.append("1") }
        if look.dim { codes.append("2") }
        if look.underline { codes.append("4") }
        if look.reverse { codes.append("7") }
        if look.foreground >= 0 { codes.append("38;5;\(look.foreground)") }
        if look.background >= 0 { codes.append("48;5;\(look.background)") }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }
}
