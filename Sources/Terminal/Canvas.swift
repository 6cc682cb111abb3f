internal import CTerminal
internal import Dashboard

/// What the terminal shows now, and how it is changed: only cells that differ are handed on, and when
/// none does, not a byte is written.
struct Canvas {
    private let theme: Theme
    private var shown: Frame?
    private var caret: Position?
    /// Colour pairs by foreground and background, made when first used.
    private var pairs: [Int32: UInt32] = [:]

    /// Pairs beyond this are painted in the terminal's own colours; a theme uses a few dozen.
    private static let mostPairs = 250

    /// Whether the terminal takes colours as they are, not by their number in the palette.
    private let isDirect: Bool

    init(theme: Theme, isDirect: Bool = false) {
        self.theme = theme
        self.isDirect = isDirect
    }

    /// Paints what differs from what is shown. Returns whether anything did.
    @discardableResult
    mutating func paint(_ frame: Frame) -> Bool {
        let runs = frame.changes(since: shown ?? Frame(size: Size(columns: 0, rows: 0)))
        guard !runs.isEmpty || frame.caret != caret || shown == nil else {
            shown = frame
            return false
        }
        for run in runs { put(run, of: frame) }
        let place = frame.caret ?? Position(column: -1, row: -1)
        squall_terminal_flush(Int32(place.column), Int32(place.row))
        shown = frame
        caret = frame.caret
        return true
    }

    /// The terminal may show anything: the next frame is painted whole.
    mutating func forget() {
        shown = nil
        squall_terminal_repaint()
    }

    private mutating func put(_ run: Frame.Run, of frame: Frame) {
        var cells: [squall_cell] = []
        cells.reserveCapacity(run.columns.count)
        for column in run.columns { cells.append(cell(frame[column, run.row], of: frame)) }
        cells.withUnsafeBufferPointer { buffer in
            squall_terminal_put(
                Int32(run.row), Int32(run.columns.lowerBound), buffer.baseAddress,
                Int32(buffer.count))
        }
    }

    private mutating func cell(_ cell: Cell, of frame: Frame) -> squall_cell {
        var painted = squall_cell()
        painted.width = cell.width
        let look = theme.appearance(cell.style, cell.flags)
        painted.attributes = attributes(look)
        painted.pair = pair(look)
        if cell.isCluster {
            let scalars = Array(frame.text(of: cell).unicodeScalars.prefix(4)).map(\.value)
            painted.count = UInt8(scalars.count)
            withUnsafeMutableBytes(of: &painted.scalars) { bytes in
                for (index, value) in scalars.enumerated() {
                    bytes.storeBytes(of: value, toByteOffset: 4 * index, as: UInt32.self)
                }
            }
        } else {
            painted.scalars.0 = cell.glyph
            painted.count = 1
        }
        return painted
    }

    private func attributes(_ look: Theme.Appearance) -> UInt16 {
        var bits = 0
        if look.bold { bits |= squall_bold }
        if look.reverse { bits |= squall_reverse }
        if look.underline { bits |= squall_underline }
        if look.dim { bits |= squall_dim }
        return UInt16(bits)
    }

    private mutating func pair(_ look: Theme.Appearance) -> UInt32 {
        if look.foreground < 0, look.background < 0 { return 0 }
        let key = Int32(look.foreground) << 16 | Int32(UInt16(bitPattern: look.background))
        if let known = pairs[key] { return known }
        let next = UInt32(pairs.count + 1)
        guard pairs.count < Canvas.mostPairs,
            squall_terminal_pair(next, colour(look.foreground), colour(look.background)) != 0
        else { return 0 }
        pairs[key] = next
        return next
    }

    private func colour(_ index: Int16) -> Int32 {
        guard isDirect, index >= 0 else { return Int32(index) }
        return Int32(Theme.rgb(of: Int(index)))
    }
}
