extension Frame {
    /// The rows as text, without blanks at their ends.
    public var lines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns { line += text(of: self[column, row]) }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// A letter for the style of every cell that shows something or is shaded; a blank elsewhere.
    public var styleLines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for column in 0..<size.columns {
                let cell = self[column, row]
                let empty = cell.glyph == 0x20 && cell.flags.isEmpty
                line.append(empty ? " " : letter(of: cell))
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Reversed cells are `#`, shaded blanks `_`; else the letter of the style.
    private func letter(of cell: Cell) -> Character {
        if cell.flags.contains(.reverse) { return "#" }
        if cell.glyph == 0x20 { return cell.flags.contains(.raised) ? "," : "_" }
        return cell.style.letter
    }
}
