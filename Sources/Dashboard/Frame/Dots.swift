/// Lines and marks on a raster that is finer than cells: 2 × 4 dots each where the terminal has them, one
/// elsewhere.
struct Dots {
    /// How much of a cell's dots are set, and what they mean: where several lines meet, the most urgent one.
    private struct Spot {
        var bits: UInt32 = 0
        var weight = 0
        var style = Style.plain
    }

    private let columns: Int
    private let rows: Int
    private let isFine: Bool
    private var spots: [Spot]

    init(columns: Int, rows: Int, glyphs: GlyphSet) {
        self.columns = columns
        self.rows = rows
        isFine = glyphs == .braille
        spots = Array(repeating: Spot(), count: max(0, columns * rows))
    }

    /// A straight line between the middles of two cells. `gap` is a stretch of it, as shares of its length, that
    /// is left out; `rank` decides whose style a cell has.
    mutating func line(
        from: Position, to: Position, style: Style, rank: Int, isThick: Bool = false,
        gap: ClosedRange<Double>? = nil
    ) {
        let (across, down) = isFine ? (2.0, 4.0) : (1.0, 1.0)
        let start = (x: (Double(from.column) + 0.5) * across, y: (Double(from.row) + 0.5) * down)
        let end = (x: (Double(to.column) + 0.5) * across, y: (Double(to.row) + 0.5) * down)
        let steps = Int(max(abs(end.x - start.x), abs(end.y - start.y)).rounded(.up))
        guard steps > 0 else { return }
        let isFlat = abs(end.x - start.x) >= abs(end.y - start.y)
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            if let gap, gap.contains(share) { continue }
            let x = start.x + (end.x - start.x) * share
            let y = start.y + (end.y - start.y) * share
            set(Int(x), Int(y), style, rank)
            if isThick, isFine {
                set(Int(x) + (isFlat ? 0 : 1), Int(y) + (isFlat ? 1 : 0), style, rank)
            }
        }
    }

    private mutating func set(_ x: Int, _ y: Int, _ style: Style, _ rank: Int) {
        let (column, row) = isFine ? (x / 2, y / 4) : (x, y)
        guard x >= 0, y >= 0, column < columns, row < rows else { return }
        let place = row * columns + column
        spots[place].bits |= isFine ? Self.bits[y % 4][x % 2] : 1
        if rank >= spots[place].weight {
            spots[place].weight = rank
            spots[place].style = style
        }
    }

    private static let bits: [[UInt32]] = [
        [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
    ]

    /// What a cell shows; `nil` where no dot is.
    func cell(_ column: Int, _ row: Int, coarse: String) -> (text: String, style: Style)? {
        let spot = spots[row * columns + column]
        guard spot.bits != 0 else { return nil }
        guard isFine, let scalar = Unicode.Scalar(0x2800 + spot.bits) else {
            return (coarse, spot.style)
        }
        return (String(Character(scalar)), spot.style)
    }
}
