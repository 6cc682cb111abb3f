/// What `squall bench screen` found.
public struct ScreenReport: Codable, Sendable {
    /// Programs on a terminal of 160×45.
    public var painters: [Painter] = []
    /// What it takes to compute a frame.
    public var frames: [FrameRow] = []
    /// A recording of one hour; `nil` before it was measured.
    public var recording: Recorded?
    /// What has a bar.
    public var judgements: [Judgement] = []
    /// What could not be measured, and why.
    public var leftOut: [String] = []

    /// A program that paints once a second.
    public struct Painter: Codable, Sendable {
        /// Its name in the table.
        public var name: String
        /// Time on a core while all numbers change each second, a share.
        public var core: Double
        /// Bytes to the terminal a second, meanwhile.
        public var bytes: Double
        /// Bytes a second while only clocks move; `nil` where there is no such time.
        public var clockBytes: Double?
        /// Bytes in all while nothing moves; `nil` where there is no such time.
        public var restBytes: Double?
        /// From a key to the first byte that answers it, in ms, each.
        public var keys = Measured()
    }

    /// The frames of one screen.
    public struct FrameRow: Codable, Sendable {
        /// The screen, with what is asked of it.
        public var name: String
        /// Computing a frame, in ms, each.
        public var times = Measured()
    }

    /// A recording of ten nodes.
    public struct Recorded: Codable, Sendable {
        /// How long the run was, in seconds.
        public var length: Double
        /// The journal, in MB.
        public var size: Double
        /// Until it can be shown, in seconds.
        public var open: Double
        /// To any moment, in ms, each.
        public var seeks = Measured()
    }

    /// Nothing measured yet.
    init() {}

    /// Puts the judgements in. What depends on the clock of the processor has bars that are far from what
    /// it takes.
    mutating func judge() {
        judgements = painters.filter { $0.name.hasPrefix("squall") }.flatMap(of)
        let slowest = frames.compactMap { $0.times.quantile(0.99) }.max()
        if let slowest {
            judgements.append(
                .atMost("a frame of 1,000 nodes, p99", slowest, must: 5, aim: 2.5, unit: "ms"))
        }
        guard let recording else { return }
        let share = recording.length / 3_600
        judgements.append(
            .atMost(
                "one hour of ten nodes: open", recording.open / share, must: 1, aim: 0.2, unit: "s")
        )
        if let seek = recording.seeks.quantile(0.99) {
            judgements.append(.atMost("… seek, p99", seek, must: 50, aim: 10, unit: "ms"))
        }
    }

    private func of(_ painter: Painter) -> [Judgement] {
        let isLarge = painter.name.contains("1,000")
        var all: [Judgement] = []
        if let key = painter.keys.quantile(0.99) {
            all.append(
                .atMost(
                    "\(painter.name): key to paint, p99", key, must: isLarge ? 33 : 16,
                    aim: isLarge ? 16 : 8, unit: "ms"))
        }
        guard !isLarge else { return all }
        all.append(
            .atMost("\(painter.name): of a core", painter.core * 100, must: 1, aim: 0.5, unit: "%"))
        all.append(
            .atMost(
                "\(painter.name): to the terminal", painter.bytes / 1_000, must: 4, aim: 2,
                unit: "kB/s"))
        if let bytes = painter.clockBytes {
            all.append(
                .atMost(
                    "\(painter.name): only clocks move", bytes, must: 200, aim: 100, unit: "B/s"))
        }
        if let bytes = painter.restBytes {
            all.append(
                .atMost("\(painter.name): paused", bytes, must: 0, aim: nil, unit: "B"))
        }
        return all
    }

    /// Whether nothing is missing that must be.
    public var holds: Bool { judgements.allSatisfy(\.holds) }
}

extension Measured {
    /// The least value that so much of the measurements do not exceed; `nil` when there are none.
    func quantile(_ share: Double) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted[min(sorted.count - 1, max(0, rank))]
    }
}

/// What people read.
extension ScreenReport {
    /// The tables, a line each.
    public var lines: [String] {
        var all = ["a terminal of 160×45, something new every second", ""]
        all += paintLines + [""] + frameLines
        if let recording {
            all += [
                "",
                "\(figure(recording.length / 60)) minutes of ten nodes: "
                    + "\(figure(recording.size)) MB, open \(figure(recording.open)) s, "
                    + "seek p50 \(figure(recording.seeks.median)) ms, "
                    + "p99 \(figure(recording.seeks.quantile(0.99))) ms",
            ]
        }
        all += [""] + Bench.lines(of: judgements)
        if !leftOut.isEmpty { all += ["", "left out:"] + leftOut.map { "  \($0)" } }
        return all
    }

    private var paintLines: [String] {
        var table = Table([
            "", "of a core %", "kB/s", "only clocks B/s", "at rest B", "key p50 ms", "p99",
        ])
        for row in painters {
            table.add([
                row.name, figure(row.core * 100), figure(row.bytes / 1_000),
                figure(row.clockBytes), figure(row.restBytes), figure(row.keys.median),
                figure(row.keys.quantile(0.99)),
            ])
        }
        return table.lines
    }

    private var frameLines: [String] {
        var table = Table(["a frame of 1,000 nodes, ms", "p50", "p99"])
        for row in frames {
            table.add([row.name, figure(row.times.median), figure(row.times.quantile(0.99))])
        }
        return table.lines
    }
}
