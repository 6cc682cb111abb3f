import Cluster

/// Where everything of the timeline goes: computed before anything is drawn.
struct TimelinePlan {
    /// Columns of the names.
    let left: Int
    /// Columns of the cells.
    let width: Int
    /// Columns of the values at the cursor; 0 where there is no room.
    let right: Int
    let window: TimeWindow
    /// The moment under the cursor.
    let moment: Stamp
    /// Its cell; `nil` where it follows now, or is not shown.
    let cursor: Int?
    /// Nodes with a lane.
    let lanes: [NodeState]
    /// Faults, in as few rows as they need.
    let bars: [[Bar]]
    /// Faults that have no row.
    let hiddenFaults: Int
    /// Rows for the curves.
    let graphRows: Int
    private let core: Core
    private let now: Stamp

    /// A fault in its row.
    struct Bar: Equatable {
        /// Cells from its beginning to its end.
        var columns: Range<Int>
        /// Whether its beginning and its end lie in the window.
        var showsStart: Bool
        var showsEnd: Bool
        var text: String
        /// Columns that its text may take.
        var room: Int
        var isActive: Bool
    }

    private static let mostBars = 3

    init(_ renderer: Renderer, _ rows: ClosedRange<Int>) {
        let view = renderer.view
        let columns = renderer.columns
        core = renderer.core
        now = view.now
        left = (columns < 60 ? min(renderer.nameWidth, 8) : max(10, renderer.nameWidth)) + 2
        right = columns >= 60 ? 9 : 0
        width = max(8, columns - left - right - 1)
        window = TimeWindow(
            seconds: view.timeline.span, count: width, until: min(view.timeline.end ?? now, now))
        moment = min(view.timeline.cursor ?? now, now)
        let place = window.place(of: moment)
        cursor = view.timeline.cursor != nil && place >= 0 && place < width ? place : nil
        let all = TimelinePlan.bars(core.faults, window, now)
        let room = rows.count - 1
        // Lanes are what one comes for; then faults, a row of events, and curves.
        let shown = renderer.roster.shown
        let wanted = min(all.count, TimelinePlan.mostBars, max(0, room - shown.count))
        let laneRows = max(1, min(shown.count, room - min(all.count, 1) - 1))
        let first = max(0, min(renderer.roster.index - laneRows / 2, shown.count - laneRows))
        lanes = Array(shown.dropFirst(first).prefix(laneRows))
        let barRows = max(wanted, min(all.count, 1))
        bars = Array(all.prefix(barRows))
        hiddenFaults = all.dropFirst(barRows).reduce(0) { $0 + $1.count }
        let spare = room - lanes.count - bars.count - 1
        graphRows = spare >= 24 ? 12 : spare >= 14 ? 8 : max(0, min(4, spare))
    }

    /// Round moments, far enough from each other for their names.
    var ticks: [Stamp] {
        let apart = window.cell * 12
        let steps: [Int64] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200,
        ]
        let step = (steps.first { $0 * 1_000_000 >= apart } ?? 86_400) * 1_000_000
        let first = max(0, window.from.microseconds + step - 1) / step
        let last = max(0, window.to.microseconds) / step
        guard first <= last, last - first < 1_000 else { return [] }
        return (first...last).map { Stamp(microseconds: $0 * step) }
    }

    /// Until when events belong to the cell of the cursor.
    var momentEnd: Stamp {
        guard let cursor else { return now }
        return min(now, window.begin(of: cursor + 1))
    }

    /// Faults that acted under the cursor; else the last one that was over before.
    var faultsAtCursor: [FaultState] {
        let begin = cursor.map { window.begin(of: $0) } ?? moment
        let acting = core.faults.filter { fault in
            fault.began <= momentEnd && (fault.ended ?? now) >= begin && !fault.record.weather
        }
        if !acting.isEmpty { return acting }
        let before = core.faults.last { $0.began <= momentEnd && !$0.record.weather }
        return before.map { [$0] } ?? []
    }

    /// How it went: seconds until it was noticed, until somebody led, until all was well.
    func course(of fault: FaultState) -> [(String, Double)] {
        let (found, elected, well) = (
            core.detection(fault.label), core.election(fault.label), core.recovery(fault.label)
        )
        return [("detect", found), ("elect", elected), ("recover", well)].compactMap { word, time in
            time.map { (word, $0.inSeconds) }
        }
    }

    /// Rows of bars that do not touch each other.
    private static func bars(
        _ faults: [FaultState], _ window: TimeWindow, _ now: Stamp
    ) -> [[Bar]] {
        var rows: [[Bar]] = []
        for fault in faults where !fault.record.weather && fault.began <= now {
            let end = fault.ended ?? now
            let (from, to) = (window.place(of: fault.began), window.place(of: end))
            guard to >= 0, from < window.count else { continue }
            let cells = max(0, from)..<min(window.count, max(to, max(0, from)) + 1)
            let text =
                fault.record.name.map { "\($0) \(fault.verb)" }
                ?? "\(fault.label) \(fault.record.text)"
            let bar = Bar(
                columns: cells, showsStart: from >= 0,
                showsEnd: fault.ended != nil && to < window.count,
                text: text,
                room: min(
                    window.count - cells.lowerBound, max(cells.count, 2 + Width.columns(text))),
                isActive: fault.isActive)
            let fits = { (row: [Bar]) in
                row.allSatisfy { other in
                    other.columns.lowerBound + max(other.columns.count, other.room)
                        < cells.lowerBound
                        || cells.lowerBound + max(cells.count, bar.room) < other.columns.lowerBound
                }
            }
            if let row = rows.firstIndex(where: fits) {
                rows[row].append(bar)
            } else {
                rows.append([bar])
            }
        }
        return rows
    }
}
