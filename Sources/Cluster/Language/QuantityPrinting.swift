extension Quantity {
    /// The canonical text: parsing it gives the same value.
    public var text: String {
        switch self {
        case .time(let time): time.text
        case .size(let size): size.text
        case .bandwidth(let bandwidth): bandwidth.text
        case .frequency(let frequency): frequency.text
        case .share(let share): share.text
        case .number(let number): number.text
        }
    }

    /// A number with a decimal point `places` from the right, without trailing zeros.
    static func decimal(_ value: Int64, places: Int) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        var fraction = padded.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = padded.dropLast(places)
        return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// The shortest of a value's spellings, the first of equals: a unit counts when the number in
    /// front of it is at least 1 and has at most three decimals.
    static func shortest(
        _ value: Int64, in units: [(word: String, size: Int64)], decimals: Bool = true
    ) -> String {
        var best: String?
        for (word, size) in units where value >= size || size == 1 {
            let thousandths = (value % size).multipliedReportingOverflow(by: 1000)
            guard !thousandths.overflow, thousandths.partialValue % size == 0 else { continue }
            let part = thousandths.partialValue / size
            if part != 0, !decimals { continue }
            let written =
                String(value / size)
                + (part == 0 ? "" : String(decimal(1000 + part, places: 3).dropFirst())) + word
            if best.map({ written.utf8.count < $0.utf8.count }) ?? true { best = written }
        }
        return best ?? "\(value)" + (units.last?.word ?? "")
    }
}

extension Duration {
    /// The canonical text, in nanoseconds at the finest: `100ms`, `1.5s`, `1m30s`, `0s`.
    public var text: String {
        let total = nanoseconds
        guard total > 0 else { return total == 0 ? "0s" : "-" + (Duration.zero - self).text }
        switch total {
        case ..<1_000: return "\(total)ns"
        case ..<1_000_000: return Quantity.decimal(total, places: 3) + "us"
        case ..<1_000_000_000: return Quantity.decimal(total, places: 6) + "ms"
        default: break
        }
        let hours = total / 3_600_000_000_000
        let minutes = total / 60_000_000_000 % 60
        let rest = total % 60_000_000_000
        return (hours > 0 ? "\(hours)h" : "") + (minutes > 0 ? "\(minutes)m" : "")
            + (rest > 0 ? Quantity.decimal(rest, places: 9) + "s" : "")
    }
}

extension ByteCount {
    /// The canonical text: `256MB`, `1.5kB`, `4KiB`.
    public var text: String {
        Quantity.shortest(
            bytes,
            in: [
                ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("GiB", 1 << 30),
                ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
            ])
    }
}

extension Bandwidth {
    /// The canonical text, in bytes where it is a whole number of them: `20MB/s`, `12.5MB/s`.
    public var text: String {
        Quantity.shortest(
            bitsPerSecond,
            in: [
                ("GB/s", 8_000_000_000), ("MB/s", 8_000_000), ("kB/s", 8_000), ("B/s", 8),
                ("Gbit/s", 1_000_000_000), ("Mbit/s", 1_000_000), ("kbit/s", 1_000), ("bit/s", 1),
            ])
    }
}

extension Frequency {
    /// The canonical text: `500/s`, `30/m`.
    public var text: String {
        let (perSecond, rest) = millionthsPerMinute.quotientAndRemainder(dividingBy: 60)
        let aMinute = Quantity.decimal(millionthsPerMinute, places: 6) + "/m"
        guard rest == 0 else { return aMinute }
        let aSecond = Quantity.decimal(perSecond, places: 6) + "/s"
        return aSecond.utf8.count <= aMinute.utf8.count ? aSecond : aMinute
    }
}

extension Share {
    /// The canonical text: `5%`, `0.05%`.
    public var text: String { Quantity.decimal(billionths, places: 7) + "%" }
}

extension Fixed {
    /// The canonical text: `3`, `0.5`.
    public var text: String { Quantity.decimal(millionths, places: 6) }
}
