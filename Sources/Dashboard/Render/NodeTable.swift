import Cluster

/// The table of nodes: columns of fixed width, left out by rank as there is less room.
extension Renderer {
    /// A column of the table.
    struct Column {
        var title: String
        var width: Int
        /// Left out first when high.
        var rank: Int
        var isRight: Bool
        /// Blanks before it.
        var gap = 2
        /// Takes what room is left, up to this width.
        var widest: Int?
        var cell: (NodeState, Int) -> [Span]
    }

    mutating func drawTable(rows: ClosedRange<Int>, isSmall: Bool) {
        let columns = fitted(isSmall ? smallColumns : allColumns)
        let lead = isSmall ? 1 : 3
        var row = rows.lowerBound
        if !isSmall {
            drawTitles(columns, lead: lead, row: row)
            row += 1
        }
        let count = rows.upperBound - row + 1
        guard count > 0 else { return }
        let first = max(0, min(roster.index - count / 2, roster.shown.count - count))
        let last = min(first + count, roster.shown.count)
        if !isSmall { busiest = scale(of: roster.shown[first..<max(first, last)]) }
        for index in first..<max(first, last) {
            drawRow(
                roster.shown[index], columns, lead: lead, row: row, isCurrent: index == roster.index
            )
            row += 1
        }
        if roster.shown.isEmpty { write("no node matches the filter", lead, row, .quiet) }
        if first > 0, !isSmall {
            write(glyphs.arrows.prefix(1), self.columns - 1, rows.lowerBound + 1, .quiet)
        }
        if last < roster.shown.count {
            write("+\(roster.shown.count - last)", self.columns - 4, rows.upperBound, .quiet)
        }
    }

    private mutating func drawTitles(_ columns: [Column], lead: Int, row: Int) {
        var place = lead
        for (index, column) in columns.enumerated() {
            place += index == 0 ? 0 : column.gap
            let title = column.isRight ? column.title.right(column.width) : column.title
            write(title, place, row, .quiet, within: column.width)
            if let sorting = Sorting.Column(rawValue: column.title) {
                let isHere = view.sorting?.column == sorting
                if isHere { drawSorting(column, place, row) }
                frame.region(row: row, columns: place..<(place + column.width), .sort(sorting))
            }
            place += column.width
        }
        if !view.filter.isEmpty {
            let text = "/" + view.filter.text
            write(text, max(place, self.columns - Width.columns(text) - 1), row, .match)
        }
    }

    /// The title of the column that is sorted by, with its direction where there is room for that.
    private mutating func drawSorting(_ column: Column, _ place: Int, _ row: Int) {
        let title = Width.columns(column.title)
        let start = column.isRight ? place + column.width - title : place
        write(column.title, start, row, .accent, .bold)
        let sign = view.sorting?.isDescending == true ? glyphs.falling : glyphs.rising
        // Between the columns there is always a blank.
        write(sign, column.isRight ? start - 1 : start + title, row, .accent)
    }

    private mutating func drawRow(
        _ node: NodeState, _ columns: [Column], lead: Int, row: Int, isCurrent: Bool
    ) {
        if isCurrent { frame.clear(row: row, columns: 0..<self.columns, flags: .selected) }
        if lead == 3 {
            if view.marks.contains(node.id) { write(glyphs.mark, 1, row, .mark, .bold) }
            if isCurrent {
                write(glyphs.cursor, view.marks.contains(node.id) ? 0 : 1, row, .accent, .bold)
            }
        } else if view.marks.contains(node.id) {
            write(glyphs.mark, 0, row, .mark, .bold)
        } else if isCurrent {
            write(glyphs.cursor, 0, row, .accent, .bold)
        }
        var place = lead
        for (index, column) in columns.enumerated() {
            place += index == 0 ? 0 : column.gap
            let spans = column.cell(node, column.width)
            let start = column.isRight ? place + max(0, column.width - spans.columns) : place
            write(spans, start, row, within: place + column.width - start)
            place += column.width
        }
        if isCurrent { frame.mark(.selected, row: row, columns: 0..<self.columns) }
        frame.region(row: row, columns: 0..<self.columns, .node(Int(node.id.index)))
    }

    /// Leaves out columns until the rest fits, then gives what is left to those that want it.
    private func fitted(_ all: [Column]) -> [Column] {
        var columns = all
        let room = self.columns - 4
        let width = { (columns: [Column]) in columns.reduce(0) { $0 + $1.width + $1.gap } - 2 }
        while width(columns) > room, let worst = columns.map(\.rank).max(), worst > 0 {
            columns.removeAll { $0.rank == worst }
        }
        for index in columns.indices {
            let spare = room - width(columns)
            guard spare > 0, let widest = columns[index].widest else { continue }
            columns[index].width = min(widest, columns[index].width + spare)
        }
        return columns
    }

    private var smallColumns: [Column] {
        [
            nameColumn,
            Column(title: "", width: 1, rank: 0, isRight: false) { node, _ in
                [Span(letter(of: node), roleStyle(node))]
            },
            number("LAG", 5, rank: 1) { Figures.lag(Double($0.lag)) },
            number("REQ/s", 7, rank: 2) { Figures.count(Double($0.requests)).map { $0 + "/s" } },
            faultColumn(least: 5, rank: 3),
        ]
    }

    private var nameColumn: Column {
        Column(title: "NODE", width: nameWidth + 2, rank: 0, isRight: false) { node, width in
            let (glyph, style) = status(of: node)
            let name = node.name.left(width - 2, ellipsis: glyphs.ellipsis)
            return [Span(glyph + " ", style, .bold), Span(name, node.phase.isUp ? .plain : .quiet)]
        }
    }

    private var allColumns: [Column] {
        [
            nameColumn,
            Column(title: "ROLE", width: 9, rank: 0, isRight: false) { node, width in
                [Span(roleWord(of: node).left(width, ellipsis: glyphs.ellipsis), roleStyle(node))]
            },
            Column(title: "READY", width: 7, rank: 4, isRight: false) { node, _ in
                let style = status(of: node).style
                let isGone = node.phase != .ready
                return [Span(stateWord(of: node), isGone ? style : .plain)]
            },
            number("LAG", 5, rank: 1) { Figures.lag(Double($0.lag)) },
            number("BEHIND", 6, rank: 8) {
                $0.behind == Sample.notTold ? nil : Figures.count(Double($0.behind))
            },
            number("REQ/s", 5, rank: 2) { Figures.count(Double($0.requests)) },
            Column(
                title: "", width: 8, rank: 5, isRight: false, gap: 1,
                widest: columns >= 140 ? 20 : 8
            ) { node, width in sparkline(node.id, width) },
            Column(title: "ERR", width: 5, rank: 6, isRight: true) { node, _ in errors(node) },
            number("P99", 5, rank: 3) { Figures.time(Double($0.p99)) },
            number("CPU", 5, rank: 9) { Figures.share(Double($0.cpu)) },
            number("MEM", 4, rank: 10) {
                $0.memory == Sample.notTold ? nil : Figures.bytes(Double($0.memory) * 1_024)
            },
            number("TERM", 5, rank: 12) {
                $0.term == Sample.notTold ? nil : Figures.count(Double($0.term))
            },
            Column(
                title: "LAST 30 s", width: 12, rank: 7, isRight: false,
                widest: 30
            ) { node, width in story(node, width) },
            faultColumn(least: 13, rank: 2),
        ]
    }

    private func faultColumn(least: Int, rank: Int) -> Column {
        Column(
            title: core.faults.contains(where: \.isActive) ? "FAULTS" : "", width: least,
            rank: rank,
            isRight: false, widest: 34
        ) { node, width in
            [Span(faultWords(of: node, within: width), .fault)]
        }
    }

    private func number(
        _ title: String, _ width: Int, rank: Int, _ read: @escaping (Sample) -> String?
    ) -> Column {
        Column(title: title, width: width, rank: rank, isRight: true) { node, _ in
            guard isFresh(node), let text = read(node.sample) else {
                return [Span(glyphs.nothing, .quiet)]
            }
            return [Span(text)]
        }
    }

    private func errors(_ node: NodeState) -> [Span] {
        let requests = Double(node.sample.requests)
        let errors = Double(node.sample.errors)
        guard isFresh(node), requests.isFinite, errors.isFinite, requests + errors >= 0,
            let text = Figures.share(requests > 0 ? errors / max(requests, errors) : 0)
        else { return [Span(glyphs.nothing, .quiet)] }
        return [Span(text, errors > 0 ? .warning : .quiet)]
    }
}
