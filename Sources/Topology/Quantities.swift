/// Values with units, as the file writes them. Each either reads the whole text or says what to
/// write instead; nothing is rounded away.
enum Quantities {
    /// A value, or the sentence that goes behind the caret.
    enum Outcome<Value> {
        case value(Value)
        case wrong(hint: String)
    }

    /// `500ms`, `1m30s`, `0`: up to nanoseconds, at most a hundred years.
    static func time(_ text: String) -> Outcome<Duration> {
        if text == "0" { return .value(.zero) }
        var rest = Substring(text)
        var total: Int64 = 0
        var lastUnit = Int64.max
        guard !rest.isEmpty else {
            return .wrong(hint: "write a time with its unit: 5s, 500ms, 1m30s")
        }
        while !rest.isEmpty {
            guard let number = decimal(&rest) else {
                return .wrong(hint: "write a time with its unit: 5s, 500ms, 1m30s")
            }
            let unit = rest.prefix { $0.isLetter || $0 == "µ" }
            rest = rest.dropFirst(unit.count)
            guard !unit.isEmpty else {
                return rest.isEmpty && lastUnit == .max
                    ? .wrong(hint: "\(text)s or \(text)ms?")
                    : .wrong(hint: "write a time with its unit: 5s, 500ms, 1m30s")
            }
            guard let size = timeUnits[String(unit)] else {
                let known = "units of time are ns us ms s m h"
                if let near = timeNames[unit.lowercased()] {
                    return .wrong(hint: "\(known): \(number.text)\(near)?")
                }
                return .wrong(hint: known)
            }
            guard size < lastUnit else {
                return .wrong(hint: "larger units come first: 1h30m, 1m30s")
            }
            lastUnit = size
            guard let part = number.scaled(by: size), total.addIfPossible(part),
                total <= 3_155_760_000_000_000_000
            else {
                return .wrong(hint: "at most a hundred years, at least whole nanoseconds")
            }
        }
        return .value(.nanoseconds(total))
    }

    /// `256MB`, `64KiB`, in bytes.
    static func size(_ text: String) -> Outcome<Int64> {
        var rest = Substring(text)
        guard let number = decimal(&rest) else { return .wrong(hint: "write a size: 256MB, 64KiB") }
        let unit = String(rest)
        guard let size = sizeUnits[unit] else {
            switch unit {
            case "KB", "K", "k", "Kb":
                return .wrong(hint: "\(number.text)kB (1000) or \(number.text)KiB (1024)?")
            case "M", "m", "Mb", "mb":
                return .wrong(hint: "\(number.text)MB (1000²) or \(number.text)MiB (1024²)?")
            case "G", "g", "Gb", "gb":
                return .wrong(hint: "\(number.text)GB (1000³) or \(number.text)GiB (1024³)?")
            case "": return .wrong(hint: "\(number.text)B, \(number.text)kB or \(number.text)MB?")
            default:
                return .wrong(hint: "units of size are B kB MB GB (1000) and KiB MiB GiB (1024)")
            }
        }
        guard let bytes = number.scaled(by: size) else {
            return .wrong(hint: "whole bytes, please")
        }
        return .value(bytes)
    }

    /// `500/s`, `30/m`, in events a second.
    static func frequency(_ text: String) -> Outcome<Double> {
        var rest = Substring(text)
        guard let number = decimal(&rest) else {
            return .wrong(hint: "write a frequency: 200/s, 30/m")
        }
        switch rest {
        case "/s": return .value(number.value)
        case "/m": return .value(number.value / 60)
        case "": return .wrong(hint: "\(number.text)/s?")
        case "rps", "qps", "req/s", "op/s", "ops/s", "/sec", "Hz", "hz":
            return .wrong(hint: "\(number.text)/s?")
        case "/min", "rpm": return .wrong(hint: "\(number.text)/m?")
        default: return .wrong(hint: "write a frequency: 200/s, 30/m")
        }
    }

    /// `100ms..10s`; a single time is a range of one.
    static func range(_ text: String) -> Outcome<ClosedRange<Duration>> {
        guard let dots = text.firstRange(of: "..") else {
            switch time(text) {
            case .value(let low):
                let high = low < .seconds(10) ? "\(text)..10s" : "1s..\(text)"
                return .wrong(hint: "write a range: \(high)")
            case .wrong: return .wrong(hint: "write a range: 100ms..10s")
            }
        }
        switch (time(String(text[..<dots.lowerBound])), time(String(text[dots.upperBound...]))) {
        case (.value(let low), .value(let high)):
            guard low <= high else { return .wrong(hint: "the smaller one comes first") }
            return .value(low...high)
        case (.wrong(let hint), _), (_, .wrong(let hint)): return .wrong(hint: hint)
        }
    }

    /// A whole number as people write it: digits, without signs, blanks, underscores or zeros
    /// ahead.
    static func number(_ text: String) -> Outcome<Int> {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            let digits = text.filter { $0.isASCII && $0.isNumber }
            let others = text.filter { !($0.isASCII && $0.isNumber) }
            let onlyMarks = !digits.isEmpty && others.allSatisfy { "_,'".contains($0) }
            return .wrong(hint: onlyMarks ? "write \(digits)" : "write digits only")
        }
        guard text.count == 1 || !text.hasPrefix("0") else {
            return .wrong(
                hint: "write \(String(text.drop { $0 == "0" })): there are no octal numbers here")
        }
        guard let number = Int(text) else { return .wrong(hint: "that is too large") }
        return .value(number)
    }

    private static let timeUnits: [String: Int64] = [
        "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]
    private static let timeNames = [
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m",
        "minute": "m", "minutes": "m", "msec": "ms", "millis": "ms", "hour": "h", "hours": "h",
        "hr": "h", "µs": "us", "μs": "us", "usec": "us", "d": "h",
    ]
    private static let sizeUnits: [String: Int64] = [
        "B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20,
        "GiB": 1 << 30,
    ]

    /// A decimal number as written: digits, perhaps a point and at most nine digits behind it.
    private struct Decimal {
        var text: String
        var whole: Int64
        var fraction: Int64
        /// 10 to the number of digits behind the point.
        var denominator: Int64

        var value: Double { Double(whole) + Double(fraction) / Double(denominator) }

        /// In a smaller unit; `nil` when it does not come out whole, or is too large.
        func scaled(by size: Int64) -> Int64? {
            let (major, overflow) = whole.multipliedReportingOverflow(by: size)
            let (minor, overflowing) = fraction.multipliedReportingOverflow(by: size)
            guard !overflow, !overflowing, minor % denominator == 0 else { return nil }
            let (sum, carried) = major.addingReportingOverflow(minor / denominator)
            return carried ? nil : sum
        }
    }

    private static func decimal(_ rest: inout Substring) -> Decimal? {
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        guard !whole.isEmpty, whole.count <= 15, let major = Int64(whole) else { return nil }
        var number = Decimal(text: String(whole), whole: major, fraction: 0, denominator: 1)
        rest = rest.dropFirst(whole.count)
        guard rest.first == ".", !rest.hasPrefix("..") else { return number }
        let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count <= 9, let minor = Int64(digits) else { return nil }
        number.text += "." + digits
        number.fraction = minor
        for _ in digits { number.denominator *= 10 }
        rest = rest.dropFirst(1 + digits.count)
        // `1.5.2s` is a mistake of its own.
        return rest.first == "." && !rest.hasPrefix("..") ? nil : number
    }
}

extension Int64 {
    /// Adds, unless the sum is too large.
    fileprivate mutating func addIfPossible(_ other: Int64) -> Bool {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? self : sum
        return !overflow
    }
}
