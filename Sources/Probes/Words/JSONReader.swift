/// Reads JSON (RFC 8259) from bytes; strict, bounded in depth, total.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// One value with nothing but blanks around it.
    mutating func document() -> JSONPage? {
        guard let page = value(0) else { return nil }
        skipBlanks()
        return index == bytes.count ? page : nil
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 32 || byte == 10 || byte == 13 || byte == 9 { index += 1 }
    }

    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ page: JSONPage) -> JSONPage? {
        for offset in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[offset]) { return nil }
        return page
    }

    private mutating func value(_ depth: Int) -> JSONPage? {
        guard depth <= JSONPage.depth else { return nil }
        skipBlanks()
        switch byte {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return list(depth)
        case UInt8(ascii: "\""): return string().map(JSONPage.text)
        case UInt8(ascii: "t"): return word("true", .truth(true))
        case UInt8(ascii: "f"): return word("false", .truth(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func object(_ depth: Int) -> JSONPage? {
        index += 1
        var members: [String: JSONPage] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipBlanks()
            guard byte == UInt8(ascii: "\""), let key = string() else { return nil }
            skipBlanks()
            guard take(UInt8(ascii: ":")), let value = value(depth + 1) else { return nil }
            members[key] = value
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func list(_ depth: Int) -> JSONPage? {
        index += 1
        var items: [JSONPage] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .list(items) }
        while true {
            guard let item = value(depth + 1) else { return nil }
            items.append(item)
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .list(items) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func number() -> JSONPage? {
        let first = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !digits() { return nil }
        if take(UInt8(ascii: ".")), !digits() { return nil }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            index += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if !digits() { return nil }
        }
        return .number(String(decoding: bytes[first..<index], as: UTF8.self))
    }

    private mutating func digits() -> Bool {
        let first = index
        while let byte, (48...57).contains(byte) { index += 1 }
        return index > first
    }

    private mutating func string() -> String? {
        index += 1
        var text: [UInt8] = []
        while let byte {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                text.append(contentsOf: String(scalar).utf8)
            case 0..<32: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return codePoint()
        default: return nil
        }
    }

    /// Four hexadecimal digits, or twice that for a pair of surrogates; a lone one is replaced.
    private mutating func codePoint() -> Unicode.Scalar? {
        guard let high = hexadecimal() else { return nil }
        if let scalar = Unicode.Scalar(high) { return scalar }
        let resume = index
        if high < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
            let low = hexadecimal(), (0xdc00...0xdfff).contains(low)
        {
            return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        }
        index = resume
        return "\u{fffd}"
    }

    private mutating func hexadecimal() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for digit in bytes[index..<(index + 4)] {
            guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(nibble)
        }
        index += 4
        return value
    }
}
