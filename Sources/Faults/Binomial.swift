/// Counting lost packets: how many of `trials` may be hit, each with probability `p`, before chance is
/// no explanation any more.
public enum Binomial {
    /// The central interval that holds at least the share `mass` of all outcomes (each tail holds less
    /// than half of the rest). Exact but for the outcomes further than twelve deviations away, whose
    /// weight is below 10⁻³⁰.
    public static func interval(
        trials: Int, probability p: Double, mass: Double = 0.99
    ) -> ClosedRange<Int> {
        guard trials > 0, p > 0 else { return 0...0 }
        guard p < 1 else { return trials...trials }
        let mean = Double(trials) * p
        let deviation = (mean * (1 - p)).squareRoot()
        let low = max(0, Int((mean - 12 * deviation).rounded(.down)) - 12)
        let high = min(trials, Int((mean + 12 * deviation).rounded(.up)) + 12)
        let mode = min(high, max(low, Int(mean)))

        // Weights relative to the mode's: neighbours differ by a simple factor.
        var weights = [Double](repeating: 0, count: high - low + 1)
        weights[mode - low] = 1
        let odds = p / (1 - p)
        for hits in mode..<high {
            weights[hits + 1 - low] =
                weights[hits - low] * odds * Double(trials - hits) / Double(hits + 1)
        }
        for hits in stride(from: mode, to: low, by: -1) {
            weights[hits - 1 - low] =
                weights[hits - low] / odds * Double(hits) / Double(trials - hits + 1)
        }
        let tail = weights.reduce(0, +) * (1 - mass) / 2
        var first = 0
        var below = weights[0]
        while below < tail, first < weights.count - 1 {
            first += 1
            below += weights[first]
        }
        var last = weights.count - 1
        var above = weights[last]
        while above < tail, last > first {
            last -= 1
            above += weights[last]
        }
        return (low + first)...(low + last)
    }
}
