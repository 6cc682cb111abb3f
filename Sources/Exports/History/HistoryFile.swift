/// `history.ndjson` of a run, as far as it has to be understood to hand it on: every finished
/// operation with both its times, what was dropped, and whether there is an end.
struct HistoryFile {
    /// The header's fields.
    var kind = ""
    var run = ""
    var seed: Int64 = 0
    /// In the order of the file; those on dropped keys are left out, since part of a key's history
    /// proves nothing.
    var operations: [Operation] = []
    /// Keys that were dropped because the file had become too long.
    var dropped: Set<String> = []
    /// When the run's clients stopped, in microseconds; `nil` without an end line.
    var end: Int64?
    /// Lines that made no sense.
    var broken = 0

    /// One line.
    struct Operation: Equatable {
        /// Microseconds of the run.
        var invoked: Int64
        /// The same; `nil` when nobody knows whether it ever took effect.
        var returned: Int64?
        var client: String
        var name: String
        var key: String?
        var value: JSONTree
        var outcome: String
        var node: String?
    }

    /// `nil` when the first line is no header of a history.
    init?(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))
        // A line without its end was torn.
        if bytes.last != UInt8(ascii: "\n") { lines = lines.dropLast() }
        guard let first = lines.first, let header = JSONTree(line: first),
            header["history"]?.whole != nil
        else { return nil }
        kind = header["kind"]?.text ?? ""
        run = header["run"]?.text ?? ""
        seed = header["seed"]?.whole ?? 0
        for line in lines.dropFirst() { read(line) }
        operations.removeAll { $0.key.map(dropped.contains) ?? false }
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
        guard let tree = JSONTree(line: line) else {
            broken += 1
            return
        }
        if let keys = tree["dropped"]?.elements { dropped.formUnion(keys.compactMap(\.text)) }
        if let told = tree["end"] { end = told["at"]?.whole ?? 0 }
        guard let columns = tree.elements else { return }
        guard columns.count >= 7, let invoked = columns[0].whole, let client = columns[2].text,
            let name = columns[3].text, let outcome = columns[6].text
        else {
            broken += 1
            return
        }
        operations.append(
            Operation(
                invoked: invoked, returned: columns[1].whole, client: client, name: name,
                key: columns[4].text, value: columns[5], outcome: outcome,
                node: columns.count > 7 ? columns[7].text : nil))
    }
}
