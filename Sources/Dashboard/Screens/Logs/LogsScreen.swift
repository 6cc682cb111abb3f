import Cluster

/// All logs on one time axis, with what happened in between.
extension Renderer {
    mutating func drawLogs(_ rows: ClosedRange<Int>) {
        let merged = MergedLog(core, view).rows
        let isNarrow = columns < 60
        var first = rows.lowerBound
        if !isNarrow, rows.count > 4 {
            drawLogTitle(merged.count, row: first)
            first += 1
        }
        let height = rows.upperBound - first + 1
        guard height > 0 else { return }
        let end = max(min(height, merged.count), merged.count - view.scrolled)
        let start = max(0, end - height)
        for (index, row) in merged[start..<max(start, end)].enumerated() {
            if row.isFound(by: view) { write(glyphs.cursor, 0, first + index, .accent, .bold) }
            switch row {
            case .line(let line): drawLine(line, row: first + index)
            case .news(let news): drawNews(news, row: first + index)
            case .found(let found): drawFound(found, row: first + index)
            }
        }
        if merged.isEmpty {
            let why = view.logs.lines.isEmpty ? "no node has written a line yet" : "no line matches"
            write(why, 1, first, .quiet)
        }
    }

    private mutating func drawFound(_ found: View.Found, row: Int) {
        var column = 1
        if columns >= 60 {
            column = write(Figures.thousandths(found.at).right(9), column, row, .quiet) + 2
        }
        column = write(glyphs.prompt + " ", column, row, .accent, .bold)
        write(highlighted(found.text), column, row)
    }

    private mutating func drawLogTitle(_ count: Int, row: Int) {
        var column = write("logs of ", 1, row, .quiet)
        let marked = core.nodes.filter { view.marks.contains($0.id) }.map(\.name)
        column = write(marked.isEmpty ? "every node" : marked.joined(separator: ", "), column, row)
        if let least = view.least {
            column = write("   only ", column, row, .quiet)
            column = write(
                least == .error ? "errors" : "warnings and errors", column, row, .warning)
        }
        if !view.filter.isEmpty {
            column = write("   filter ", column, row, .quiet)
            column = write(view.filter.text, column, row, .match)
        }
        column = write("   \(count) lines", column, row, .quiet)
        if view.logs.dropped > 0 {
            column = write(
                "   \(view.logs.dropped) older ones are in the files", column, row, .quiet)
        }
        if view.scrolled > 0 {
            write("   \(view.scrolled) back: G follows", column, row, .warning)
        }
    }

    private mutating func drawLine(_ line: LogTail.Line, row: Int) {
        var column = 1
        if columns >= 60 {
            column = write(Figures.thousandths(line.at).right(9), column, row, .quiet) + 2
        }
        let isMarked = view.marks.contains(line.node)
        let name = core.name(of: line.node).left(nameWidth, ellipsis: glyphs.ellipsis)
        column = write(name, column, row, isMarked ? .mark : .accent) + 1
        switch LogLevel(of: line.text) {
        case .ordinary: break
        case .warning: write("W", column, row, .warning, .bold)
        case .error: write("E", column, row, .alarm, .bold)
        }
        column += columns >= 60 ? 2 : 1
        write(highlighted(line.text), column, row)
    }

    /// The text with what the filter found.
    private func highlighted(_ text: String) -> [Span] {
        var spans: [Span] = []
        var end = text.startIndex
        for range in view.filter.matches(in: text) {
            spans.append(Span(String(text[end..<range.lowerBound])))
            spans.append(Span(String(text[range]), .match, .bold))
            end = range.upperBound
        }
        return spans + [Span(String(text[end...]))]
    }
}
