/// Columns of text: the first to the left, all others to the right.
struct Table {
    private var rows: [[String]] = []

    init(_ head: [String]) { rows.append(head) }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// One line a row.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                line += column == 0 ? cell + pad : "  " + pad + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

/// A number with about three figures that matter; a dash where there is none.
func figure(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    let size = abs(value)
    let places = size < 10 ? 2 : size < 100 ? 1 : 0
    let scale = [1.0, 10, 100][places]
    let scaled = Int64((value * scale).rounded())
    let (whole, rest) = abs(scaled).quotientAndRemainder(dividingBy: Int64(scale))
    var text = String(whole)
    if places == 0 {
        text = String(
            text.reversed().enumerated().flatMap { place, digit in
                place > 0 && place % 3 == 0 ? [",", digit] : [digit]
            }.reversed())
    } else {
        let digits = String(rest)
        text += "." + String(repeating: "0", count: places - digits.count) + digits
    }
    return (scaled < 0 ? "-" : "") + text
}

/// The bars, one line each: `●` where it is as it must be, `✕` where it is not.
func lines(of judgements: [Judgement]) -> [String] {
    var table = Table(["  what has a bar", "measured", "must", "aim", ""])
    for judgement in judgements {
        let sign = judgement.wantsMore ? "≥" : "≤"
        table.add([
            "\(judgement.holds ? "●" : "✕") \(judgement.name)",
            "\(figure(judgement.value)) \(judgement.unit)", "\(sign) \(figure(judgement.must))",
            judgement.aim.map { "\(sign) \(figure($0))" } ?? "–",
            judgement.reachesAim && judgement.aim != nil ? "aim" : "",
        ])
    }
    return table.lines
}
