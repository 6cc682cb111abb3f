/// Microseconds since the run began, on one monotonic clock. The journal keeps exactly this
/// precision, so a live fold and a replayed one see equal values.
public struct Stamp: Comparable, Hashable, Sendable, BitwiseCopyable {
    /// Microseconds since the run began.
    public var microseconds: Int64

    /// The moment the run began.
    public static let zero = Stamp(microseconds: 0)

    /// A moment, in microseconds since the run began.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// A moment, in seconds since the run began; out-of-range values are clamped.
    public init(seconds: Double) {
        let scaled = (seconds * 1_000_000).rounded()
        microseconds = Int64(exactly: scaled) ?? (scaled < 0 ? .min : .max)
    }

    /// Seconds since the run began.
    public var seconds: Double { Double(microseconds) / 1_000_000 }

    /// Minutes and seconds for people, hours when there are any, cut after so many decimals: `04:11`,
    /// `04:02.118`, `1:04:11.2`. Nothing is before the beginning.
    public func clock(decimals: Int = 0) -> String {
        let time = max(0, microseconds)
        let seconds = time / 1_000_000
        let two: (Int64) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        let minutes = two(seconds / 60 % 60) + ":" + two(seconds % 60)
        let whole = seconds < 3_600 ? minutes : "\(seconds / 3_600):" + minutes
        guard decimals > 0 else { return whole }
        let fraction = String(time % 1_000_000)
        let padded = String(repeating: "0", count: 6 - fraction.count) + fraction
        return whole + "." + padded.prefix(decimals)
    }

    /// Whether the one moment lies before the other.
    public static func < (a: Stamp, b: Stamp) -> Bool { a.microseconds < b.microseconds }

    /// The moment `duration` later; saturates instead of trapping.
    public static func + (stamp: Stamp, duration: Duration) -> Stamp {
        let (sum, overflow) = stamp.microseconds.addingReportingOverflow(duration.microseconds)
        return Stamp(microseconds: overflow ? .max : sum)
    }

    /// The time from `b` to `a`; saturates instead of trapping.
    public static func - (a: Stamp, b: Stamp) -> Duration {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        return .microseconds(overflow ? (a < b ? Int64.min : Int64.max) : difference)
    }
}

extension Duration {
    /// Whole microseconds, saturating.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole nanoseconds, saturating.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds as a floating-point number, for people and for rates.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
