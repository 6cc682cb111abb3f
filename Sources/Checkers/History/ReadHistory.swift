extension History {
    /// Reads a history, by its content: squall's own lines, Jepsen's EDN or JSON, or the lines that
    /// Jepsen logs. `kind` overrides what the file says or what its operations suggest. Throws with
    /// the line where it is wrong.
    public init(reading bytes: [UInt8], as kind: Kind? = nil) throws(ReadingError) {
        // Values are counted in 32 bits, and take at least two bytes each.
        guard bytes.count < Int(UInt32.max) else {
            throw ReadingError(line: 0, "a history of 4 GiB or more can't be read")
        }
        var scanner = ByteScanner(bytes)
        scanner.skipBlanks()
        if scanner.isAtEnd { throw ReadingError(line: 0, "the file is empty") }
        switch scanner.next {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "#"),
            UInt8(ascii: ";"):
            self = try Self.structured(bytes, scanner, as: kind)
        default: self = try ForeignReaders.log(bytes, as: kind)
        }
    }

    private static func structured(
        _ bytes: [UInt8], _ start: ByteScanner, as kind: Kind?
    ) throws(ReadingError) -> History {
        // In JSON a quote stands behind the first brace, in EDN a colon.
        var ahead = start
        ahead.skip { byte in
            byte <= 0x20 || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
        }
        guard start.next == UInt8(ascii: "{") || start.next == UInt8(ascii: "["),
            ahead.next == 0x22
        else { return try ForeignReaders.edn(bytes, as: kind) }
        var table = ValueTable()
        var json = JSON(scanner: start)
        let first = try json.value(into: &table)
        return RowsReader.reads(first, table)
            ? try RowsReader.read(bytes, as: kind) : try ForeignReaders.json(bytes, as: kind)
    }
}
