extension Frame {
    /// Neighbouring cells of one row that have to be painted again.
    public struct Run: Equatable, Sendable {
        /// From the top.
        public var row: Int
        /// From the left; never begins or ends within a wide cell.
        public var columns: Range<Int>
    }

    /// What differs from an older frame, top to bottom, left to right; every row when the size does.
    /// Changes less than four columns apart are one run: moving the cursor costs as much.
    public func changes(since old: Frame) -> [Run] {
        guard old.size == size else {
            return (0..<size.rows).map { Run(row: $0, columns: 0..<size.columns) }
        }
        var runs: [Run] = []
        for row in 0..<size.rows {
            let first = row * size.columns
            var column = 0
            while column < size.columns {
                guard differs(from: old, at: first + column) else {
                    column += 1
                    continue
                }
                let run = widened(column..<(column + 1), first: first, old: old)
                if let last = runs.last, last.row == row,
                    run.lowerBound - last.columns.upperBound < 4
                {
                    let columns = last.columns.lowerBound..<run.upperBound
                    runs[runs.count - 1] = Run(row: row, columns: columns)
                } else {
                    runs.append(Run(row: row, columns: run))
                }
                column = run.upperBound
            }
        }
        return runs
    }

    /// Whether two frames look the same, however their tables of clusters are ordered.
    public func looksLike(_ other: Frame) -> Bool { changes(since: other).isEmpty }

    private func differs(from old: Frame, at index: Int) -> Bool {
        let cell = cells[index]
        let before = old.cells[index]
        if !cell.isCluster && !before.isCluster { return cell != before }
        return cell.style != before.style || cell.flags != before.flags
            || cell.width != before.width || text(of: cell) != old.text(of: before)
    }

    /// Grows a run over the wide cells at its ends, in both frames.
    private func widened(_ run: Range<Int>, first: Int, old: Frame) -> Range<Int> {
        var low = run.lowerBound
        var high = run.upperBound
        while low > 0, cells[first + low].width == 0 || old.cells[first + low].width == 0 {
            low -= 1
        }
        while high < size.columns,
            cells[first + high].width == 0 || old.cells[first + high].width == 0
        {
            high += 1
        }
        return low..<high
    }
}
