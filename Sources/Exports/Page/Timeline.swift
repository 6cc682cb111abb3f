internal import Cluster

/// One time axis for everything: who was what, which faults acted, what clients saw, how far behind
/// each node was.
struct Timeline {
    private let state: ClusterState
    private let series: Series
    private let faults: [FaultState]
    private let length: Double
    private var rows: [String] = []
    /// The next free line of pixels.
    private var y = 28.0
    private var bandsFrom = 22.0

    private static let left = 128.0
    private static let width = 970.0
    private static let right = 102.0
    /// Lanes of lag beyond this are too many to see.
    private static let mostLags = 16

    /// `nil` where no histories were folded, or nothing happened.
    init?(_ run: RunReport) {
        guard let series = run.state.series, run.length > 0 else { return nil }
        state = run.state
        self.series = series
        length = run.length
        faults = run.state.core.faults.filter { !$0.record.weather }
        for node in state.core.nodes where !node.isClient { addLane(node) }
        addFaults()
        addClients()
        addLags()
    }

    static let legend = """
        <figcaption>L leader, F follower, C candidate, O observer, – ready without a role, · coming, \
        ≈ not ready, ✕ down or without power. Red: a fault acts; dashed: all is well again.</figcaption>
        """

    var svg: String {
        let total = Self.left + Self.width + Self.right
        return [
            "<svg viewBox=\"0 0 \(number(total)) \(number(y + 6))\" role=\"img\" "
                + "aria-label=\"Timeline of the run\">", axis.joined(separator: "\n"),
            bands.joined(separator: "\n"), rows.joined(separator: "\n"), "</svg>",
        ].joined(separator: "\n")
    }

    // MARK: The axis

    private func x(_ seconds: Double) -> Double {
        Self.left + Self.width * min(max(0, seconds), length) / length
    }

    private var axis: [String] {
        let steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600]
        let step = steps.first { length / $0 <= 12 } ?? (length / 12)
        var lines: [String] = []
        var count = 0
        while Double(count) * step <= length, count <= 20 {
            let seconds = Double(count) * step
            let place = number(x(seconds))
            let label = step < 1 ? "\(Spoken.fixed(seconds, 1)) s" : clock(seconds)
            lines.append(
                "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"20\" y2=\"\(number(y))\"/>"
                    + "<text class=\"quiet\" x=\"\(place)\" y=\"14\" text-anchor=\"middle\">"
                    + "\(label)</text>")
            count += 1
        }
        return lines
    }

    private func clock(_ seconds: Double) -> String { String(Spoken.clock(seconds).dropLast(2)) }

    /// Where a fault acts, everything is tinted.
    private var bands: [String] {
        faults.flatMap { fault in
            var lines: [String] = []
            let from = x(fault.began.seconds)
            let to = max(from + 1.5, x((fault.ended ?? state.core.now).seconds))
            lines.append(
                "<rect class=\"band\" x=\"\(number(from))\" y=\"\(number(bandsFrom))\" "
                    + "width=\"\(number(to - from))\" height=\"\(number(y - bandsFrom))\"/>")
            if let recovered = fault.recovered {
                let place = number(x(recovered.seconds))
                lines.append(
                    "<line class=\"well\" x1=\"\(place)\" x2=\"\(place)\" "
                        + "y1=\"\(number(bandsFrom))\" y2=\"\(number(y))\"/>")
            }
            return lines
        }
    }

    // MARK: Lanes

    private mutating func addLane(_ node: NodeState) {
        let height = 20.0
        label(node.name, height)
        let changes = series.story(node.id).changes
        for (index, change) in changes.enumerated() {
            let end = index + 1 < changes.count ? changes[index + 1].at : state.core.now
            let (from, to) = (x(change.at.seconds), x(end.seconds))
            guard change.mark != .nothing, to > from else { continue }
            let told =
                "\(node.name): \(change.mark) from \(Spoken.clock(change.at.seconds)) "
                + "to \(Spoken.clock(end.seconds))"
            rows.append(
                "<rect class=\"lane-\(change.mark)\" x=\"\(number(from))\" y=\"\(number(y))\" "
                    + "width=\"\(number(max(1, to - from)))\" height=\"\(number(height))\">"
                    + "<title>\(Escaping.xml(told))</title></rect>")
            guard to - from > 14 else { continue }
            let ink = [.leader, .down, .off].contains(change.mark) ? " on-strong" : ""
            rows.append(
                "<text class=\"in\(ink)\" x=\"\(number(from + 5))\" y=\"\(number(y + 14.5))\">"
                    + "\(change.mark.sign)</text>")
        }
        y += height + 6
    }

    private mutating func addFaults() {
        guard !faults.isEmpty else { return }
        y += 4
        label("faults", 20)
        // One below the other where they overlap.
        var ends: [Double] = []
        for fault in faults.prefix(200) {
            let from = x(fault.began.seconds)
            let to = max(from + 2, x((fault.ended ?? state.core.now).seconds))
            let text = fault.record.text
            let room = max(to - from, 7.2 * Double(min(60, text.count)))
            let row = ends.firstIndex { $0 <= from } ?? ends.count
            if row == ends.count { ends.append(0) }
            ends[row] = from + room + 8
            let top = y + Double(row) * 24
            rows.append(
                "<rect class=\"bar\" x=\"\(number(from))\" y=\"\(number(top))\" "
                    + "width=\"\(number(to - from))\" height=\"20\"><title>"
                    + "\(Escaping.xml(text))</title></rect>"
                    + textBeside(from, room, top + 14.5, String(text.prefix(60))))
        }
        y += Double(ends.count) * 24 + 4
    }

    /// At the right edge a text ends where it would have begun.
    private func textBeside(_ from: Double, _ room: Double, _ y: Double, _ text: String) -> String {
        let edge = Self.left + Self.width + Self.right - 4
        let start = max(Self.left + 4, min(from + 5, edge - room))
        return "<text class=\"in\" x=\"\(number(start))\" y=\"\(number(y))\">"
            + "\(Escaping.xml(text))</text>"
    }

    // MARK: Curves

    private var columns: Int { min(485, max(2, Int(length.rounded(.up)))) }

    private func spans(_ view: SeriesView) -> [SeriesView.Span] {
        view.columns(columns, from: .zero, to: state.core.now)
    }

    private mutating func addClients() {
        let availability = spans(series[clients: .availability])
        guard availability.contains(where: { !$0.last.isNaN }) else { return }
        let total = state.core.clients.total
        y += 6
        area(
            "available", "available", availability.map { Double($0.least) }, top: 1,
            Spoken.share(total.availability))
        let rate = spans(series[clients: .rate]).map { Double($0.last) }
        let most = rate.filter { !$0.isNaN }.max() ?? 0
        area("answers", "rate", rate, top: most, "≤ \(Spoken.rate(most))")
        curve("p99", "p99", spans(series[clients: .p99]).map { Double($0.greatest) })
    }

    private mutating func addLags() {
        let nodes = state.core.nodes.filter { !$0.isClient }
        var shown = 0
        for node in nodes where shown < Self.mostLags {
            let values = spans(series[node.id, .lag]).map { Double($0.greatest) }
            guard values.contains(where: { !$0.isNaN }) else { continue }
            curve("lag \(node.name)", "lag", values)
            shown += 1
        }
    }

    private mutating func area(
        _ name: String, _ style: String, _ values: [Double], top: Double, _ readout: String
    ) {
        let height = 46.0
        label(name, height)
        let bottom = y + height
        for run in runs(values) {
            var path = "M\(number(column(run[0].0))) \(number(bottom))"
            for (index, value) in run {
                let level = number(bottom - height * min(1, max(0, value / max(top, 1e-9))))
                path += "V\(level)H\(number(column(index + 1)))"
            }
            rows.append("<path class=\"\(style)\" d=\"\(path)V\(number(bottom))Z\"/>")
        }
        finish(height, readout)
    }

    private mutating func curve(_ name: String, _ style: String, _ values: [Double]) {
        let height = 38.0
        label(name, height)
        let top = values.filter { !$0.isNaN }.max() ?? 0
        for run in runs(values) {
            let points = run.map { index, value in
                "\(number(column(index) + 1)),"
                    + number(y + height - (height - 2) * max(0, value) / max(top, 1e-9))
            }
            rows.append(
                "<polyline class=\"\(style)\" points=\"\(points.joined(separator: " "))\"/>")
        }
        finish(height, "≤ \(Spoken.time(top))")
    }

    private mutating func finish(_ height: Double, _ readout: String) {
        let edge = Self.left + Self.width
        rows.append(
            "<line class=\"grid\" x1=\"\(number(Self.left))\" x2=\"\(number(edge))\" "
                + "y1=\"\(number(y + height))\" y2=\"\(number(y + height))\"/>"
                + "<text x=\"\(number(edge + 8))\" y=\"\(number(y + height - 4))\">"
                + "\(Escaping.xml(readout))</text>")
        y += height + 8
    }

    private func column(_ index: Int) -> Double {
        Self.left + Self.width * Double(index) / Double(columns)
    }

    /// Neighbours that were measured; where nothing was, nothing is drawn.
    private func runs(_ values: [Double]) -> [[(Int, Double)]] {
        var runs: [[(Int, Double)]] = []
        var open: [(Int, Double)] = []
        for (index, value) in values.enumerated() {
            if value.isNaN {
                if !open.isEmpty { runs.append(open) }
                open = []
            } else {
                open.append((index, value))
            }
        }
        return open.isEmpty ? runs : runs + [open]
    }

    private mutating func label(_ name: String, _ height: Double) {
        rows.append(
            "<text x=\"\(number(Self.left - 10))\" y=\"\(number(y + height / 2 + 5))\" "
                + "text-anchor=\"end\">\(Escaping.xml(String(name.prefix(18))))</text>")
    }

    private func number(_ value: Double) -> String {
        let text = Spoken.fixed(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension StoryMark {
    /// The letter of the lane; what is gone has the cross that it has everywhere.
    fileprivate var sign: String {
        switch self {
        case .down, .off: "✕"
        case .ready: "–"
        default: String(letter)
        }
    }
}
