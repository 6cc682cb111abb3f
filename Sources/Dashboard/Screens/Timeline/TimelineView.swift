public import Cluster

/// One time axis for everything: which stretch of the run is shown, and where its cursor is.
public struct TimelineView: Equatable, Sendable {
    /// Place in `TimelineView.spans` of how much time is shown.
    public var zoom = 2
    /// Where the stretch ends; now when `nil`, and then it moves on.
    public var end: Stamp?
    /// The moment under the cursor; now when `nil`.
    public var cursor: Stamp?

    /// Seconds that may be shown.
    public static let spans: [Int64] = [
        10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400,
    ]

    /// The last minute.
    public init() {}

    /// Seconds that are shown.
    var span: Int64 {
        TimelineView.spans[min(max(0, zoom), TimelineView.spans.count - 1)]
    }
}

/// A stretch of time in equal cells.
struct TimeWindow: Equatable {
    /// Where it begins.
    let from: Stamp
    /// Length of a cell in microseconds.
    let cell: Int64
    /// How many cells there are.
    let count: Int

    /// So much time until a moment. Borders of cells stay where they are as time goes on, so that a
    /// picture moves by whole cells.
    init(seconds: Int64, count: Int, until end: Stamp) {
        self.count = max(1, count)
        cell = max(1, seconds * 1_000_000 / Int64(self.count))
        // No run lasts for centuries, whatever its journal says.
        let last = min(max(0, end.microseconds), Int64.max / 4) / cell + 1
        from = Stamp(microseconds: (last - Int64(self.count)) * cell)
    }

    var to: Stamp { Stamp(microseconds: from.microseconds + Int64(count) * cell) }

    /// When a cell begins.
    func begin(of place: Int) -> Stamp {
        Stamp(microseconds: from.microseconds + Int64(place) * cell)
    }

    /// The cell that a moment lies in; beyond the ends it is below 0, or `count` and more.
    func place(of moment: Stamp) -> Int {
        // Far away is as good as infinitely far.
        let bound = Int64.max / 4
        let offset = min(max(-bound, moment.microseconds), bound) - from.microseconds
        let place = offset >= 0 ? offset / cell : -((-offset + cell - 1) / cell)
        return Int(clamping: place)
    }
}
