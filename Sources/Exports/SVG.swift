public import Dashboard

/// A frame as a picture: what the terminal would show, in text that can be searched and scaled.
public func svg(_ frame: Frame, theme: Theme = .dark) -> String {
    var theme = theme
    theme.depth = .many
    return Picture(frame: frame, theme: theme).text
}

/// Lays cells out on paper.
private struct Picture {
    let frame: Frame
    let theme: Theme

    private let cellWidth = 8.43
    private let cellHeight = 18
    private let margin = 16

    private var ink: String { theme.isDark ? "#d8dee4" : "#1f2328" }
    private var paper: String { theme.isDark ? "#0f1419" : "#fbfbf9" }

    var text: String {
        let width = number(Double(frame.size.columns) * cellWidth + Double(2 * margin))
        let height = frame.size.rows * cellHeight + 2 * margin
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" font-family=\"ui-monospace, "
                + "'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">",
            "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"\(paper)\"/>",
        ]
        for row in 0..<frame.size.rows {
            for run in runs(row) { lines += shapes(run, row) }
        }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Neighbouring cells that look the same.
    private struct Run {
        var column: Int
        var columns: Int
        var look: Theme.Appearance
        var text: String
    }

    private func runs(_ row: Int) -> [Run] {
        var runs: [Run] = []
        for column in 0..<frame.size.columns {
            let cell = frame[column, row]
            let look = theme.appearance(cell.style, cell.flags)
            let text = frame.text(of: cell)
            // Wide cells and those with marks stand alone, so that no font moves their neighbours.
            let isAlone = cell.width != 1 || cell.isCluster
            if let last = runs.last, last.look == look, !isAlone, cell.width == 1,
                last.columns == last.text.unicodeScalars.count
            {
                runs[runs.count - 1].text += text
                runs[runs.count - 1].columns += 1
            } else if cell.width > 0 {
                runs.append(
                    Run(column: column, columns: Int(cell.width), look: look, text: text))
            }
        }
        return runs
    }

    private func shapes(_ run: Run, _ row: Int) -> [String] {
        var (front, back) = (colour(run.look.foreground) ?? ink, colour(run.look.background))
        if run.look.reverse { (front, back) = (back ?? paper, front) }
        let x = left(of: run.column)
        let y = margin + row * cellHeight
        let width = number(Double(run.columns) * cellWidth)
        var shapes: [String] = []
        if let back {
            shapes.append(
                "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(cellHeight)\" "
                    + "fill=\"\(back)\"/>")
        }
        if let blocks = blocks(run, row, front) { return shapes + blocks }
        guard run.text.contains(where: { $0 != " " }) else { return shapes }
        // Fonts agree on the width of letters; what another font has to help out with is placed one by one.
        let isPlain = run.text.unicodeScalars.allSatisfy(\.isASCII)
        var attributes = "y=\"\(y + 14)\" fill=\"\(front)\""
        if isPlain {
            attributes = "x=\"\(x)\" textLength=\"\(width)\" " + attributes
        } else {
            let places = (0..<run.columns).map { left(of: run.column + $0) }
            attributes = "x=\"\(places.joined(separator: " "))\" " + attributes
        }
        if run.look.bold { attributes += " font-weight=\"bold\"" }
        if run.look.underline { attributes += " text-decoration=\"underline\"" }
        shapes.append("<text xml:space=\"preserve\" \(attributes)>\(escaped(run.text))</text>")
        return shapes
    }

    /// Bars of a graph as what they are; `nil` when the run holds anything else.
    private func blocks(_ run: Run, _ row: Int, _ front: String) -> [String]? {
        let heights = run.text.unicodeScalars.map { scalar -> Int? in
            if scalar == " " { return 0 }
            return (0x2581...0x2588).contains(scalar.value) ? Int(scalar.value - 0x2580) : nil
        }
        guard heights.contains(where: { ($0 ?? 0) > 0 }), !heights.contains(nil) else { return nil }
        let bottom = margin + (row + 1) * cellHeight
        return heights.enumerated().compactMap { offset, eighths in
            guard let eighths, eighths > 0 else { return nil }
            let height = Double(eighths * cellHeight) / 8
            return "<rect x=\"\(left(of: run.column + offset))\" "
                + "y=\"\(number(Double(bottom) - height))\" width=\"\(number(cellWidth))\" "
                + "height=\"\(number(height))\" fill=\"\(front)\"/>"
        }
    }

    private func left(of column: Int) -> String {
        number(Double(margin) + Double(column) * cellWidth)
    }

    private func colour(_ index: Int16) -> String? { Palette.hex(index) }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }

    /// With two decimals at most.
    private func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        if rest == 0 { return String(hundredths / 100) }
        return "\(hundredths / 100)." + (rest < 10 ? "0\(rest)" : "\(rest)")
    }
}
