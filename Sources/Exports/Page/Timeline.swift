internal import Cluster

/// One time axis for everything: who was what, which faults acted, what clients saw, how far behind
/// each node was. For a page with a script every shape also says the times that it stands for, so that
/// it can be moved.
struct Timeline {
    private let course: Course
    private let hasScript: Bool
    private var rows: [String] = []
    /// The next free line of pixels.
    private var y = 28.0
    private let top = 22.0

    static let left = 128.0
    static let width = 970.0
    static let right = 102.0
    /// Seconds between two lines of the axis.
    static let steps = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300,
        600,
        1_800, 3_600, 21_600, 86_400,
    ]

    init(_ course: Course, hasScript: Bool = false) {
        self.course = course
        self.hasScript = hasScript
        for (index, lane) in course.lanes.enumerated() { add(lane, index) }
        addFaults()
        if course.curves.first?.kind != .lag { y += 6 }
        for (index, curve) in course.curves.enumerated() { add(curve, index) }
    }

    static let legend = """
        <figcaption>L leader, F follower, C candidate, O observer, – ready without a role, · coming, \
        ≈ not ready, ✕ down or without power. Tinted: a fault acts; dashed: all is well again.</figcaption>
        """

    var svg: String {
        let total = Self.left + Self.width + Self.right
        var parts = [
            "<svg viewBox=\"0 0 \(number(total)) \(number(y + 6))\" role=\"img\" "
                + "aria-label=\"Timeline of the run\">", "<g class=\"axis\">",
        ]
        parts += axis + ["</g>"] + bands + rows
        if hasScript {
            parts.append(
                "<line class=\"cursor\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.left))\" "
                    + "y1=\"\(number(top))\" y2=\"\(number(y))\"/>")
        }
        return (parts + ["</svg>"]).joined(separator: "\n")
    }

    // MARK: The axis

    private func x(_ seconds: Double) -> Double {
        Self.left + Self.width * min(max(0, seconds), course.length) / course.length
    }

    /// The times that a shape stands for.
    private func times(_ from: Double, _ to: Double? = nil) -> String {
        guard hasScript else { return "" }
        let end = to.map { " data-u=\"\(Spoken.fixed($0, 3))\"" } ?? ""
        return " data-t=\"\(Spoken.fixed(from, 3))\"" + end
    }

    private var axis: [String] {
        let step = Self.steps.first { course.length / $0 <= 12 } ?? (course.length / 12)
        return (0...12).map { Double($0) * step }.filter { $0 <= course.length }.map { seconds in
            let place = number(x(seconds))
            let clock = String(Spoken.clock(seconds).dropLast(2))
            let label = step < 1 ? "\(Spoken.fixed(seconds, step < 0.1 ? 3 : 1)) s" : clock
            return
                "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"20\" y2=\"\(number(y))\"/>"
                + "<text class=\"quiet\" x=\"\(place)\" y=\"14\" text-anchor=\"middle\">"
                + "\(label)</text>"
        }
    }

    /// Where a fault acts, everything is tinted.
    private var bands: [String] {
        course.faults.flatMap { fault in
            let from = x(fault.from)
            var lines = [
                "<g\(times(fault.from, fault.to))><rect class=\"band\" x=\"\(number(from))\" "
                    + "y=\"\(number(top))\" width=\"\(number(max(1.5, x(fault.to) - from)))\" "
                    + "height=\"\(number(y - top))\"/></g>"
            ]
            if let recovered = fault.recovered {
                let place = number(x(recovered))
                lines.append(
                    "<g\(times(recovered))><line class=\"well\" x1=\"\(place)\" x2=\"\(place)\" "
                        + "y1=\"\(number(top))\" y2=\"\(number(y))\"/></g>")
            }
            return lines
        }
    }

    // MARK: Lanes

    private mutating func add(_ lane: Course.Lane, _ index: Int) {
        let height = 20.0
        label(lane.name, height)
        for (place, mark) in lane.marks.enumerated() where mark != .nothing {
            let begin = lane.at[place]
            let end = place + 1 < lane.at.count ? lane.at[place + 1] : course.length
            let (from, to) = (x(begin), x(end))
            guard to > from else { continue }
            let told =
                "\(lane.name): \(mark) from \(Spoken.clock(begin)) to \(Spoken.clock(end))"
            let isWide = to - from > 14
            let ink = [.leader, .down, .off].contains(mark) ? " on-strong" : ""
            let text =
                "<text class=\"in\(ink)\" x=\"\(number(from + 5))\" y=\"\(number(y + 14.5))\""
                + "\(isWide ? "" : " display=\"none\"")>\(mark.sign)</text>"
            rows.append(
                "<g\(times(begin, end))><rect class=\"lane-\(mark)\" x=\"\(number(from))\" "
                    + "y=\"\(number(y))\" width=\"\(number(max(1, to - from)))\" "
                    + "height=\"\(number(height))\"><title>\(Escaping.xml(told))</title></rect>"
                    + (isWide || hasScript ? text : "") + "</g>")
        }
        if hasScript { rows.append(readout("lane", index, lane.marks.last.map { "\($0)" }, 14.5)) }
        y += height + 6
    }

    private mutating func addFaults() {
        guard !course.faults.isEmpty else { return }
        y += 4
        label("faults", 20)
        // One below the other where they overlap.
        var ends: [Double] = []
        for fault in course.faults {
            let from = x(fault.from)
            let to = max(from + 2, x(fault.to))
            let text = String(fault.text.prefix(60))
            let room = max(to - from, 7.2 * Double(text.count))
            let row = ends.firstIndex { $0 <= from } ?? ends.count
            if row == ends.count { ends.append(0) }
            ends[row] = from + room + 8
            let top = y + Double(row) * 24
            let tag = hasScript ? "a href=\"#fault-\(Escaping.attribute(fault.id))\"" : "g"
            rows.append(
                "<\(tag)\(times(fault.from, fault.to))><rect class=\"bar\" x=\"\(number(from))\" "
                    + "y=\"\(number(top))\" width=\"\(number(to - from))\" height=\"20\"><title>"
                    + "\(Escaping.xml(fault.record.joined(separator: "\n")))</title></rect>"
                    + textBeside(from, room, top + 14.5, text) + "</\(tag.prefix(1))>")
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

    private mutating func add(_ curve: Course.Curve, _ index: Int) {
        let isArea = curve.kind == .available || curve.kind == .rate
        let height = isArea ? 46.0 : 38.0
        label(curve.name, height)
        let most = curve.points.map { Double($0.greatest) }.filter { !$0.isNaN }.max() ?? 0
        let top = curve.kind == .available ? 1 : max(most, 1e-9)
        let shape = CurveShape(
            base: y + height, height: height - (isArea ? 0 : 2), top: top, isArea: isArea)
        // What is worst is always there; where points are thinned, an area shows the best too.
        var shown = [isArea ? "low" : "high"]
        if isArea, curve.isThinned { shown.append("high") }
        for side in shown {
            let values = curve.points.map { Double(side == "low" ? $0.least : $0.greatest) }
            let path = shape.path(values) { number(x(Double($0) * course.step)) }
            let place =
                " data-curve=\"\(index)\" data-side=\"\(side)\" data-base=\"\(number(shape.base))\" "
                + "data-height=\"\(number(shape.height))\" data-top=\"\(shape.top)\""
            rows.append(
                "<path class=\"\(curve.kind.rawValue)\(isArea ? "" : " drawn")\" d=\"\(path)\""
                    + "\(hasScript ? place : "")/>")
        }
        let edge = number(Self.left + Self.width)
        rows.append(
            "<line class=\"grid\" x1=\"\(number(Self.left))\" x2=\"\(edge)\" "
                + "y1=\"\(number(y + height))\" y2=\"\(number(y + height))\"/>")
        let told =
            switch curve.kind {
            case .available: "≥ \(Spoken.share(curve.points.map { Double($0.least) }.least))"
            case .rate: "≤ \(Spoken.rate(most))"
            case .p99, .lag: "≤ \(Spoken.time(most))"
            }
        rows.append(readout("curve", index, told, height - 4))
        y += height + 8
    }

    /// What stands right of a lane; the script writes there what was at the moment of the cursor.
    private func readout(_ what: String, _ index: Int, _ text: String?, _ below: Double) -> String {
        let name = hasScript ? " data-\(what)-readout=\"\(index)\"" : ""
        return
            "<text x=\"\(number(Self.left + Self.width + 8))\" y=\"\(number(y + below))\"\(name)>"
            + "\(Escaping.xml(text ?? "–"))</text>"
    }

    private mutating func label(_ name: String, _ height: Double) {
        rows.append(
            "<text x=\"\(number(Self.left - 10))\" y=\"\(number(y + height / 2 + 5))\" "
                + "text-anchor=\"end\">\(Escaping.xml(String(name.prefix(18))))</text>")
    }
}

/// Steps from value to value; where nothing was measured, nothing is drawn.
private struct CurveShape {
    let base: Double
    let height: Double
    let top: Double
    let isArea: Bool

    /// `place` is where a point begins, in pixels.
    func path(_ values: [Double], _ place: (Int) -> String) -> String {
        var path = ""
        var isOpen = false
        for (index, value) in values.enumerated() {
            guard !value.isNaN else {
                if isOpen, isArea { path += "V\(number(base))Z" }
                isOpen = false
                continue
            }
            let level = number(base - height * min(1, max(0, value / top)))
            if !isOpen {
                path += "M\(place(index)) " + (isArea ? "\(number(base))V\(level)" : level)
            } else {
                path += "V\(level)"
            }
            path += "H\(place(index + 1))"
            isOpen = true
        }
        return isOpen && isArea ? path + "V\(number(base))Z" : path
    }
}

/// A place on the page, to tenths of a pixel.
private func number(_ value: Double) -> String {
    let text = Spoken.fixed(value, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

extension [Double] {
    /// The least that was measured.
    fileprivate var least: Double? { filter { !$0.isNaN }.min() }
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
