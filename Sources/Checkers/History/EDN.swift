/// The extensible data notation of Clojure (edn-format), as far as histories use it: no metadata, tags
/// are skipped, keywords and symbols become texts.
struct EDN {
    var scanner: ByteScanner

    /// Skips blanks, commas, comments and discarded forms.
    mutating func skipBlanks(into table: inout ValueTable, depth: Int = 0) throws(ReadingError) {
        while true {
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: ",")) { continue }
            if scanner.next == UInt8(ascii: ";") {
                scanner.skip { $0 != 0x0A }
                continue
            }
            guard scanner.next == UInt8(ascii: "#") else { return }
            var ahead = scanner
            ahead.skip()
            guard ahead.take(UInt8(ascii: "_")) else { return }
            scanner = ahead
            _ = try value(into: &table, depth: depth + 1)
        }
    }

    /// Reads one value.
    mutating func value(
        into table: inout ValueTable, depth: Int = 0
    ) throws(ReadingError)
        -> ValueID
    {
        guard depth < ByteScanner.deepest else {
            throw scanner.error("lists lie deeper than \(ByteScanner.deepest) levels")
        }
        try skipBlanks(into: &table, depth: depth)
        switch scanner.next {
        case 0x22:
            scanner.skip()
            return table.id(of: .text(try scanner.quoted()))
        case UInt8(ascii: "["):
            return try sequence(until: UInt8(ascii: "]"), into: &table, depth: depth)
        case UInt8(ascii: "("):
            return try sequence(until: UInt8(ascii: ")"), into: &table, depth: depth)
        case UInt8(ascii: "{"):
            return try sequence(until: UInt8(ascii: "}"), isMap: true, into: &table, depth: depth)
        case UInt8(ascii: "#"):
            return try dispatched(into: &table, depth: depth)
        case 0x30...0x39:
            return table.id(of: try scanner.number())
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            var ahead = scanner
            ahead.skip()
            if case 0x30...0x39 = ahead.next { return table.id(of: try scanner.number()) }
            return table.id(of: try symbol())
        default:
            return table.id(of: try symbol())
        }
    }

    /// `#{set}`, or a tag with the value that it is about.
    private mutating func dispatched(
        into table: inout ValueTable, depth: Int
    )
        throws(ReadingError) -> ValueID
    {
        scanner.skip()
        if scanner.next == UInt8(ascii: "{") {
            return try sequence(until: UInt8(ascii: "}"), into: &table, depth: depth)
        }
        _ = try symbol()
        return try value(into: &table, depth: depth + 1)
    }

    private mutating func sequence(
        until closing: UInt8, isMap: Bool = false, into table: inout ValueTable, depth: Int
    ) throws(ReadingError) -> ValueID {
        let opening = scanner
        scanner.skip()
        var parts: [ValueID] = []
        while true {
            try skipBlanks(into: &table, depth: depth)
            if scanner.take(closing) { break }
            if scanner.isAtEnd {
                throw opening.error("what begins here has no end: \(opening.nextTold)")
            }
            parts.append(try value(into: &table, depth: depth + 1))
        }
        if isMap, parts.count % 2 == 1 { throw opening.error("a map has a key without a value") }
        return table.append(parts, isMap: isMap)
    }

    private mutating func symbol() throws(ReadingError) -> Value {
        let before = scanner
        let isKeyword = scanner.take(UInt8(ascii: ":"))
        let start = scanner.position
        scanner.skip(while: Self.isOfSymbol)
        let text = scanner.text(from: start)
        if text.isEmpty {
            throw before.error("a value is expected, here is \(before.nextTold)")
        }
        if isKeyword { return .text(text) }
        switch text {
        case "nil": return .null
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: return .text(text)
        }
    }

    private static func isOfSymbol(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x22, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            false
        default: true
        }
    }
}
