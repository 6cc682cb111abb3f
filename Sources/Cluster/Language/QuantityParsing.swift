/// The kinds of quantity, as verbs and signals ask for them.
enum Unit: String, Sendable, CaseIterable {
    case time
    case size
    case bandwidth
    case frequency
    case share
    case number

    init(of quantity: Quantity) {
        switch quantity {
        case .time: self = .time
        case .size: self = .size
        case .bandwidth: self = .bandwidth
        case .frequency: self = .frequency
        case .share: self = .share
        case .number: self = .number
        }
    }

    /// One of the kind.
    var example: String {
        switch self {
        case .time: "100ms"
        case .size: "64kB"
        case .bandwidth: "1MB/s"
        case .frequency: "500/s"
        case .share: "5%"
        case .number: "3"
        }
    }

    /// What is proposed when a number stands alone.
    func examples(for number: String) -> String {
        switch self {
        case .time: "\(number)s or \(number)ms?"
        case .size: "\(number)kB or \(number)MB?"
        case .bandwidth: "\(number)MB/s or \(number)Mbit/s?"
        case .frequency: "\(number)/s?"
        case .share: "\(number)%?"
        case .number: "\(number)?"
        }
    }
}

extension Quantity {
    /// One quantity with its unit: `100ms`, `1m30s`, `5%`, `20MB/s`, `500/s`, `256MiB`, `3`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .value) { parser throws(Mistake) in
            try parser.quantity()
        }
    }
}

extension Duration {
    /// A time as commands write it: `100ms`, `1m30s`, `0`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .time) { parser throws(Mistake) in try parser.time() }
    }
}

extension Parser {
    mutating func quantity() throws(Mistake) -> Quantity {
        skipBlanks()
        guard Self.isDigit(byte(offset)) else { throw unexpected() }
        let range = number()
        let quantity = try quantity(in: range)
        offset = range.upperBound
        return quantity
    }

    /// A quantity of the kind that the verb or signal takes.
    mutating func quantity(_ unit: Unit) throws(Mistake) -> Quantity {
        skipBlanks()
        let range = next()
        let quantity = try quantity()
        return try self.quantity(quantity, in: range, mustBe: [unit], of: nil)
    }

    /// `0` is a time as well; everything else has to be of one of the kinds.
    func quantity(
        _ quantity: Quantity, in range: Range<Int>, mustBe units: [Unit], of whom: String?
    ) throws(Mistake) -> Quantity {
        let unit = Unit(of: quantity)
        if units.contains(unit) { return quantity }
        if quantity == .number(Fixed(0)), units.contains(.time) { return .time(.zero) }
        let written = text(range)
        let wanted = units.map { "a \($0.rawValue)" }.joined(separator: " or ")
        let message =
            whom.map { "'\($0)' is \(wanted), '\(written)' is a \(unit.rawValue)" }
            ?? "expected \(wanted), '\(written)' is a \(unit.rawValue)"
        throw Mistake(
            range: range, message: message, hint: hint(for: quantity, written, units[0]))
    }

    private func hint(for quantity: Quantity, _ written: String, _ wanted: Unit) -> String? {
        switch (quantity, wanted) {
        case (.number(let number), .share) where number < Fixed(1) && number > Fixed(0):
            "\(Quantity.decimal(number.millionths, places: 4))%?"
        case (.number, _): wanted.examples(for: written)
        case (.size, .bandwidth): "\(written)/s?"
        case (.share, .number): "without '%'"
        default: "like \(wanted.example)"
        }
    }

    mutating func time() throws(Mistake) -> Duration {
        if case .time(let time) = try quantity(.time) { return time }
        throw unexpected()
    }

    mutating func share(atMostAll: Bool) throws(Mistake) -> Share {
        skipBlanks()
        let range = next()
        guard case .share(let share) = try quantity(.share) else { throw unexpected() }
        if atMostAll { try refuseMoreThanAll(.share(share), in: range) }
        return share
    }

    func refuseMoreThanAll(_ quantity: Quantity, in range: Range<Int>) throws(Mistake) {
        guard case .share(let share) = quantity, share.billionths > 1_000_000_000 else { return }
        throw Mistake(range: range, message: "more than all packets", hint: "at most 100%")
    }

    mutating func size() throws(Mistake) -> ByteCount {
        if case .size(let size) = try quantity(.size) { return size }
        throw unexpected()
    }

    mutating func fixed() throws(Mistake) -> Fixed {
        if case .number(let number) = try quantity(.number) { return number }
        throw unexpected()
    }

    /// A whole number in a range.
    mutating func whole(_ allowed: ClosedRange<Int>, _ what: String) throws(Mistake) -> Int {
        let range = next()
        let number = try fixed()
        let whole = Int(number.millionths / 1_000_000)
        guard number.millionths % 1_000_000 == 0, allowed.contains(whole) else {
            throw Mistake(
                range: range,
                message: "\(what) is a whole number from \(allowed.lowerBound) to "
                    + "\(allowed.upperBound)")
        }
        return whole
    }

    // MARK: One number with its unit

    /// A decimal number as it was written: `1.25` is 125 with two places.
    private struct Written {
        var digits: Int128 = 0
        var places = 0
    }

    private func quantity(in range: Range<Int>) throws(Mistake) -> Quantity {
        var index = range.lowerBound
        let written = try written(&index, in: range)
        let unit = unitText(&index, in: range)
        if let nanoseconds = Self.nanoseconds[unit] {
            return .time(try joinedTime(written, nanoseconds, from: index, in: range))
        }
        guard index == range.upperBound else { throw badUnit(in: range) }
        switch unit {
        case "":
            return .number(Fixed(millionths: try scaled(written, 1_000_000, "a millionth", range)))
        case "%":
            return .share(
                Share(billionths: try scaled(written, 10_000_000, "0.0000001%", range)))
        case "/s":
            let rate = try scaled(written, 60_000_000, "a millionth a minute", range)
            return .frequency(Frequency(millionthsPerMinute: rate))
        case "/m":
            let rate = try scaled(written, 1_000_000, "a millionth a minute", range)
            return .frequency(Frequency(millionthsPerMinute: rate))
        default: break
        }
        if let bytes = Self.bytes[unit] {
            return .size(ByteCount(bytes: try scaled(written, bytes, "a byte", range)))
        }
        if unit.hasSuffix("/s"), let bytes = Self.bytes[String(unit.dropLast(2))] {
            let rate = try scaled(written, bytes * 8, "a bit a second", range)
            return .bandwidth(Bandwidth(bitsPerSecond: rate))
        }
        if let bits = Self.bits[unit] {
            let rate = try scaled(written, bits, "a bit a second", range)
            return .bandwidth(Bandwidth(bitsPerSecond: rate))
        }
        throw badUnit(in: range)
    }

    private func written(_ index: inout Int, in range: Range<Int>) throws(Mistake) -> Written {
        var number = Written()
        var sawPoint = false
        let start = index
        while index < range.upperBound {
            if bytes[index] == 0x2E, !sawPoint, Self.isDigit(byte(index + 1)) {
                sawPoint = true
            } else if Self.isDigit(bytes[index]) {
                number.digits = number.digits * 10 + Int128(bytes[index] - 0x30)
                if sawPoint { number.places += 1 }
            } else {
                break
            }
            index += 1
            if index - start > 24 {
                throw Mistake(range: range, message: "too many digits")
            }
        }
        return number
    }

    private func unitText(_ index: inout Int, in range: Range<Int>) -> String {
        let start = index
        while index < range.upperBound, !Self.isDigit(bytes[index]), bytes[index] != 0x2E {
            index += 1
        }
        return text(start..<index)
    }

    private func joinedTime(
        _ first: Written, _ factor: Int128, from start: Int, in range: Range<Int>
    ) throws(Mistake) -> Duration {
        var total = Int128(try scaled(first, factor, "a nanosecond", range))
        var index = start
        while index < range.upperBound {
            guard Self.isDigit(bytes[index]) else { throw badUnit(in: range) }
            let part = try written(&index, in: range)
            guard let factor = Self.nanoseconds[unitText(&index, in: range)] else {
                throw badUnit(in: range)
            }
            total += Int128(try scaled(part, factor, "a nanosecond", range))
        }
        guard let nanoseconds = Int64(exactly: total) else { throw tooLarge(range) }
        return .nanoseconds(nanoseconds)
    }

    private func scaled(
        _ number: Written, _ factor: Int128, _ finest: String, _ range: Range<Int>
    ) throws(Mistake) -> Int64 {
        var value = number.digits * factor
        for _ in 0..<number.places {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 {
                throw Mistake(
                    range: range, message: "'\(text(range))' is finer than \(finest)")
            }
            value = quotient
        }
        guard let whole = Int64(exactly: value) else { throw tooLarge(range) }
        return whole
    }

    private func tooLarge(_ range: Range<Int>) -> Mistake {
        Mistake(range: range, message: "'\(text(range))' is too large")
    }

    /// The hints of what other tools write.
    private func badUnit(in range: Range<Int>) -> Mistake {
        let written = text(range)
        let number = String(written.prefix { $0.isNumber || $0 == "." })
        let unit = written.dropFirst(number.count)
        let hasTwoPoints = number.count { $0 == "." } > 1
        if hasTwoPoints || unit.contains(where: \.isNumber) || number.hasSuffix(".")
            || unit.hasPrefix(".")
        {
            return Mistake(
                range: range, message: "'\(written)' is no quantity",
                hint: "a number and its unit, like 100ms, 1m30s, 5%, 20MB/s")
        }
        let hint: String? =
            switch unit {
            case "KB", "K", "k", "kb", "Kb": "\(number)kB (1000 bytes) or \(number)KiB (1024)?"
            case "M", "mb", "Mb": "\(number)MB (1000 kB) or \(number)MiB (1024 KiB)?"
            case "G", "gb", "Gb": "\(number)GB (1000 MB) or \(number)GiB (1024 MiB)?"
            case "b": "\(number)B?"
            case "kbps", "Kbps", "kb/s", "Kb/s", "kbits/s", "Kbit/s", "KB/s":
                "\(number)kbit/s or \(number)kB/s?"
            case "Mbps", "mbps", "MBps", "Mb/s", "mb/s", "Mbits/s", "mbit/s", "MBPS":
                "\(number)Mbit/s or \(number)MB/s?"
            case "Gbps", "gbps", "Gb/s", "gb/s", "Gbits/s", "gbit/s":
                "\(number)Gbit/s or \(number)GB/s?"
            case "sec", "secs", "second", "seconds", "S", "/h": "\(number)s?"
            case "min", "mins", "minute", "minutes": "\(number)m?"
            case "hour", "hours", "hr", "H": "\(number)h?"
            case "msec", "msecs", "millis", "MS": "\(number)ms?"
            case "µs", "μs", "usec", "micros": "\(number)us?"
            case "d", "day", "days": "in hours, like 24h"
            case "rps", "qps", "Hz", "hz", "ops", "ops/s", "req/s", "/sec": "\(number)/s?"
            default: "units are ns us ms s m h, B kB MB GB KiB MiB GiB, MB/s Mbit/s, /s /m, %"
            }
        return Mistake(range: range, message: "unknown unit '\(unit)'", hint: hint)
    }

    private static let nanoseconds: [String: Int128] = [
        "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    private static let bytes: [String: Int128] = [
        "B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10,
        "MiB": 1 << 20, "GiB": 1 << 30,
    ]

    private static let bits: [String: Int128] = [
        "bit/s": 1, "kbit/s": 1_000, "Mbit/s": 1_000_000, "Gbit/s": 1_000_000_000,
    ]
}
