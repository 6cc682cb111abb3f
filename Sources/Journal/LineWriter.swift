internal import Cluster

/// Appends JSON to a line of bytes. An own writer, because the file is read by `grep` and by our own
/// scanner: the order of fields, the six decimals of times and the shortest numbers matter.
struct LineWriter {
    /// What was written so far.
    var bytes: [UInt8] = []

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    /// `,"key":`
    mutating func key(_ key: StaticString) {
        raw(",\"")
        raw(key)
        raw("\":")
    }

    mutating func integer(_ value: some BinaryInteger) {
        if value < 0 { byte(.minus) }
        digits(UInt64(value.magnitude))
    }

    private mutating func digits(_ value: UInt64) {
        if value < 10 { return byte(.zero + UInt8(value)) }
        var rest = value
        let start = bytes.count
        while rest > 0 {
            bytes.append(.zero + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// Seconds with exactly six decimals.
    mutating func stamp(_ stamp: Stamp) {
        if stamp.microseconds < 0 { byte(.minus) }
        let magnitude = stamp.microseconds.magnitude
        digits(magnitude / 1_000_000)
        byte(.point)
        var divisor: UInt64 = 100_000
        let rest = magnitude % 1_000_000
        while divisor > 0 {
            byte(.zero + UInt8(truncatingIfNeeded: rest / divisor % 10))
            divisor /= 10
        }
    }

    /// The shortest digits that give the same value again; `null` is NaN, infinities are strings
    /// since JSON has no word for them.
    mutating func number(_ value: Float) {
        if value.isFinite {
            if value == value.rounded(), abs(value) < 16_777_216, value != 0 || value.sign == .plus
            {
                return integer(Int32(value))
            }
            bytes.append(contentsOf: value.description.utf8)
        } else {
            notFinite(isNaN: value.isNaN, isNegative: value < 0)
        }
    }

    /// As for `Float`.
    mutating func number(_ value: Double) {
        if value.isFinite {
            bytes.append(contentsOf: value.description.utf8)
        } else {
            notFinite(isNaN: value.isNaN, isNegative: value < 0)
        }
    }

    private mutating func notFinite(isNaN: Bool, isNegative: Bool) {
        if isNaN { raw("null") } else if isNegative { raw("\"-inf\"") } else { raw("\"inf\"") }
    }

    mutating func string(_ text: String) {
        byte(.quote)
        for unit in text.utf8 {
            switch unit {
            case .quote, .backslash:
                byte(.backslash)
                byte(unit)
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            case 0..<0x20, 0x7F:
                raw("\\u00")
                byte(Self.hex(unit >> 4))
                byte(Self.hex(unit & 15))
            default: byte(unit)
            }
        }
        byte(.quote)
    }

    private static func hex(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? .zero + nibble : UInt8(ascii: "a") + nibble - 10
    }

    // Fields that are left out when they say nothing.

    mutating func field(_ name: StaticString, text: String) {
        key(name)
        string(text)
    }

    mutating func field(_ name: StaticString, unlessEmpty text: String) {
        if !text.isEmpty { field(name, text: text) }
    }

    mutating func field(_ name: StaticString, text: String?) {
        if let text { field(name, text: text) }
    }

    mutating func field(_ name: StaticString, integer value: (some BinaryInteger)?) {
        guard let value else { return }
        key(name)
        integer(value)
    }

    mutating func field(_ name: StaticString, stamp value: Stamp?) {
        guard let value else { return }
        key(name)
        stamp(value)
    }

    mutating func field(_ name: StaticString, fault value: FaultID?) {
        field(name, integer: value?.number)
    }

    mutating func field(_ name: StaticString, onlyIf flag: Bool) {
        guard flag else { return }
        key(name)
        raw("true")
    }

    /// `[a,b,c]`
    mutating func list<Element>(
        _ elements: [Element], _ write: (inout LineWriter, Element) -> Void
    ) {
        byte(.openBracket)
        for index in elements.indices {
            if index > 0 { byte(.comma) }
            write(&self, elements[index])
        }
        byte(.closeBracket)
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let point = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")

    var isDigit: Bool { self >= .zero && self <= .nine }
}
