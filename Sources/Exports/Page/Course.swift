public import Cluster
public import Journal

/// A run moment by moment, small enough for a page: what each node was, which faults acted, what
/// clients saw, how far behind each node was, and the headings. Times in seconds of the run.
public struct Course: Equatable, Sendable {
    /// How long the run took; always more than 0.
    public let length: Double
    /// Seconds that one point of a curve stands for; 1 for runs of up to 2,000 s.
    public let step: Double
    /// What each node was.
    public private(set) var lanes: [Lane] = []
    /// Faults in the order in which they began, weather left out.
    public private(set) var faults: [Fault] = []
    /// What was measured.
    public private(set) var curves: [Curve] = []
    /// Chapters and notes, in order; none where only the end of the run is known.
    public private(set) var chapters: [Chapter] = []
    /// What was left out or thinned, a sentence each.
    public private(set) var gaps: [String] = []

    /// Points of a curve, at most.
    public static let mostPoints = 2_000
    /// Changes that a lane tells, at most; fewer where there are many nodes.
    public static let mostChanges = 1_000
    /// Changes that all lanes tell together, unless each has no more than 20.
    static let mostChangesTogether = 10_000
    /// Nodes whose lag is shown, at most: those that were furthest behind.
    public static let mostLags = 16
    /// Faults that have a bar, at most.
    public static let mostFaults = 200
    /// Chapters that are listed, at most.
    public static let mostChapters = 500
    /// Characters of a text, at most.
    static let longestText = 400

    /// What a node was, from a moment on until the next one.
    public struct Lane: Equatable, Sendable {
        /// The node.
        public var name: String
        /// When it became something else.
        public var at: [Double]
        /// What it was from then on.
        public var marks: [StoryMark]
    }

    /// A fault and what came of it.
    public struct Fault: Equatable, Sendable {
        /// `f1`.
        public var id: String
        /// Its name, or its number.
        public var label: String
        /// The command that it came from.
        public var text: String
        /// When it began.
        public var from: Double
        /// When it was over, or the end of the run.
        public var to: Double
        /// When all was well again.
        public var recovered: Double?
        /// Its record and its proof, a sentence each.
        public var record: [String]
    }

    /// Something that was measured, in points of equal length from the run's beginning; NaN where
    /// nothing was told.
    public struct Curve: Equatable, Sendable {
        /// What it is called.
        public var name: String
        /// What was measured.
        public var kind: Kind
        /// Least, greatest and last value of each point: what was short stays visible.
        public var points: [SeriesView.Span]

        /// What can be measured.
        public enum Kind: String, Sendable {
            /// Share of the clients' operations that succeeded.
            case available
            /// The clients' answers with success a second.
            case rate
            /// The clients' slowest hundredth, in seconds.
            case p99
            /// How far a node was behind its leader, in seconds.
            case lag
        }
    }

    /// A heading of the run.
    public struct Chapter: Equatable, Sendable {
        /// When.
        public var at: Double
        /// `fault`, `election`, `note`.
        public var kind: String
        /// In words.
        public var text: String
    }

    /// Everything that is recorded; `nil` where nothing happened.
    public init?(_ recording: Recording) {
        self.init(recording.last) { recording.state(at: $0).series }
        let all = recording.chapters
        chapters = all.prefix(Self.mostChapters).map {
            Chapter(at: $0.at.seconds, kind: $0.word, text: Self.clipped($0.text))
        }
        if all.count > Self.mostChapters {
            gaps.append("The first \(Self.mostChapters) of \(all.count) chapters are listed.")
        }
    }

    /// What the end of a run still knows; `nil` where no histories were folded, or nothing happened.
    init?(_ state: ClusterState) { self.init(state) { _ in nil } }

    /// `then` gives the histories as of an earlier moment: they know each second of ten minutes.
    private init?(_ state: ClusterState, then: (Stamp) -> Series?) {
        guard let series = state.series, state.core.now > .zero else { return nil }
        length = state.core.now.seconds
        step = max(1, length / Double(Self.mostPoints))
        let nodes = state.core.nodes.filter { !$0.isClient }
        for node in nodes { lanes.append(lane(node, series.story(node.id), nodes.count)) }
        addFaults(state.core)
        addCurves(nodes, state, CourseSeries(length: length, step: step, last: series, then))
    }

    private static func clipped(_ text: String) -> String {
        text.count > longestText ? text.prefix(longestText - 1) + "…" : text
    }

    private mutating func lane(_ node: NodeState, _ story: Story, _ nodes: Int) -> Lane {
        let most = max(20, min(Self.mostChanges, Self.mostChangesTogether / max(1, nodes)))
        var lane = Lane(name: node.name, at: [], marks: [])
        guard story.changes.count > most else {
            for change in story.changes {
                lane.at.append(change.at.seconds)
                lane.marks.append(change.mark)
            }
            return lane
        }
        let cells = story.cells(most, from: .zero, to: Stamp(seconds: length))
        for (index, mark) in cells.enumerated() where mark != lane.marks.last {
            lane.at.append(length * Double(index) / Double(most))
            lane.marks.append(mark)
        }
        gaps.append(
            "\(node.name) changed \(story.changes.count) times: its lane shows the gravest state of "
                + "each \(Spoken.time(length / Double(most))).")
        return lane
    }

    private mutating func addFaults(_ core: Core) {
        let all = core.faults.filter { !$0.record.weather }
        faults = all.prefix(Self.mostFaults).map { fault in
            Fault(
                id: fault.record.id.description, label: Self.clipped(fault.label),
                text: Self.clipped(fault.record.text), from: fault.began.seconds,
                to: (fault.ended ?? core.now).seconds, recovered: fault.recovered?.seconds,
                record: Self.record(fault, core).map(Self.clipped))
        }
        if all.count > Self.mostFaults {
            gaps.append("The first \(Self.mostFaults) of \(all.count) faults have a bar.")
        }
    }

    /// `crash: crash kv-1 for 5s as crash`, and what is known of it.
    private static func record(_ fault: FaultState, _ core: Core) -> [String] {
        let figures = FaultFigures(fault, in: core)
        let by = fault.record.by.isEmpty ? "" : " by \(fault.record.by)"
        let end =
            fault.ended.map {
                "until \($0.clock(decimals: 1)) (\(fault.end?.rawValue ?? "over"))"
            } ?? "to the end of the run"
        var lines = [
            "\(fault.label): \(fault.record.text)",
            "From \(fault.began.clock(decimals: 1)) \(end)\(by).",
            figures.proof.map { "\($0.verdict.rawValue): \($0.words)" } ?? "Nothing was measured.",
        ]
        var course: [String] = []
        if let time = figures.detection {
            course.append(
                "noticed after \(Spoken.time(time))"
                    + (figures.detectedBy.map { " by \($0)" } ?? ""))
        }
        if let time = figures.election {
            course.append(
                "\(figures.elected ?? "another node") elected after \(Spoken.time(time))")
        }
        if let time = figures.recovery { course.append("recovered in \(Spoken.time(time))") }
        if let time = figures.outage { course.append("clients waited \(Spoken.time(time))") }
        if !course.isEmpty { lines.append(course.joined(separator: ", ") + ".") }
        return lines
    }

    private mutating func addCurves(
        _ nodes: [NodeState], _ state: ClusterState, _ series: CourseSeries
    ) {
        for (name, kind, signal) in [
            ("available", Curve.Kind.available, Series.ClientSignal.availability),
            ("answers", .rate, .rate), ("p99", .p99, .p99),
        ] {
            let points = series.points { $0[clients: signal] }
            guard points.contains(where: { !$0.last.isNaN }) else { continue }
            curves.append(Curve(name: name, kind: kind, points: points))
        }
        // Whether a node tells a lag is seen in a few points; all of them are read for the worst only.
        let behind = nodes.map { node in
            let coarse = series.last[node.id, .lag]
                .columns(100, from: .zero, to: Stamp(seconds: length))
            return (node, coarse.map(\.greatest).filter { !$0.isNaN }.max() ?? .nan)
        }.filter { !$0.1.isNaN }
        let worst = behind.sorted { $0.1 > $1.1 }.prefix(Self.mostLags).map(\.0.id)
        for (node, _) in behind where worst.contains(node.id) {
            curves.append(
                Curve(
                    name: "lag \(node.name)", kind: .lag,
                    points: series.points { $0[node.id, .lag] }))
        }
        if behind.count > Self.mostLags {
            gaps.append(
                "The lag of the \(Self.mostLags) nodes that were furthest behind is shown, of "
                    + "\(behind.count).")
        }
        if step > 1, !curves.isEmpty {
            gaps.append(
                "Curves are thinned: a point stands for \(Spoken.time(step)), and keeps the least "
                    + "and the greatest value of it.")
        }
    }
}

/// Histories of a whole run: those of its end forget single seconds after ten minutes, so older
/// stretches are read from the histories as they were then.
struct CourseSeries {
    /// As of the end.
    let last: Series
    private let step: Double
    private let count: Int
    /// Histories and the points that are read from them.
    private var stretches: [(series: Series, points: Range<Int>)] = []

    /// Seconds that histories surely know one by one.
    private static let fresh = 600.0

    init(length: Double, step: Double, last: Series, _ then: (Stamp) -> Series?) {
        self.last = last
        self.step = step
        count = max(1, Int((length / step).rounded(.up)))
        // Parts of ten seconds never were finer.
        let perStretch = step < 10 ? max(1, Int(Self.fresh / step)) : count
        var from = 0
        while from < count {
            let to = min(count, from + perStretch)
            let series = to < count ? then(Stamp(seconds: Double(to) * step)) : last
            stretches.append((series ?? last, from..<to))
            from = to
        }
    }

    /// All points of one signal.
    func points(_ signal: (Series) -> SeriesView) -> [SeriesView.Span] {
        stretches.flatMap { series, points in
            signal(series).columns(
                points.count, from: Stamp(seconds: Double(points.lowerBound) * step),
                to: Stamp(seconds: Double(points.upperBound) * step))
        }
    }
}
