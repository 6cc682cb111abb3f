public import Cluster

/// Whether packets left when they should have, by the switch's own clock. The machine that carries the
/// cluster may be too busy to keep a delay; then its figures are those of a busy machine.
public struct Timing: Equatable, Sendable {
    /// Later than this is another delay than was asked for.
    public static let bound = Duration.milliseconds(1)
    /// A share of late packets above this disturbs.
    public static let mostLate = 0.01
    /// Fewer delayed packets than this say nothing.
    public static let least: UInt64 = 100

    /// How late delayed packets left since the switch began, in microseconds.
    public let lateness: LatencyHistogram

    /// As the switch counted.
    public init(_ lateness: LatencyHistogram) { self.lateness = lateness }

    /// Packets that left later than the bound.
    public var late: UInt64 {
        let bound = Double(Self.bound.microseconds)
        return lateness.buckets.reduce(0) {
            LatencyHistogram.value(of: $1.index) > bound ? $0 + UInt64($1.count) : $0
        }
    }

    /// Whether more than one of a hundred delayed packets was late.
    public var isDisturbed: Bool {
        let count = lateness.count
        return count >= Self.least && Double(late) > Self.mostLate * Double(count)
    }

    /// `disturbed: 312 of 4,100 delayed packets (7.6%) left more than 1ms late, the worst of a hundred by
    /// 3.1 ms`; empty when it is not.
    public var words: String {
        guard isDisturbed, let worst = lateness.microseconds(atQuantile: 0.99) else { return "" }
        let count = lateness.count
        return "disturbed: \(Figures.count(late)) of \(Figures.count(count)) delayed packets "
            + "(\(Figures.percent(Double(late) / Double(count)))) left more than \(Self.bound.text) "
            + "late, the worst of a hundred by \(Figures.milliseconds(worst * 1_000))"
    }
}
