/// Finds the second occurrence of a key whose first place is known: the YAML reader tells only that
/// one is there twice.
struct DuplicateKey {
    let lines: [[Unicode.Scalar]]
    let first: Place

    /// Where the key stands for the second time (behind its quote, if it has one).
    func second(of name: String) -> Place? {
        inBlock(name) ?? inFlow(name)
    }

    /// In a block map the keys stand below each other.
    private func inBlock(_ name: String) -> Place? {
        let indentation = first.column - 1
        for row in first.line..<max(first.line, lines.count) {
            let line = lines[row]
            guard let start = line.firstIndex(where: { $0 != " " }), line[start] != "#" else {
                continue
            }
            if start < indentation { return nil }
            if start == indentation, let place = key(name, row: row, column: start) { return place }
        }
        return nil
    }

    /// In a flow map they are separated by commas at the same depth.
    private func inFlow(_ name: String) -> Place? {
        var depth = 0
        var quote: Unicode.Scalar?
        var row = first.line - 1
        var column = first.column - 1
        var atKey = false
        while lines.indices.contains(row) {
            guard column < lines[row].count else {
                row += 1
                column = 0
                continue
            }
            let scalar = lines[row][column]
            if let open = quote {
                if scalar == "\\", open == "\"" { column += 1 }
                if scalar == open { quote = nil }
            } else {
                if atKey, depth == 0, scalar != " " {
                    if let place = key(name, row: row, column: column) { return place }
                    atKey = false
                }
                switch scalar {
                case "'", "\"": quote = scalar
                case "[", "{": depth += 1
                case "]", "}":
                    depth -= 1
                    if depth < 0 { return nil }
                case "," where depth == 0: atKey = true
                default: break
                }
            }
            column += 1
        }
        return nil
    }

    /// Whether this very key, bare or in quotes, begins here and is followed by a colon.
    private func key(_ name: String, row: Int, column: Int) -> Place? {
        let line = lines[row]
        var column = column
        let quoted = line[column] == "'" || line[column] == "\""
        if quoted { column += 1 }
        let scalars = Array(name.unicodeScalars)
        guard !scalars.isEmpty, line.count > column + scalars.count,
            Array(line[column..<column + scalars.count]) == scalars
        else { return nil }
        let rest = line[(column + scalars.count)...].drop { $0 == " " || (quoted && $0 != ":") }
        return rest.first == ":" ? Place(line: row + 1, column: column + 1) : nil
    }
}
