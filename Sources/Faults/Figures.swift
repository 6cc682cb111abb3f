internal import Glibc

/// Numbers as they are written in proofs.
enum Figures {
    /// `+200 ms`, `+200.3`, `-0.1`: nanoseconds, in milliseconds, one decimal where it says something.
    static func gain(_ nanoseconds: Double, unit: Bool = true) -> String {
        let tenths = (nanoseconds / 100_000).rounded()
        let hundredths = (nanoseconds / 10_000).rounded()
        // Below 10 ms a tenth is coarse.
        let text =
            abs(tenths) < 100
            ? decimal(hundredths / 100, places: 2) : decimal(tenths / 10, places: 1)
        return (nanoseconds < 0 ? "" : "+") + text + (unit ? " ms" : "")
    }

    /// `0.05 ms`, `12.3 ms`: nanoseconds, in milliseconds.
    static func milliseconds(_ nanoseconds: Double) -> String {
        decimal(nanoseconds / 1_000_000, places: nanoseconds < 10_000_000 ? 2 : 1) + " ms"
    }

    /// `5%`, `0.05%`.
    static func percent(_ share: Double) -> String {
        let places = share >= 0.1 ? 1 : share >= 0.001 ? 2 : 3
        return decimal(share * 100, places: places) + "%"
    }

    /// `1.2 MB/s`: bytes a second, three digits or so.
    static func rate(_ bytes: Double) -> String {
        let (scale, unit) =
            bytes >= 1e9
            ? (1e9, "GB/s")
            : bytes >= 1e6 ? (1e6, "MB/s") : bytes >= 1e3 ? (1e3, "kB/s") : (1, "B/s")
        let value = bytes / scale
        return decimal(value, places: value >= 100 ? 0 : value >= 10 ? 1 : 2) + " " + unit
    }

    /// `1,024`.
    static func count(_ number: UInt64) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// At most so many decimals, no trailing zeros.
    private static func decimal(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64(min(1e15, max(-1e15, (value * scale).rounded())))
        let (whole, rest) = abs(scaled).quotientAndRemainder(dividingBy: Int64(scale))
        var digits = String(rest)
        digits = String(repeating: "0", count: max(0, places - digits.count)) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return (scaled < 0 ? "-" : "") + "\(whole)" + (digits.isEmpty ? "" : ".\(digits)")
    }

    /// e to the power of x.
    static func exponential(_ x: Double) -> Double { exp(x) }

    /// The share of a standard normal variable below z.
    static func normalShare(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}
