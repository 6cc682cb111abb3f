internal import Cluster

/// Reads JSON from bytes, once from left to right, without a tree and without allocation where the
/// file is large. Every step checks its bound; what does not fit throws, and the caller skips the line.
struct Scanner {
    /// The line does not parse.
    struct Broken: Error {}

    private let base: UnsafePointer<UInt8>
    private let end: Int
    /// The next byte to read.
    private(set) var position: Int

    /// Scans `bytes[range]`; the memory must stay valid meanwhile.
    init(_ base: UnsafePointer<UInt8>, _ range: Range<Int>) {
        self.base = base
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next byte, 0 at the end.
    @inline(__always)
    var next: UInt8 { position < end ? base[position] : 0 }

    /// Whether only blanks are left.
    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return position >= end
        }
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < end,
            base[position] == 0x20 || base[position] == 0x09 || base[position] == 0x0D
        {
            position += 1
        }
    }

    /// Takes the byte if it comes next, after blanks.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        if next != byte {
            skipBlanks()
            if next != byte { return false }
        }
        position += 1
        return true
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(Broken) {
        if !take(byte) { throw Broken() }
    }

    /// Takes exactly these bytes if they come next.
    mutating func take(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount <= end - position else { return false }
        for index in 0..<text.utf8CodeUnitCount
        where text.utf8Start[index] != base[position + index] {
            return false
        }
        position += text.utf8CodeUnitCount
        return true
    }

    // MARK: Numbers

    /// Digits alone; saturates.
    mutating func magnitude() throws(Broken) -> UInt64 {
        guard next.isDigit else { throw Broken() }
        var value: UInt64 = 0
        while next.isDigit {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(next - .zero))
            value = overflow || carry ? .max : sum
            position += 1
        }
        return value
    }

    mutating func signed() throws(Broken) -> Int64 {
        skipBlanks()
        let isNegative = take(.minus)
        return Self.signed(try magnitude(), isNegative: isNegative)
    }

    /// Seconds with up to six decimals, as microseconds; never through floating point.
    mutating func stamp() throws(Broken) -> Stamp {
        skipBlanks()
        let isNegative = take(.minus)
        let whole = try magnitude()
        var fraction: UInt64 = 0
        var digits = 0
        if take(.point) {
            while next.isDigit {
                if digits < 6 { fraction = fraction * 10 + UInt64(next - .zero) }
                digits += 1
                position += 1
            }
        }
        while digits < 6 {
            fraction *= 10
            digits += 1
        }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(fraction)
        let microseconds = overflow || carry ? UInt64.max : sum
        return Stamp(microseconds: Self.signed(microseconds, isNegative: isNegative))
    }

    private static func signed(_ magnitude: UInt64, isNegative: Bool) -> Int64 {
        if isNegative {
            return magnitude > UInt64(Int64.max) ? .min : -Int64(magnitude)
        }
        return Int64(clamping: magnitude)
    }

    /// A number that may be `null` (`nil`), saturating to what `Whole` holds.
    mutating func whole<Whole: FixedWidthInteger & UnsignedInteger>(
        _ type: Whole.Type = Whole.self
    ) throws(Broken) -> Whole? {
        skipBlanks()
        if next == UInt8(ascii: "n") {
            guard take("null") else { throw Broken() }
            return nil
        }
        return Whole(clamping: try magnitude())
    }

    /// Powers of ten that a double holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// A number, `null` as NaN, `"inf"` and `"-inf"`.
    mutating func double() throws(Broken) -> Double {
        skipBlanks()
        if next == UInt8(ascii: "n") || next == .quote { return try notFinite() }
        let start = position
        let (mantissa, exponent, isNegative, isExact) = try decimal()
        if isExact, mantissa <= 1 << 53, abs(exponent) <= 22 {
            let value = Double(mantissa)
            let power = Self.powers[abs(exponent)]
            let scaled = exponent < 0 ? value / power : value * power
            return isNegative ? -scaled : scaled
        }
        guard let value = Double(lexeme(from: start)) else { throw Broken() }
        return value
    }

    /// As `double`, correctly rounded to a float.
    mutating func float() throws(Broken) -> Float {
        skipBlanks()
        if next == UInt8(ascii: "n") || next == .quote { return Float(try notFinite()) }
        let start = position
        let (mantissa, exponent, isNegative, isExact) = try decimal()
        if isExact, mantissa <= 1 << 53, abs(exponent) <= 22 {
            let value = Double(mantissa)
            let power = Self.powers[abs(exponent)]
            let scaled = exponent < 0 ? value / power : value * power
            // Rounding twice is rounding once unless the double lies beside the middle of two floats.
            let low = Int64(scaled.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
            if mantissa == 0 || (abs(low) > 1 && scaled > 0x1p-126 && scaled < 0x1p127) {
                return isNegative ? -Float(scaled) : Float(scaled)
            }
        }
        guard let value = Float(lexeme(from: start)) else { throw Broken() }
        return value
    }

    private mutating func notFinite() throws(Broken) -> Double {
        if take("null") { return .nan }
        if take("\"inf\"") { return .infinity }
        if take("\"-inf\"") { return -.infinity }
        throw Broken()
    }

    /// Digits, exponent and sign; not exact when there are more digits than 64 bits hold.
    private mutating func decimal() throws(Broken) -> (UInt64, Int, Bool, Bool) {
        let isNegative = take(.minus)
        var mantissa: UInt64 = 0
        var exponent = 0
        var isExact = true
        var digits = 0
        while position < end {
            let digit = base[position] &- .zero
            if digit > 9 { break }
            if mantissa < 1_000_000_000_000_000_000 {
                mantissa = mantissa * 10 + UInt64(digit)
            } else {
                isExact = false
            }
            digits += 1
            position += 1
        }
        guard digits > 0 else { throw Broken() }
        if next == .point {
            position += 1
            while position < end {
                let digit = base[position] &- .zero
                if digit > 9 { break }
                if mantissa < 1_000_000_000_000_000_000 {
                    mantissa = mantissa * 10 + UInt64(digit)
                    exponent -= 1
                } else {
                    isExact = false
                }
                position += 1
            }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            let isSmall = next == .minus
            if isSmall || next == .plus { position += 1 }
            let written = Int(clamping: min(try magnitude(), 100_000))
            exponent += isSmall ? -written : written
        }
        return (mantissa, exponent, isNegative, isExact)
    }

    private func lexeme(from start: Int) -> String {
        String(
            decoding: UnsafeBufferPointer(start: base + start, count: position - start),
            as: UTF8.self)
    }

    // MARK: Strings

    /// A string without its quotes; what is no UTF-8 is repaired.
    mutating func string() throws(Broken) -> String {
        try expect(.quote)
        let start = position
        while position < end, base[position] != .quote, base[position] != .backslash {
            position += 1
        }
        guard position < end else { throw Broken() }
        if base[position] == .quote {
            let text = lexeme(from: start)
            position += 1
            return text
        }
        var bytes = Array(UnsafeBufferPointer(start: base + start, count: position - start))
        while position < end {
            let byte = base[position]
            position += 1
            if byte == .quote { return String(decoding: bytes, as: UTF8.self) }
            if byte == .backslash { try escape(into: &bytes) } else { bytes.append(byte) }
        }
        throw Broken()
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Broken) {
        let kind = next
        position += 1
        switch kind {
        case .quote, .backslash, UInt8(ascii: "/"): bytes.append(kind)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "u"):
            var scalar = try fourHexDigits()
            if scalar & 0xFC00 == 0xD800, take("\\u") {
                let low = try fourHexDigits()
                scalar =
                    low & 0xFC00 == 0xDC00
                    ? 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF : 0xFFFD
            }
            let written = Unicode.Scalar(scalar) ?? "\u{FFFD}"
            bytes.append(contentsOf: Character(written).utf8)
        default: throw Broken()
        }
    }

    private mutating func fourHexDigits() throws(Broken) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = next
            let digit: UInt8
            switch byte {
            case .zero ... .nine: digit = byte - .zero
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw Broken()
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Anything

    /// Deeper nesting is no journal.
    private static let deepest = 16

    /// Any value, as a small tree: for the rare kinds of lines.
    mutating func value(depth: Int = 0) throws(Broken) -> JSONValue {
        guard depth < Self.deepest else { throw Broken() }
        skipBlanks()
        switch next {
        case .quote: return .string(try string())
        case .openBrace: return .object(try fields(depth: depth))
        case .openBracket:
            position += 1
            var elements: [JSONValue] = []
            if take(.closeBracket) { return .array(elements) }
            repeat { elements.append(try value(depth: depth + 1)) } while take(.comma)
            try expect(.closeBracket)
            return .array(elements)
        case UInt8(ascii: "t"):
            guard take("true") else { throw Broken() }
            return .bool(true)
        case UInt8(ascii: "f"):
            guard take("false") else { throw Broken() }
            return .bool(false)
        case UInt8(ascii: "n"):
            guard take("null") else { throw Broken() }
            return .null
        default:
            let start = position
            _ = try decimal()
            return .number(lexeme(from: start))
        }
    }

    /// An object with its braces, in the order of the file.
    mutating func fields(depth: Int = 0) throws(Broken) -> [JSONField] {
        try expect(.openBrace)
        var fields: [JSONField] = []
        if take(.closeBrace) { return fields }
        repeat {
            let name = try string()
            try expect(.colon)
            fields.append(JSONField(name: name, value: try value(depth: depth + 1)))
        } while take(.comma)
        try expect(.closeBrace)
        return fields
    }
}
