/// One figure that has a bar: what was measured, what it must be, and what it should become.
public struct Judgement: Codable, Equatable, Sendable {
    /// What is compared with what.
    public var name: String
    /// The measured value, in `unit`.
    public var value: Double
    /// `×` for ratios, or `µs`, `ms`, `%`, `s`, `MB`.
    public var unit: String
    /// Whether more is better.
    public var wantsMore: Bool
    /// What it has to reach.
    public var must: Double
    /// What it is wished to reach; `nil` where there is no further wish.
    public var aim: Double?

    /// A figure of which more is better.
    static func atLeast(
        _ name: String, _ value: Double, must: Double, aim: Double?, unit: String = "×"
    ) -> Judgement {
        Judgement(
            name: name, value: value, unit: unit, wantsMore: true, must: must, aim: aim)
    }

    /// A figure of which less is better.
    static func atMost(
        _ name: String, _ value: Double, must: Double, aim: Double?, unit: String
    ) -> Judgement {
        Judgement(
            name: name, value: value, unit: unit, wantsMore: false, must: must, aim: aim)
    }

    /// Whether it is as it must be.
    public var holds: Bool { reaches(must) }

    /// Whether it is as it should be.
    public var reachesAim: Bool { holds && (aim.map(reaches) ?? true) }

    private func reaches(_ bar: Double) -> Bool { wantsMore ? value >= bar : value <= bar }
}

/// Repeated measurements of one thing.
public struct Measured: Codable, Equatable, Sendable {
    /// Each of them, in order.
    public var values: [Double]

    /// None yet.
    init(_ values: [Double] = []) { self.values = values }

    /// The middle one; of an even number the mean of the two in the middle; `nil` when there is none.
    public var median: Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
