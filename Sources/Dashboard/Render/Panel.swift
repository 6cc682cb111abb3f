import Cluster

/// Panels that lie over the screen.
extension Renderer {
    mutating func drawOverlay() {
        switch view.overlay {
        case .help(let line): drawHelp(from: line)
        case .palette(let prompt): drawPalette(prompt)
        case .filter(let prompt): drawFilter(prompt)
        case .menu: drawMenu()
        case .form(let form): drawForm(form)
        case .sides(let sides): drawSides(sides)
        case .leave: drawLeave()
        case .chapters(let chosen): drawChapters(chosen)
        case .moment(let prompt): drawMoment(prompt)
        case .note(let prompt, let moment): drawNote(prompt, at: moment)
        case .takeOver: drawTakeOver()
        case nil: break
        }
    }

    /// A place for `rows` lines of text: framed where there is room for a frame.
    struct Panel {
        /// Where text begins.
        var column: Int
        var row: Int
        /// Room for text.
        var columns: Int
        var rows: Int
    }

    /// In the middle of the screen.
    mutating func centred(_ title: String, columns wanted: Int, rows: Int) -> Panel {
        let width = min(columns, wanted + 4)
        let height = min(max(1, size.rows - 1), rows + 2)
        let left = (columns - width) / 2
        let top = max(0, (size.rows - 1 - height) / 2)
        return panel(title, left: left, top: top, width: width, height: height)
    }

    /// Above the keys, or so many lines from below, over the whole width.
    mutating func bottom(_ title: String, rows: Int, above: Int = 1) -> Panel {
        let height = min(max(1, size.rows - above), rows + 2)
        let top = max(0, size.rows - above - height)
        return panel(title, left: 0, top: top, width: columns, height: height)
    }

    private mutating func panel(
        _ title: String, left: Int, top: Int, width: Int, height: Int
    ) -> Panel {
        for row in top..<(top + height) {
            frame.clear(row: row, columns: left..<(left + width), flags: .raised)
        }
        // Clicks on what lies below would be surprising.
        guard height >= 3, width >= 8 else {
            return Panel(column: left, row: top, columns: width, rows: height)
        }
        let box =
            view.glyphs.isUnicode
            ? ["╭", "╮", "╰", "╯", "─", "│"] : ["+", "+", "+", "+", "-", "|"]
        let line = String(repeating: box[4], count: width - 2)
        write(box[0] + line + box[1], left, top, .rule, .raised)
        write(box[2] + line + box[3], left, top + height - 1, .rule, .raised)
        for row in (top + 1)..<(top + height - 1) {
            write(box[5], left, row, .rule, .raised)
            write(box[5], left + width - 1, row, .rule, .raised)
        }
        if !title.isEmpty {
            write(" " + title + " ", left + 2, top, .accent, [.bold, .raised], within: width - 4)
        }
        return Panel(column: left + 2, row: top + 1, columns: width - 4, rows: height - 2)
    }

    /// Text within a panel.
    @discardableResult
    mutating func write(
        _ spans: [Span], in panel: Panel, line: Int, from column: Int = 0
    ) -> Int {
        guard line >= 0, line < panel.rows else { return panel.column + column }
        let raised = spans.map { Span($0.text, $0.style, $0.flags.union(.raised)) }
        let end = write(
            raised, panel.column + column, panel.row + line, within: panel.columns - column)
        return end - panel.column
    }

    /// A line that is being typed, with its caret; scrolls so that the caret is seen.
    mutating func write(_ prompt: Prompt, in panel: Panel, line: Int, sign: String) {
        let start = write([Span(sign + " ", .accent, .bold)], in: panel, line: line)
        let room = panel.columns - start - 1
        guard room > 0 else { return }
        let before = Width.columns(prompt.beforeCaret)
        let hidden = max(0, before - room)
        var shown = prompt.text
        var caret = before
        if hidden > 0 {
            shown = String(prompt.text.dropFirst(min(prompt.text.count, hidden)))
            caret = min(room, Width.columns(String(prompt.beforeCaret.dropFirst(hidden))))
        }
        write([Span(shown, .command)], in: panel, line: line, from: start)
        frame.caret = Position(column: panel.column + start + caret, row: panel.row + line)
    }
}
