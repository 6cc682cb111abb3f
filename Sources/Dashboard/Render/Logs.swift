import Cluster

/// All logs on one time axis, with what happened in between.
extension Renderer {
    /// A line of the merged log.
    private enum Row {
        case line(LogTail.Line)
        case news(News)
        /// What the search has found and nobody else tells: a command.
        case found(View.Found)

        var at: Stamp {
            switch self {
            case .line(let line): line.at
            case .news(let news): news.at
            case .found(let found): found.at
            }
        }
    }

    mutating func drawLogs(_ rows: ClosedRange<Int>) {
        let merged = mergedLog()
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
            if isFound(row) { write(glyphs.cursor, 0, first + index, .accent, .bold) }
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

    /// Whether the search went to this moment for it.
    private func isFound(_ row: Row) -> Bool {
        guard let found = view.found, found.at == row.at else { return false }
        switch row {
        case .line(let line): return line.text == found.text && line.node == found.node
        case .news(let news): return news.text == found.text
        case .found: return true
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

    private func mergedLog() -> [Row] {
        let lines = view.logs.lines.filter { line in
            guard line.at <= view.now else { return false }
            guard view.marks.isEmpty || view.marks.contains(line.node) else { return false }
            return view.filter.isEmpty
                || view.filter.keeps(core.name(of: line.node) + " " + line.text)
        }
        let news = core.news.filter { item in
            guard item.at <= view.now, view.filter.keeps(item.text) else { return false }
            guard let node = item.node else { return view.marks.isEmpty }
            return view.marks.isEmpty || view.marks.contains(node)
        }
        var rows: [Row] = []
        rows.reserveCapacity(lines.count + news.count)
        var next = news.startIndex
        for line in lines {
            while next < news.endIndex, news[next].at <= line.at {
                rows.append(.news(news[next]))
                next += 1
            }
            rows.append(.line(line))
        }
        rows += news[next...].map { .news($0) }
        if let found = view.found, found.at <= view.now, !rows.contains(where: isFound) {
            let place = rows.firstIndex { $0.at > found.at } ?? rows.count
            rows.insert(.found(found), at: place)
        }
        return rows
    }

    private mutating func drawLine(_ line: LogTail.Line, row: Int) {
        var column = 1
        if columns >= 60 {
            column = write(Figures.thousandths(line.at).right(9), column, row, .quiet) + 2
        }
        let isMarked = view.marks.contains(line.node)
        let name = core.name(of: line.node).left(nameWidth, ellipsis: glyphs.ellipsis)
        column = write(name, column, row, isMarked ? .mark : .accent) + 2
        write(highlighted(line.text), column, row)
    }

    /// The text with what the filter found.
    private func highlighted(_ text: String) -> [Span] {
        let wanted = view.filter.wanted
        guard !wanted.isEmpty, !view.filter.text.hasPrefix("!") else { return [Span(text)] }
        var spans: [Span] = []
        var rest = text[...]
        while let range = rest.lowercased().firstRange(of: wanted) {
            // Lower case may change lengths; then only the line as a whole is known to match.
            let lower = rest.lowercased()
            guard lower.count == rest.count else { break }
            let before = lower.distance(from: lower.startIndex, to: range.lowerBound)
            let length = lower.distance(from: range.lowerBound, to: range.upperBound)
            guard length > 0 else { break }
            let start = rest.index(rest.startIndex, offsetBy: before)
            let end = rest.index(start, offsetBy: length)
            spans.append(Span(String(rest[..<start])))
            spans.append(Span(String(rest[start..<end]), .match, .bold))
            rest = rest[end...]
        }
        spans.append(Span(String(rest)))
        return spans
    }
}
