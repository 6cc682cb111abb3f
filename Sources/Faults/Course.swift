public import Cluster

/// How the level of an effect changes: a pure function of the time since its fault began. It lies in
/// the term and is asked for each packet, so that it is exact between two packets of a busy line, is
/// the same for the same times, and nothing has to be installed anew while it goes.
public struct Course: Hashable, Sendable {
    /// From one level to the other and staying there, up and down like a wave, or one after the other.
    public enum Shape: String, Hashable, Sendable, CaseIterable {
        case ramp
        case sine
        case square
    }

    /// How it changes.
    public var shape: Shape
    /// The other level, of the same unit.
    public var to: Quantity
    /// A ramp: until it is there. A sine: there and back. A square: until each change.
    public var period: Duration

    /// A change to another level.
    public init(_ shape: Shape, to: Quantity, period: Duration) {
        self.shape = shape
        self.to = to
        self.period = period
    }
}

extension Term {
    /// The level at a moment of the monotonic clock, nanoseconds; before the fault began that of its
    /// beginning.
    @inlinable
    public func level(at now: Int64) -> Int64 {
        curve == .constant ? a : level(after: max(0, now &- began))
    }

    /// The level so many nanoseconds after the fault began. Only +, -, * and / are used: the same on
    /// every machine.
    public func level(after elapsed: Int64) -> Int64 {
        a + Int64((Double(top - a) * curve.way(elapsed, of: period)).rounded())
    }
}

extension Course {
    /// How much of the way to the other level is gone after a time, from 0 to 1.
    public func way(after elapsed: Duration) -> Double {
        let curve: Term.Curve =
            switch shape {
            case .ramp: .ramp
            case .sine: .sine
            case .square: .square
            }
        return curve.way(max(0, elapsed.nanoseconds), of: max(1, period.nanoseconds))
    }
}

extension Term.Curve {
    /// How much of the way to the other level is gone after so many nanoseconds.
    func way(_ elapsed: Int64, of period: Int64) -> Double {
        switch self {
        case .constant: 0
        case .ramp: elapsed < period ? Double(elapsed) / Double(period) : 1
        case .square: elapsed / period % 2 == 0 ? 0 : 1
        case .sine: Self.wave(Double(elapsed % period) / Double(period))
        }
    }

    /// (1 - cos 2πx) / 2 for x from 0 to 1, which is sin² πx: the series of the sine, exact to 10⁻¹².
    private static func wave(_ x: Double) -> Double {
        let angle = 3.141_592_653_589_793 * (x < 0.5 ? x : 1 - x)
        let square = angle * angle
        var term = angle
        var sum = angle
        var odd = 3.0
        while odd < 20 {
            term *= -square / (odd * (odd - 1))
            sum += term
            odd += 2
        }
        return min(1, sum * sum)
    }
}
