/// JSON, straight into a table of values.
struct JSON {
    var scanner: ByteScanner

    /// Reads one value.
    mutating func value(
        into table: inout ValueTable, depth: Int = 0
    ) throws(ReadingError)
        -> ValueID
    {
        guard depth < ByteScanner.deepest else {
            throw scanner.error("lists lie deeper than \(ByteScanner.deepest) levels")
        }
        scanner.skipBlanks()
        switch scanner.next {
        case 0x22:
            scanner.skip()
            return table.id(of: .text(try scanner.quoted()))
        case UInt8(ascii: "["):
            return try list(into: &table, depth: depth)
        case UInt8(ascii: "{"):
            return try map(into: &table, depth: depth)
        case UInt8(ascii: "-"), 0x30...0x39:
            return table.id(of: try scanner.number())
        default:
            return table.id(of: try word())
        }
    }

    private mutating func word() throws(ReadingError) -> Value {
        let start = scanner.position
        let before = scanner
        scanner.skip { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        switch scanner.text(from: start) {
        case "null": return .null
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: throw before.error("a value is expected, here is \(before.nextTold)")
        }
    }

    private mutating func list(
        into table: inout ValueTable, depth: Int
    ) throws(ReadingError)
        -> ValueID
    {
        scanner.skip()
        var parts: [ValueID] = []
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "]")) { return table.append(parts) }
        while true {
            parts.append(try value(into: &table, depth: depth + 1))
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: "]")) { return table.append(parts) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func map(
        into table: inout ValueTable, depth: Int
    ) throws(ReadingError)
        -> ValueID
    {
        scanner.skip()
        var parts: [ValueID] = []
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "}")) { return table.append(parts, isMap: true) }
        while true {
            scanner.skipBlanks()
            try expect(0x22)
            parts.append(table.id(of: .text(try scanner.quoted())))
            scanner.skipBlanks()
            try expect(UInt8(ascii: ":"))
            parts.append(try value(into: &table, depth: depth + 1))
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: "}")) { return table.append(parts, isMap: true) }
            try expect(UInt8(ascii: ","))
        }
    }

    /// Takes this byte or says what was expected.
    mutating func expect(_ byte: UInt8) throws(ReadingError) {
        if !scanner.take(byte) {
            throw scanner.error(
                "`\(Character(Unicode.Scalar(byte)))` is expected, here is \(scanner.nextTold)")
        }
    }
}
