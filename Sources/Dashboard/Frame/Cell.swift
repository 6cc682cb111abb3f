/// One column of one row; 8 bytes, compared as they are.
public struct Cell: Equatable, Sendable, BitwiseCopyable {
    /// A scalar, or `clusterBit` + an index into the frame's table of longer clusters.
    public var glyph: UInt32
    /// What it means, not what colour it has.
    public var style: Style
    /// 1 or 2; 0 for the right half of a wide one.
    public var width: UInt8
    /// How it stands out.
    public var flags: CellFlags

    /// Set in `glyph` when the rest is an index into `Frame.clusters`.
    public static let clusterBit: UInt32 = 0x8000_0000

    /// An empty column.
    public static let blank = Cell(glyph: 0x20, style: .plain, width: 1, flags: [])

    /// Whether it is a base with combining marks.
    public var isCluster: Bool { glyph & Cell.clusterBit != 0 }
}

/// How a cell stands out, beside its colour.
public struct CellFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// The bits.
    public var rawValue: UInt8

    /// Flags with these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier.
    public static let bold = CellFlags(rawValue: 1)
    /// Foreground and background exchanged.
    public static let reverse = CellFlags(rawValue: 2)
    /// Underlined.
    public static let underline = CellFlags(rawValue: 4)
    /// On the row or pair where the cursor is: a shade of the background.
    public static let selected = CellFlags(rawValue: 8)
    /// Part of a panel that lies over the screen: another shade.
    public static let raised = CellFlags(rawValue: 16)
}

/// Columns and rows.
public struct Size: Hashable, Sendable, BitwiseCopyable {
    /// Columns, at least 0.
    public var columns: Int
    /// Rows, at least 0.
    public var rows: Int

    /// A size; negative numbers count as 0, and no side is longer than 1,000.
    public init(columns: Int, rows: Int) {
        self.columns = min(1_000, max(0, columns))
        self.rows = min(1_000, max(0, rows))
    }
}

/// A place in a frame, from 0 at the top left.
public struct Position: Hashable, Sendable, BitwiseCopyable {
    /// From the left.
    public var column: Int
    /// From the top.
    public var row: Int

    /// A place.
    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}
