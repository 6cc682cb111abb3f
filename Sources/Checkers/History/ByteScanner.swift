/// Reads bytes once from left to right, counts lines, and never reads beyond the end.
struct ByteScanner {
    private let bytes: [UInt8]
    private let end: Int
    /// The next byte to read.
    private(set) var position: Int
    /// The line it is in, from 1.
    private(set) var line: Int

    /// How deep lists may lie in lists: nobody writes deeper ones, and each level costs stack.
    static let deepest = 64

    init(_ bytes: [UInt8], _ range: Range<Int>? = nil, line: Int = 1) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
        self.line = line
    }

    var isAtEnd: Bool { position >= end }

    /// The next byte, 0 at the end.
    @inline(__always)
    var next: UInt8 { position < end ? bytes[position] : 0 }

    @inline(__always)
    mutating func skip() {
        if next == UInt8(ascii: "\n") { line += 1 }
        if position < end { position += 1 }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        skip()
        return true
    }

    mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while position < end, isSkipped(bytes[position]) { skip() }
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0D: position += 1
            case 0x0A: skip()
            default: return
            }
        }
    }

    /// The bytes from `start` to here as text; what is no UTF-8 becomes the replacement character.
    func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func error(_ message: String) -> ReadingError { ReadingError(line: line, message) }

    /// What comes next, in words.
    var nextTold: String {
        if isAtEnd { return "the end" }
        let upTo = bytes[position..<min(end, position + 16)].prefix { $0 >= 0x20 }
        return upTo.isEmpty ? "byte \(next)" : "`\(String(decoding: upTo, as: UTF8.self))`"
    }

    // MARK: What JSON and EDN have in common

    /// A number as both write it: whole ones of 64 bits by value, others as written.
    mutating func number() throws(ReadingError) -> Value {
        let start = position
        var value: Int64 = 0
        var fits = true
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        let digits = position
        while case 0x30...0x39 = next {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(next - 0x30)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(digit)
                : product.addingReportingOverflow(digit)
            fits = fits && !overflow && !carry
            value = sum
            position += 1
        }
        guard position > digits else { throw error("a number has no digits: \(nextTold)") }
        let whole = position
        while Self.isOfNumber(next) { position += 1 }
        return whole == position && fits ? .integer(value) : .number(text(from: start))
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), 0x2B, 0x2D,
            UInt8(ascii: "N"), UInt8(ascii: "M"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// A text behind its opening quote.
    mutating func quoted() throws(ReadingError) -> String {
        let start = position
        while position < end, bytes[position] != 0x22, bytes[position] != 0x5C { skip() }
        if take(0x22) { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
        var text = Array(bytes[start..<position])
        while !isAtEnd {
            if take(0x22) { return String(decoding: text, as: UTF8.self) }
            if take(0x5C) {
                try escaped(into: &text)
            } else {
                text.append(next)
                skip()
            }
        }
        throw error("a text has no closing quote")
    }

    private mutating func escaped(into text: inout [UInt8]) throws(ReadingError) {
        let byte = next
        skip()
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case 0x22, 0x5C, UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            // A pair of surrogates is one character.
            if (0xD800..<0xDC00).contains(code), take(0x5C), take(UInt8(ascii: "u")) {
                let low = try hexadecimal()
                code =
                    (0xDC00..<0xE000).contains(low)
                    ? 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) : 0xFFFD
            }
            text.append(contentsOf: Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8))
        default: throw error("a text has an escape that is none")
        }
    }

    private mutating func hexadecimal() throws(ReadingError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                throw error("\\u takes four digits")
            }
            code = code << 4 | UInt32(digit)
            skip()
        }
        return code
    }
}
