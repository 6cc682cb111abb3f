/// Areas under a curve, drawn with dots, blocks or letters.
struct Graph {
    /// Columns of cells.
    var width: Int
    /// Rows of cells.
    var height: Int
    var glyphs: GlyphSet

    /// Samples side by side in one cell.
    var samplesPerCell: Int { glyphs == .braille ? 2 : 1 }

    /// How many samples it shows.
    var samples: Int { width * samplesPerCell }

    /// The rows from top to bottom: one character a cell. Values are shares of the height, 0 … 1; `nil` is a gap.
    /// A value above 0 shows at least a trace.
    func rows(_ values: [Double?]) -> [[Character]] {
        let padded =
            Array(repeating: nil, count: max(0, samples - values.count)) + values.suffix(samples)
        return (0..<height).map { row in
            (0..<width).map { column in
                let from = column * samplesPerCell
                let cell = padded[from..<(from + samplesPerCell)]
                return glyph(Array(cell), above: height - 1 - row)
            }
        }
    }

    /// One character: samples of a cell that begins `above` cells over the ground.
    private func glyph(_ cell: [Double?], above: Int) -> Character {
        switch glyphs {
        case .braille:
            let left = level(cell[0], above, of: 4)
            let right = level(cell.count > 1 ? cell[1] : cell[0], above, of: 4)
            return Graph.braille(left, right)
        case .block:
            let level = level(cell[0], above, of: 8)
            return level == 0 ? " " : Graph.eighths[level - 1]
        case .ascii:
            return [" ", ".", ":", "#"][level(cell[0], above, of: 3)]
        }
    }

    /// How much of one cell is filled, in steps.
    private func level(_ value: Double?, _ above: Int, of steps: Int) -> Int {
        guard let value, value > 0 else { return 0 }
        let whole = max(1, Int((min(1, value) * Double(height * steps)).rounded()))
        return min(steps, max(0, whole - above * steps))
    }

    /// A cell with two columns of up to four dots, filled from below.
    static func braille(_ left: Int, _ right: Int) -> Character {
        let lefts: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
        let rights: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
        let bits = lefts[min(4, max(0, left))] | rights[min(4, max(0, right))]
        guard bits != 0, let scalar = Unicode.Scalar(0x2800 + bits) else { return " " }
        return Character(scalar)
    }

    static let eighths: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The next round number above a value, so that a scale moves seldom.
    static func ceiling(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var scale = 1e-9
        while scale < 1e12 {
            for step in [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8] where scale * step >= value {
                return scale * step
            }
            scale *= 10
        }
        return value
    }
}
