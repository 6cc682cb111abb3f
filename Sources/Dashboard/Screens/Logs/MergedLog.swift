import Cluster

/// All logs on one time axis, with what happened in between: asked by keys and renderer alike.
struct MergedLog {
    /// A line of it.
    enum Row {
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

        var isEvent: Bool { if case .news = self { true } else { false } }

        /// Whether the search went to this moment for it.
        func isFound(by view: View) -> Bool {
            guard let found = view.found, found.at == at else { return false }
            switch self {
            case .line(let line): return line.text == found.text && line.node == found.node
            case .news(let news): return news.text == found.text
            case .found: return true
            }
        }
    }

    let rows: [Row]

    init(_ core: Core, _ view: View) {
        let lines = view.logs.lines.filter { line in
            guard line.at <= view.now else { return false }
            guard view.marks.isEmpty || view.marks.contains(line.node) else { return false }
            if let least = view.least, LogLevel(of: line.text) < least { return false }
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
        if let found = view.found, found.at <= view.now,
            !rows.contains(where: { $0.isFound(by: view) })
        {
            let place = rows.firstIndex { $0.at > found.at } ?? rows.count
            rows.insert(.found(found), at: place)
        }
        self.rows = rows
    }

    /// How far to scroll so that the event before, or after, the last row that is shown is that row; `nil`
    /// where there is none.
    func scrolled(_ now: Int, toEventAfter isAfter: Bool) -> Int? {
        let last = rows.count - 1 - min(max(0, now), max(0, rows.count - 1))
        guard rows.indices.contains(last) else { return nil }
        let place =
            isAfter
            ? rows[(last + 1)...].firstIndex(where: \.isEvent)
            : rows[..<last].lastIndex(where: \.isEvent)
        return place.map { rows.count - 1 - $0 }
    }
}
