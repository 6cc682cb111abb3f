public import Cluster

/// What a screen looks like: a grid of cells, and what a click means where. A value: drawn by pure
/// functions, compared by tests, painted by whoever owns a terminal.
public struct Frame: Equatable, Sendable {
    /// Columns and rows.
    public let size: Size
    /// Row by row; `size.columns × size.rows` of them.
    public private(set) var cells: [Cell]
    /// Bases with combining marks, which do not fit into a cell.
    public private(set) var clusters: [String] = []
    /// What a click does, later ones lie above earlier ones.
    public private(set) var regions: [Region] = []
    /// Where a text cursor blinks, if anywhere.
    public var caret: Position?

    /// Longest run of combining marks that a cell keeps; more is vandalism.
    private static let keptMarks = 3

    /// An empty frame.
    public init(size: Size) {
        self.size = size
        cells = Array(repeating: .blank, count: size.columns * size.rows)
    }

    /// The cell at a place; blank outside.
    public subscript(_ column: Int, _ row: Int) -> Cell {
        guard contains(column, row) else { return .blank }
        return cells[row * size.columns + column]
    }

    /// The text of one cell; empty for the right half of a wide one.
    public func text(of cell: Cell) -> String {
        if cell.width == 0 { return "" }
        if cell.isCluster {
            let index = Int(cell.glyph & ~Cell.clusterBit)
            return index < clusters.count ? clusters[index] : " "
        }
        return Unicode.Scalar(cell.glyph).map { String(Character($0)) } ?? " "
    }

    /// Writes what can be seen of a text, from left to right, within a number of columns and the
    /// frame; whatever the text holds, nothing but visible scalars enters the frame (see `Scanner`).
    /// - Returns: the column after the last one written.
    @discardableResult
    public mutating func write(
        _ text: some StringProtocol, at place: Position, style: Style = .plain,
        flags: CellFlags = [], within columns: Int = .max
    ) -> Int {
        var column = place.column
        guard place.row >= 0, place.row < size.rows, column < size.columns else { return column }
        let end = columns > size.columns ? size.columns : min(size.columns, column + columns)
        var scanner = Scanner(text)
        var base: Int?
        var marks = 0
        while let next = scanner.next() {
            if next.columns == 0 {
                guard let base, marks < Frame.keptMarks else { continue }
                marks += 1
                combine(next.scalar, at: base)
                continue
            }
            base = nil
            marks = 0
            guard column + next.columns <= end else { break }
            if column >= 0 {
                let index = place.row * size.columns + column
                put(
                    Cell(
                        glyph: next.scalar.value, style: style, width: UInt8(next.columns),
                        flags: flags),
                    at: index)
                base = index
            }
            column += next.columns
        }
        return column
    }

    /// Adds flags to cells that are there.
    public mutating func mark(_ flags: CellFlags, row: Int, columns: Range<Int>) {
        for column in columns.clamped(to: 0..<size.columns) where contains(column, row) {
            cells[row * size.columns + column].flags.formUnion(flags)
        }
    }

    /// Empties a rectangle.
    public mutating func clear(
        row: Int, columns: Range<Int>, style: Style = .plain, flags: CellFlags = []
    ) {
        let blank = Cell(glyph: 0x20, style: style, width: 1, flags: flags)
        for column in columns.clamped(to: 0..<size.columns) where contains(column, row) {
            put(blank, at: row * size.columns + column)
        }
    }

    /// Says what a click on a part of a row means.
    public mutating func region(row: Int, columns: Range<Int>, _ meaning: Region.Meaning) {
        guard row >= 0, row < size.rows, !columns.isEmpty else { return }
        regions.append(Region(row: row, columns: columns, meaning: meaning))
    }

    /// What a click at a place means.
    public func meaning(at place: Position) -> Region.Meaning? {
        regions.last { $0.row == place.row && $0.columns.contains(place.column) }?.meaning
    }

    private func contains(_ column: Int, _ row: Int) -> Bool {
        column >= 0 && column < size.columns && row >= 0 && row < size.rows
    }

    /// Puts a cell, and blanks what is left of wide ones that it covers by half.
    private mutating func put(_ cell: Cell, at index: Int) {
        let last = index + Int(cell.width) - 1
        if cells[index].width == 0 { cells[index - 1] = halved(cells[index - 1]) }
        if cells[last].width == 2 { cells[last + 1] = halved(cells[last + 1]) }
        cells[index] = cell
        if cell.width == 2 {
            cells[last] = Cell(glyph: 0x20, style: cell.style, width: 0, flags: cell.flags)
        }
    }

    private func halved(_ cell: Cell) -> Cell {
        Cell(glyph: 0x20, style: cell.style, width: 1, flags: cell.flags)
    }

    private mutating func combine(_ scalar: Unicode.Scalar, at index: Int) {
        var cluster = text(of: cells[index])
        cluster.unicodeScalars.append(scalar)
        cells[index].glyph = Cell.clusterBit | UInt32(clusters.count)
        clusters.append(cluster)
    }
}

/// A part of a row that one may click on.
public struct Region: Equatable, Sendable {
    /// From the top.
    public var row: Int
    /// From the left.
    public var columns: Range<Int>
    /// What it does.
    public var meaning: Meaning

    /// What a click does.
    public enum Meaning: Equatable, Sendable {
        /// As if this key were pressed.
        case key(Input)
        /// Puts the cursor on the machine.
        case node(Int)
        /// Puts the cursor on the direction between two machines.
        case link(from: Int, to: Int)
        /// A place on the scrubber: a share of the recording in thousandths.
        case seek(Int)
        /// Sorts by a column; the same again inverts.
        case sort(Sorting.Column)
        /// A moment on the timeline.
        case moment(Stamp)
    }
}
