/// Where the head of a log was at which moment, as far back as the log was seen; pure.
///
/// Positions do not fall, so the moment at which the log had come to a position is found by halving.
/// A log that stands still takes two points, however long it does. Beyond `limit` points every second
/// one of the older half is left out: far in the past moments become coarser, but never unknown.
struct PositionHistory: Equatable, Sendable {
    /// The head of the log at a moment.
    struct Point: Equatable, Sendable {
        var at: Int64
        var position: UInt64
    }

    /// 34 minutes of answers twice a second, before the first one is left out.
    static let limit = 4_096

    private(set) var points: [Point] = []

    /// The last one.
    var head: Point? { points.last }

    /// Takes in where the head is. A head that went back (a new leader, or one that lost its tail)
    /// takes what lay beyond with it.
    mutating func append(_ position: UInt64, at moment: Int64) {
        if let last = points.last, moment <= last.at { return }
        while let last = points.last, last.position > position { points.removeLast() }
        let count = points.count
        if count >= 2, points[count - 1].position == position,
            points[count - 2].position == position
        {
            points[count - 1].at = moment
            return
        }
        points.append(Point(at: moment, position: position))
        if points.count > Self.limit { thin() }
    }

    /// Without what lies beyond a position.
    func upTo(_ position: UInt64) -> PositionHistory {
        var history = self
        history.points.removeAll { $0.position > position }
        return history
    }

    /// The latest moment at which the head had not gone beyond `position`; `nil` when it still has
    /// not. Between two points the log is taken to have grown evenly; a position before the first
    /// point gives that point's moment.
    func lastMoment(at position: UInt64) -> Int64? {
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        // `low` is the first point beyond the position.
        guard low < points.count else { return nil }
        guard low > 0 else { return points[0].at }
        let before = points[low - 1]
        let after = points[low]
        let share =
            Double(position - before.position) / Double(after.position - before.position)
        return before.at + Int64(share * Double(after.at - before.at))
    }

    private mutating func thin() {
        let half = points.count / 2
        var kept: [Point] = []
        kept.reserveCapacity(points.count)
        for index in points.indices where index >= half || index % 2 == 0 {
            kept.append(points[index])
        }
        points = kept
    }
}
