/// Numbers for people; what was not measured is a dash.
enum Spoken {
    /// `1.24 s`, `310 ms`, `85 us`, `3 min 20 s`.
    static func time(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return "–" }
        let value = max(0, seconds)
        if value == 0 { return "0 s" }
        if value < 0.000_999_5 { return fixed(value * 1e6, 0) + " us" }
        if value < 0.009_95 { return fixed(value * 1e3, 1) + " ms" }
        if value < 0.999_5 { return fixed(value * 1e3, 0) + " ms" }
        if value < 9.995 { return fixed(value, 2) + " s" }
        if value < 99.95 { return fixed(value, 1) + " s" }
        let whole = Int64(min(value, 1e12).rounded())
        return "\(whole / 60) min \(whole % 60) s"
    }

    /// `99.98 %`; never rounded up to a hundred.
    static func share(_ share: Double?) -> String {
        guard let share, share.isFinite else { return "–" }
        let hundredths = share >= 1 ? 10_000 : min(9_999, (share * 10_000).rounded())
        return hundredths == 10_000 ? "100 %" : fixed(hundredths / 100, 2) + " %"
    }

    /// `212/s`.
    static func rate(_ rate: Double?) -> String {
        guard let rate, rate.isFinite else { return "–" }
        return fixed(rate, rate < 10 ? 1 : 0) + "/s"
    }

    /// `04:11.2`.
    static func clock(_ seconds: Double) -> String {
        let tenths = Int64(min(max(0, seconds), 1e9) * 10)
        return "\(two(tenths / 600)):\(two(tenths / 10 % 60)).\(tenths % 10)"
    }

    /// `seeds 7, 9 and 13`.
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// With so many decimals; no locale can change the point.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((min(max(value, -1e12), 1e12) * Double(scale)).rounded())
        let (whole, rest) = (scaled.magnitude / UInt64(scale), scaled.magnitude % UInt64(scale))
        let sign = scaled < 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(whole)" }
        let digits = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
