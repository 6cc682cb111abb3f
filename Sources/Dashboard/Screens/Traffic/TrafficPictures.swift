import Cluster

/// The pictures of the traffic screen.
extension Renderer {
    /// What was asked for, and over it what was answered, a second.
    mutating func drawRates(_ place: Range<Int>, _ rows: ClosedRange<Int>) {
        let graph = Graph(width: place.count, height: rows.count - 1, glyphs: view.glyphs)
        guard graph.height > 0, graph.width > 8 else { return }
        let seconds = lastSeconds(graph.samples)
        let due = seconds.map { $0.map { Double($0.due) } }
        let ok = seconds.map { $0.map { Double($0.ok) } }
        let most = Graph.ceiling((due + ok).compactMap { $0 }.max() ?? 0)
        let isShort = seconds.map { second in second.map { $0.ok < $0.due } ?? false }
        write(
            columns < 112 ? "answered a second" : "answered each second; what was not is marked",
            place.lowerBound, rows.lowerBound,
            .quiet, within: place.count - 8)
        let top = Figures.count(most) ?? ""
        write(top, place.upperBound - Width.columns(top), rows.lowerBound, .quiet)
        let asked = graph.rows(due.map { $0.map { max(0.001, $0 / most) } })
        let answered = graph.rows(ok.map { $0.map { $0 / most } })
        for index in 0..<graph.height {
            for column in 0..<graph.width {
                let from = column * graph.samplesPerCell
                let fails = isShort[from..<min(isShort.count, from + graph.samplesPerCell)]
                    .contains(true)
                let (over, under) = (asked[index][column], answered[index][column])
                guard under != " " || (fails && over != " ") else { continue }
                let isMissing = under == " "
                write(
                    String(isMissing ? over : under), place.lowerBound + column,
                    rows.lowerBound + 1 + index,
                    isMissing ? .alarm : .graph)
            }
        }
    }

    /// How often which latency was seen: from when an operation was due, and below from when it was sent.
    mutating func drawLatencies(
        _ reading: TrafficReading, _ place: Range<Int>, _ rows: ClosedRange<Int>
    ) {
        let sum = reading.sum
        let values = (sum.latency.buckets + sum.uncorrected.buckets)
            .map { LatencyHistogram.value(of: $0.index) / 1e6 }
        guard let least = values.min(), let most = values.max(), rows.count >= 5 else {
            write("no latency yet", place.lowerBound, rows.lowerBound, .quiet)
            return
        }
        let (from, to) = (max(1e-6, least / 1.1), max(most * 1.1, least * 4))
        let height = (rows.count - 1) / 2
        let pairs: [(String, LatencyHistogram, Style)] = [
            (
                columns < 112
                    ? "times from when due" : "how long answers took, from when they were due",
                sum.latency, .graph
            ),
            (
                columns < 112 ? "times from when sent" : "from when they were sent",
                sum.uncorrected, .quiet
            ),
        ]
        var row = rows.lowerBound
        for (title, histogram, style) in pairs {
            write(title, place.lowerBound, row, .quiet, within: place.count)
            let graph = Graph(width: place.count, height: max(1, height - 1), glyphs: view.glyphs)
            let counts = TrafficReading.columns(histogram, count: graph.samples, from: from, to: to)
            let greatest = max(1, counts.max() ?? 1)
            // Roots: a slow one among a thousand is what one looks for.
            let shares = counts.map { $0 > 0 ? ($0 / greatest).squareRoot() : nil }
            for (index, line) in graph.rows(shares).enumerated() {
                write(String(line), place.lowerBound, row + 1 + index, style)
            }
            row += height
        }
        guard row <= rows.upperBound else { return }
        let (low, high) = (Figures.time(from) ?? "", Figures.time(to) ?? "")
        write(low, place.lowerBound, row, .quiet)
        write(high, place.upperBound - Width.columns(high), row, .quiet)
    }

    /// Each second of the run as a point: how many were answered, and how slow the slowest hundredth was.
    mutating func drawKnee(_ reading: TrafficReading, _ place: Range<Int>, _ rows: ClosedRange<Int>)
    {
        write("p99 over answers a second", place.lowerBound, rows.lowerBound, .quiet)
        let points = reading.points
        guard let rate = points.map(\.rate).max(), let slow = points.map(\.p99).max(),
            let fast = points.map(\.p99).min(), rows.count >= 4
        else { return }
        let most = Graph.ceiling(rate)
        let height = rows.count - 2
        var plot = Plot(width: place.count, height: height, glyphs: view.glyphs)
        let (low, high) = (TrafficReading.octaves(fast / 1.2), TrafficReading.octaves(slow * 1.2))
        for point in points {
            plot.mark(
                x: point.rate / most,
                y: (TrafficReading.octaves(point.p99) - low) / max(0.1, high - low))
        }
        for (index, line) in plot.rows.enumerated() {
            for (column, glyph) in line.enumerated() where glyph != " " {
                write(String(glyph), place.lowerBound + column, rows.lowerBound + 1 + index, .graph)
            }
        }
        let top = Figures.time(slow) ?? ""
        write(top, place.upperBound - Width.columns(top), rows.lowerBound, .quiet)
        let bottom = rows.upperBound
        write("0", place.lowerBound, bottom, .quiet)
        let right = (Figures.count(most) ?? "") + "/s"
        write(right, place.upperBound - Width.columns(right), bottom, .quiet)
        guard let knee = reading.knee else { return }
        let column = place.lowerBound + min(place.count - 1, Int(knee / most * Double(place.count)))
        for row in (rows.lowerBound + 1)..<bottom where frame[column, row].glyph == 0x20 {
            write(glyphs.bar, column, row, .warning)
        }
        let text = "knee \(Figures.count(knee) ?? "")/s"
        let start = min(column, place.upperBound - Width.columns(right) - Width.columns(text) - 2)
        write(text, max(place.lowerBound + 2, start), bottom, .warning)
    }
}

/// Points in a field of cells.
struct Plot {
    let width: Int
    let height: Int
    let glyphs: GlyphSet
    private var dots: Set<Int> = []

    init(width: Int, height: Int, glyphs: GlyphSet) {
        self.width = max(1, width)
        self.height = max(1, height)
        self.glyphs = glyphs
    }

    private var across: Int { width * (glyphs == .braille ? 2 : 1) }
    private var up: Int { height * (glyphs == .braille ? 4 : 1) }

    /// Marks a point; shares of the width and, from below, of the height.
    mutating func mark(x: Double, y: Double) {
        guard x.isFinite, y.isFinite else { return }
        let column = min(
            across - 1, max(0, Int((min(2, max(-1, x)) * Double(across)).rounded(.down))))
        let row = min(up - 1, max(0, Int((min(2, max(-1, y)) * Double(up)).rounded(.down))))
        dots.insert((up - 1 - row) * across + column)
    }

    /// The rows from top to bottom: one character a cell.
    var rows: [[Character]] {
        (0..<height).map { row in (0..<width).map { cell(row, $0) } }
    }

    private func cell(_ row: Int, _ column: Int) -> Character {
        guard glyphs == .braille else {
            guard dots.contains(row * across + column) else { return " " }
            return glyphs == .ascii ? "*" : "\u{25AA}"
        }
        // https://www.unicode.org/charts/PDF/U2800.pdf: the dots of a cell, by row, left and right.
        let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        var sum: UInt32 = 0
        for (y, pair) in bits.enumerated() {
            for (x, bit) in pair.enumerated()
            where dots.contains((row * 4 + y) * across + column * 2 + x) {
                sum |= bit
            }
        }
        return sum == 0 ? " " : Unicode.Scalar(0x2800 + sum).map { Character($0) } ?? " "
    }
}
