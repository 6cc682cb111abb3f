/// Jepsen's histories: EDN, the same as JSON, and the lines that it logs.
enum ForeignReaders {
    /// One map after the other, or one list of them; `(` and a tag before it are allowed.
    static func edn(_ bytes: [UInt8], as kind: History.Kind?) throws(ReadingError) -> History {
        var events = JepsenEvents()
        var edn = EDN(scanner: ByteScanner(bytes))
        var isWhole = true
        while true {
            try events.read { (table) throws(ReadingError) in try edn.skipBlanks(into: &table) }
            if edn.scanner.isAtEnd { break }
            let line = edn.scanner.line
            do {
                let id = try events.read { (table) throws(ReadingError) in
                    try edn.value(into: &table)
                }
                if events.values.isList(id) {
                    for part in Array(events.values.parts(of: id)) {
                        try events.append(part, line: line)
                    }
                } else {
                    try events.append(id, line: line)
                }
            } catch {
                // A map in the last line that was cut off; anything else is a mistake.
                guard edn.scanner.isAtEnd, isLastLine(line, bytes) else { throw error }
                isWhole = false
                break
            }
        }
        return try events.history(as: kind, isWhole: isWhole)
    }

    private static func isLastLine(_ line: Int, _ bytes: [UInt8]) -> Bool {
        guard bytes.last != 0x0A else { return false }
        return line > 1 && bytes.count(where: { $0 == 0x0A }) == line - 1
    }

    /// One object a line, or one array of them.
    static func json(_ bytes: [UInt8], as kind: History.Kind?) throws(ReadingError) -> History {
        var events = JepsenEvents()
        var json = JSON(scanner: ByteScanner(bytes))
        var isWhole = true
        while true {
            json.scanner.skipBlanks()
            if json.scanner.isAtEnd { break }
            let line = json.scanner.line
            do {
                let id = try events.read { (table) throws(ReadingError) in
                    try json.value(into: &table)
                }
                if events.values.isList(id) {
                    for part in Array(events.values.parts(of: id)) {
                        try events.append(part, line: line)
                    }
                } else {
                    try events.append(id, line: line)
                }
            } catch {
                guard json.scanner.isAtEnd, isLastLine(line, bytes) else { throw error }
                isWhole = false
                break
            }
        }
        return try events.history(as: kind, isWhole: isWhole)
    }

    /// `INFO  jepsen.util - 4⇥:invoke⇥:cas⇥[2 4]`, or without what stands before the process; also with
    /// blanks in place of tabs. Lines about something else are left out.
    static func log(_ bytes: [UInt8], as kind: History.Kind?) throws(ReadingError) -> History {
        var events = JepsenEvents()
        let lines = Lines(bytes)
        var isWhole = true
        var found = false
        var line = lines.next(after: nil)
        while let current = line {
            line = lines.next(after: current)
            guard let fields = fields(of: bytes[current.range]) else { continue }
            found = true
            do {
                let value = try events.read { (table) throws(ReadingError) in
                    var edn = EDN(
                        scanner: ByteScanner(bytes, fields.value, line: current.number))
                    return try edn.value(into: &table)
                }
                events.append(
                    JepsenEvents.Event(
                        line: current.number, process: fields.process, type: fields.type,
                        word: fields.word, value: value))
            } catch {
                if current.isWhole { throw error }
                isWhole = false
            }
        }
        guard found else {
            throw ReadingError(
                line: 1,
                "neither a history of squall's, nor Jepsen's: no header, no map, no line with "
                    + ":invoke")
        }
        return try events.history(as: kind, isWhole: isWhole)
    }

    private struct Fields {
        var process: String
        var type: String
        var word: String
        var value: Range<Int>
    }

    /// Process, type, function, and where the value stands.
    private static func fields(of line: ArraySlice<UInt8>) -> Fields? {
        var words = line.split(maxSplits: .max) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let types = [":invoke", ":ok", ":fail", ":info"]
        guard
            let place = words.firstIndex(where: {
                types.contains(String(decoding: $0, as: UTF8.self))
            }), place >= 1, words.count >= place + 2
        else { return nil }
        words.removeFirst(place - 1)
        let process = String(decoding: words[0], as: UTF8.self)
        // A nemesis has no number.
        guard process.allSatisfy(\.isNumber) else { return nil }
        // A line without a value means nil: the word's own end is as good as a value.
        guard words.count > 3 else { return nil }
        return Fields(
            process: process,
            type: String(decoding: words[1].dropFirst(), as: UTF8.self),
            word: String(decoding: words[2].dropFirst(), as: UTF8.self),
            value: words[3].startIndex..<line.endIndex)
    }
}
