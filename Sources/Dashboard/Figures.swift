import Cluster

/// Numbers for people: short, with a unit, never wider than asked, so that right-aligned columns
/// keep their place from frame to frame. `nil` and NaN are told as `nil`: not told.
enum Figures {
    /// A time in seconds in at most five columns: `85us`, `1.2ms`, `212ms`, `1.24s`, `12.4s`, `124s`, `21m`, `3.4h`.
    static func time(_ seconds: Double) -> String? {
        guard seconds.isFinite else { return nil }
        let value = abs(seconds)
        let sign = seconds < 0 ? "-" : ""
        if value < 0.000_999_5 { return sign + whole(value * 1e6) + "us" }
        if value < 0.009_95 { return sign + fixed(value * 1e3, 1) + "ms" }
        if value < 0.999_5 { return sign + whole(value * 1e3) + "ms" }
        if value < 9.995 { return sign + fixed(value, 2) + "s" }
        if value < 99.95 { return sign + fixed(value, 1) + "s" }
        if value < 999.5 { return sign + whole(value) + "s" }
        if value < 59_970 { return sign + whole(value / 60) + "m" }
        if value < 3_596_400 { return sign + whole(value / 3_600) + "h" }
        return sign + "long"
    }

    /// A lag in seconds, two decimals as long as they fit: `0.02s`, `12.4s`, `124s`, `21m`.
    static func lag(_ seconds: Double) -> String? {
        guard seconds.isFinite else { return nil }
        return seconds < 9.995 ? fixed(max(0, seconds), 2) + "s" : time(seconds)
    }

    /// A time in a sentence: `0.8 s`, `1.24 s`, `85 ms`, `3 min`.
    static func spoken(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "an unknown time" }
        if seconds < 0.000_95 { return whole(seconds * 1e6) + " us" }
        if seconds < 0.009_95 { return fixed(seconds * 1e3, 1) + " ms" }
        if seconds < 0.095 { return whole(seconds * 1e3) + " ms" }
        if seconds < 9.95 { return fixed(seconds, 1) + " s" }
        if seconds < 99.5 { return whole(seconds) + " s" }
        return clock(Stamp(seconds: seconds)) + " min"
    }

    /// As `count`, with two digits behind the point for small numbers that are no whole ones.
    static func amount(_ value: Double) -> String? {
        guard value.isFinite, value.magnitude < 10, value != value.rounded() else {
            return count(value)
        }
        let hundredths = Int((value * 100).rounded())
        let digits = hundredths.magnitude % 100
        let sign = hundredths < 0 ? "-" : ""
        return "\(sign)\(hundredths.magnitude / 100).\(digits < 10 ? "0" : "")\(digits)"
    }

    /// A count in at most five columns: `118`, `41.2k`, `1.2M`.
    static func count(_ number: Double) -> String? {
        guard number.isFinite else { return nil }
        let value = max(0, number)
        if value < 9_999.5 { return whole(value) }
        return scaled(value, ["k", "M", "G", "T"])
    }

    /// Bytes in at most four columns: `118`, `3k`, `1.2M`, `12M`, `1.0G`.
    static func bytes(_ number: Double) -> String? {
        guard number.isFinite else { return nil }
        let value = max(0, number)
        if value < 999.5 { return whole(value) }
        return scaledShort(value, ["k", "M", "G", "T"])
    }

    /// A share of one in at most six columns: `0.0%`, `12.5%`, `100%`.
    static func share(_ share: Double) -> String? {
        guard share.isFinite else { return nil }
        let percent = max(0, share) * 100
        if percent < 99.95 { return fixed(percent, 1) + "%" }
        return whole(min(percent, 99_999)) + "%"
    }

    /// Minutes and seconds, hours when there are any: `04:11`, `1:04:11`.
    static func clock(_ stamp: Stamp) -> String { stamp.clock() }

    /// With tenths: `03:41.2`.
    static func tenths(_ stamp: Stamp) -> String { stamp.clock(decimals: 1) }

    /// With thousandths: `04:02.118`.
    static func thousandths(_ stamp: Stamp) -> String { stamp.clock(decimals: 3) }

    /// What is left of a fault: `0:48`, `12:00`, `1:04:11`.
    static func left(_ duration: Duration) -> String {
        let microseconds = min(max(0, duration.microseconds), Int64.max / 4)
        let seconds = (microseconds + 999_999) / 1_000_000
        if seconds >= 3_600 { return clock(Stamp(microseconds: seconds * 1_000_000)) }
        return "\(seconds / 60):" + two(seconds % 60)
    }

    /// With a fixed number of decimals, rounded half up; no locale can change the point.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
        guard let number = Int64(exactly: scaled) else { return "huge" }
        if decimals == 0 { return String(number) }
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let point = padded.index(padded.endIndex, offsetBy: -decimals)
        return (number < 0 ? "-" : "") + padded[..<point] + "." + padded[point...]
    }

    private static func whole(_ value: Double) -> String { fixed(value, 0) }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func scaled(_ number: Double, _ units: [String]) -> String {
        var value = number
        for unit in units {
            value /= 1_000
            if value < 99.95 { return fixed(value, 1) + unit }
            if value < 999.5 { return whole(value) + unit }
        }
        return "huge"
    }

    private static func scaledShort(_ number: Double, _ units: [String]) -> String {
        var value = number
        for unit in units {
            value /= 1_000
            if value < 9.95 { return fixed(value, 1) + unit }
            if value < 999.5 { return whole(value) + unit }
        }
        return "huge"
    }
}

extension String {
    /// Right-aligned in a column; cut at the left if it is too long.
    func right(_ columns: Int) -> String {
        let count = Width.columns(self)
        return count >= columns ? self : String(repeating: " ", count: columns - count) + self
    }

    /// Left-aligned in a column; what is too long ends in an ellipsis.
    func left(_ columns: Int, ellipsis: String = "…") -> String {
        let count = Width.columns(self)
        if count <= columns { return self + String(repeating: " ", count: columns - count) }
        let room = columns - Width.columns(ellipsis)
        guard room > 0 else { return String(prefix(max(0, columns))) }
        var cut = ""
        var used = 0
        for character in self {
            let width = Width.columns(String(character))
            guard used + width <= room else { break }
            cut.append(character)
            used += width
        }
        return cut + ellipsis + String(repeating: " ", count: room - used)
    }
}
