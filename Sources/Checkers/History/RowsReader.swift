/// Reads `history.ndjson` of a run folder: a header, an array a finished operation, an end.
struct RowsReader {
    private let bytes: [UInt8]
    private var history: History
    private var atEnd = false

    /// What a row holds, in this order.
    static let columns = [
        "invoked", "returned", "client", "op", "key", "value", "outcome", "node",
    ]

    private init(_ bytes: [UInt8], _ kind: History.Kind) {
        self.bytes = bytes
        history = History(kind: kind)
    }

    /// Whether the first line is such a header.
    static func reads(_ header: ValueID, _ table: ValueTable) -> Bool {
        table.field("history", of: header) != nil
    }

    /// Reads all. A last line that was cut off is left out, and with it the claim to be complete.
    static func read(_ bytes: [UInt8], as chosen: History.Kind?) throws(ReadingError) -> History {
        var table = ValueTable()
        let lines = Lines(bytes)
        guard let first = lines.next(after: nil) else {
            throw ReadingError(line: 0, "the file is empty")
        }
        var json = JSON(scanner: ByteScanner(bytes, first.range, line: first.number))
        let header = try json.value(into: &table)
        let version = table.field("history", of: header).flatMap { table.integer($0) }
        guard version == 1 else {
            throw ReadingError(
                line: first.number, "a history of version 1 is expected; this squall knows no other"
            )
        }
        let word = table.field("kind", of: header).flatMap { table.text($0) } ?? ""
        guard let kind = chosen ?? History.Kind(rawValue: word) else {
            throw ReadingError(
                line: first.number,
                "no kind \(word): it is one of "
                    + History.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let columns = table.field("columns", of: header).map { table.parts(of: $0) } ?? []
        guard columns.prefix(Self.columns.count).map({ table.text($0) }) == Self.columns else {
            throw ReadingError(
                line: first.number, "the columns are \(Self.columns.joined(separator: ", "))")
        }
        var reader = RowsReader(bytes, kind)
        reader.history.run = table.field("run", of: header).flatMap { table.text($0) }
        if let field = table.field("forwards", of: header), case .flag(true) = table[field] {
            reader.history.forwards = true
        }
        var line = lines.next(after: first)
        while let current = line {
            try reader.read(current)
            line = lines.next(after: current)
        }
        return reader.history
    }

    private mutating func read(_ line: Lines.Line) throws(ReadingError) {
        if atEnd { throw ReadingError(line: line.number, "nothing stands behind the end") }
        do throws(ReadingError) {
            var json = JSON(scanner: ByteScanner(bytes, line.range, line: line.number))
            json.scanner.skipBlanks()
            if json.scanner.next == UInt8(ascii: "[") {
                try row(&json)
            } else {
                try mark(&json, line.number)
            }
            json.scanner.skipBlanks()
            if !json.scanner.isAtEnd {
                throw json.scanner.error("the line should end here: \(json.scanner.nextTold)")
            }
        } catch {
            // The writer was killed in the middle of it.
            if !line.isWhole { return }
            throw error
        }
    }

    /// The end, dropped keys, or what a newer squall has to say.
    private mutating func mark(_ json: inout JSON, _ line: Int) throws(ReadingError) {
        let id = try json.value(into: &history.values)
        if history.values.field("end", of: id) != nil {
            history.complete()
            atEnd = true
        } else if let dropped = history.values.field("dropped", of: id) {
            history.dropped.formUnion(history.values.parts(of: dropped))
        } else if !history.values.isMap(id) {
            throw ReadingError(line: line, "an array or an object is expected")
        }
    }

    private mutating func row(_ json: inout JSON) throws(ReadingError) {
        let start = json.scanner
        json.scanner.skip()
        let invoked = try moment(&json, "invoked")
        try json.expect(UInt8(ascii: ","))
        json.scanner.skipBlanks()
        var returned: Int64?
        if json.scanner.next == UInt8(ascii: "n") {
            _ = try json.value(into: &history.values)
        } else {
            returned = try moment(&json, "returned")
        }
        let client = try text(&json, "client")
        let word = try text(&json, "op")
        guard let function = Words.function(word, in: history.kind) else {
            throw start.error(
                "no operation \(word) on a \(history.kind.rawValue): there is "
                    + Words.functions(of: history.kind))
        }
        try json.expect(UInt8(ascii: ","))
        let key = try json.value(into: &history.values)
        json.scanner.skipBlanks()
        try json.expect(UInt8(ascii: ","))
        var value = try json.value(into: &history.values)
        let outcome = try outcome(&json)
        json.scanner.skipBlanks()
        try json.expect(UInt8(ascii: ","))
        let node = try json.value(into: &history.values)
        // Columns that a newer squall adds.
        json.scanner.skipBlanks()
        while json.scanner.take(UInt8(ascii: ",")) {
            _ = try json.value(into: &history.values)
            json.scanner.skipBlanks()
        }
        try json.expect(UInt8(ascii: "]"))
        if outcome != .unknown, returned == nil {
            throw start.error("an operation that was answered has the time of its answer")
        }
        if let returned, returned < invoked {
            throw start.error("the answer came before the question: \(returned) < \(invoked)")
        }
        if let mistake = Words.mistake(in: value, of: function, outcome, history.values) {
            throw start.error(mistake)
        }
        if Words.isScalar(function) { value = history.values.scalar(value) }
        history.append(
            History.Row(
                invoked: invoked, returned: returned, client: client, function: function,
                key: key, value: value, outcome: outcome, node: history.values.text(node)))
    }

    private func moment(_ json: inout JSON, _ column: String) throws(ReadingError) -> Int64 {
        json.scanner.skipBlanks()
        let before = json.scanner
        guard case .integer(let moment) = try json.scanner.number(), moment >= 0,
            moment < Int64.max / 4
        else { throw before.error("\(column) is whole microseconds, not \(before.nextTold)") }
        json.scanner.skipBlanks()
        return moment
    }

    private func text(_ json: inout JSON, _ column: String) throws(ReadingError) -> String {
        json.scanner.skipBlanks()
        try json.expect(UInt8(ascii: ","))
        json.scanner.skipBlanks()
        let before = json.scanner
        guard json.scanner.take(0x22) else {
            throw before.error("\(column) is a text, not \(before.nextTold)")
        }
        let text = try json.scanner.quoted()
        json.scanner.skipBlanks()
        return text
    }

    private func outcome(_ json: inout JSON) throws(ReadingError) -> History.Outcome {
        let before = json.scanner
        switch try text(&json, "outcome") {
        case "ok": return .ok
        case "refused": return .refused
        case "unknown": return .unknown
        case let word:
            throw before.error("outcome is ok, refused or unknown, not \(word)")
        }
    }
}

/// The lines of a file that are not blank.
struct Lines {
    struct Line {
        var number: Int
        var range: Range<Int>
        /// Whether it has its end.
        var isWhole: Bool
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func next(after line: Line?) -> Line? {
        var number = line?.number ?? 0
        var start = line.map { $0.range.upperBound + 1 } ?? 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            if bytes[start..<end].contains(where: { $0 > 0x20 }) {
                return Line(number: number, range: start..<end, isWhole: end < bytes.count)
            }
            start = end + 1
        }
        return nil
    }
}
