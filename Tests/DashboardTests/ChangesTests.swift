import Cluster
import Testing

@testable import Dashboard

@Suite struct ChangesTests {
    /// The cells of a frame as what they show.
    private struct Shown: Equatable {
        var text: String
        var style: Style
        var flags: CellFlags
        var width: UInt8
    }

    private func shown(_ frame: Frame) -> [[Shown]] {
        (0..<frame.size.rows).map { row in
            (0..<frame.size.columns).map { column in
                let cell = frame[column, row]
                return Shown(
                    text: frame.text(of: cell), style: cell.style, flags: cell.flags,
                    width: cell.width)
            }
        }
    }

    @Test("Applying the changes to the old frame gives the new one", arguments: 0..<300)
    func applied(_ seed: Int) {
        var random = Dice(seed: UInt64(seed))
        let size = Size(columns: 1 + random.below(50), rows: 1 + random.below(6))
        var old = Frame(size: size)
        scribble(on: &old, times: 8, &random)
        var new = random.below(4) == 0 ? Frame(size: size) : old
        scribble(on: &new, times: random.below(6), &random)
        let target = shown(new)
        var cells = shown(old)
        for run in new.changes(since: old) {
            #expect(run.columns.lowerBound >= 0 && run.columns.upperBound <= size.columns)
            #expect(new[run.columns.lowerBound, run.row].width != 0, "begins within a character")
            for column in run.columns { cells[run.row][column] = target[run.row][column] }
        }
        #expect(cells == target, "seed \(seed)")
    }

    @Test("Nothing changed, nothing to paint")
    func same() {
        let state = Screens.sentinel
        let size = Size(columns: 120, rows: 35)
        let one = render(state, Screens.now, size)
        #expect(render(state, Screens.now, size).changes(since: one).isEmpty)
    }

    @Test("When only the clock moves, hardly anything is painted")
    func clock() {
        let size = Size(columns: 160, rows: 45)
        var later = Screens.now
        later.now = later.now + .seconds(1)
        let before = render(Screens.sentinel, Screens.now, size)
        let runs = render(Screens.sentinel, later, size).changes(since: before)
        // The graphs move by a cell at most; what is left is clocks and lanes.
        let rows = Set(runs.map(\.row)).filter { $0 < 9 }
        let cells = runs.filter { rows.contains($0.row) }.reduce(0) { $0 + $1.columns.count }
        #expect(cells < 200, "\(cells) cells")
    }

    @Test("Another size is another picture")
    func resized() {
        let old = Frame(size: Size(columns: 10, rows: 2))
        let new = Frame(size: Size(columns: 5, rows: 3))
        #expect(new.changes(since: old).map(\.columns) == [0..<5, 0..<5, 0..<5])
    }

    private func scribble(on frame: inout Frame, times: Int, _ random: inout Dice) {
        for _ in 0..<times {
            frame.write(
                random.text(),
                at: Position(
                    column: random.below(frame.size.columns), row: random.below(frame.size.rows)),
                style: Style(rawValue: UInt16(random.below(18))),
                flags: CellFlags(rawValue: UInt8(random.below(32))))
        }
    }
}
