internal import Cluster

/// One number, word or truth that a signal tells of one node, one link or the whole cluster.
struct Figure {
    /// Of whom: `lag(kv-2)`, `availability during split`.
    var label: String
    var reading: Reading

    enum Reading {
        case number(Double, Unit)
        /// Words that all name it: ours and the engine's own.
        case words([String])
        case truth(Bool)
        /// No node, no sample, no window; the text says which.
        case unknown(String)
    }

    /// What a number counts, for people.
    enum Unit {
        case seconds
        case bytes
        case perSecond
        case share
        case plain
    }

    /// `lag(kv-2) 6.2s`
    var told: String {
        switch reading {
        case .number(let value, let unit): "\(label) \(Figure.text(value, unit))"
        case .words(let words): "\(label) \(words.first ?? "-")"
        case .truth(let truth): truth ? label : "not \(label)"
        case .unknown(let why): why.isEmpty ? "\(label) unknown" : "\(label) unknown: \(why)"
        }
    }

    /// Three figures are enough for a verdict, and more would only be noise.
    static func text(_ value: Double, _ unit: Unit) -> String {
        switch unit {
        case .seconds where abs(value) < 0.001 && value != 0: rounded(value * 1_000_000) + "us"
        case .seconds where abs(value) < 1 && value != 0: rounded(value * 1_000) + "ms"
        case .seconds: rounded(value) + "s"
        case .bytes where abs(value) >= 1e9: rounded(value / 1e9) + "GB"
        case .bytes where abs(value) >= 1e6: rounded(value / 1e6) + "MB"
        case .bytes where abs(value) >= 1e3: rounded(value / 1e3) + "kB"
        case .bytes: rounded(value) + "B"
        case .perSecond: rounded(value) + "/s"
        case .share: rounded(value * 100, digits: 2) + "%"
        case .plain: rounded(value)
        }
    }

    private static func rounded(_ value: Double, digits: Int? = nil) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let places = digits ?? (abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2)
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        let whole = scaled.magnitude / UInt64(scale)
        var fraction = String(scaled.magnitude % UInt64(scale))
        while fraction.count < places { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let sign = scaled < 0 ? "-" : ""
        return places == 0 || fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }
}

extension Quantity {
    /// The value in seconds, bytes, events a second, a share of one, or as it is. Bandwidths in bytes
    /// a second.
    var magnitude: Double {
        switch self {
        case .time(let time): time.inSeconds
        case .size(let size): Double(size.bytes)
        case .bandwidth(let bandwidth): bandwidth.bytesPerSecond
        case .frequency(let frequency): frequency.perSecond
        case .share(let share): share.value
        case .number(let number): number.value
        }
    }
}
