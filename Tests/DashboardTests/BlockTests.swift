import Cluster
import Testing

@testable import Dashboard

/// Ranges of rows, blocks of the matrix, what is drawn with the mouse, and the map.
@Suite struct BlockTests {
    private let size = Size(columns: 120, rows: 35)

    private func key(_ scalar: Unicode.Scalar) -> Input { .character(scalar) }

    private func on(
        _ keys: [Input], drag: (from: String, to: String)? = nil, from: [Input] = []
    ) -> (view: View, outcomes: [Outcome]) {
        var interaction = Interaction(view: Screens.now)
        var outcomes: [Outcome] = []
        for key in keys { outcomes = interaction.on(key, state: Screens.sentinel, frame: nil) }
        return (interaction.view, outcomes)
    }

    /// Presses the button over one region and lets it go over another one.
    private func drag(
        _ keys: [Input], _ from: Region.Meaning, _ to: Region.Meaning
    ) throws -> (view: View, outcomes: [Outcome]) {
        var interaction = Interaction(view: Screens.now)
        for key in keys { _ = interaction.on(key, state: Screens.sentinel, frame: nil) }
        let frame = render(Screens.sentinel, interaction.view, size)
        func place(_ meaning: Region.Meaning) throws -> Position {
            for row in 0..<size.rows {
                for column in 0..<size.columns {
                    let place = Position(column: column, row: row)
                    if frame.meaning(at: place) == meaning { return place }
                }
            }
            throw Missing()
        }
        struct Missing: Error {}
        _ = interaction.on(.click(try place(from)), state: Screens.sentinel, frame: frame)
        let outcomes = interaction.on(
            .release(try place(to)), state: Screens.sentinel, frame: frame)
        return (interaction.view, outcomes)
    }

    private func names(_ view: View) -> [String] {
        Screens.sentinel.core.nodes.filter { view.marks.contains($0.id) }.map(\.name)
    }

    @Test("V marks the rows between where it was pressed and the cursor, back and forth")
    func range() {
        let three: [Input] = [.down, key("V"), .down, .down]
        #expect(names(on(three).view) == ["redis-2", "redis-3", "watch-1"])
        #expect(names(on(three + [.up]).view) == ["redis-2", "redis-3"])
        #expect(names(on(three + [.up, .up, .up]).view) == ["redis-1", "redis-2"])
        // The second V keeps what is marked.
        let kept = on(three + [key("V"), .up, .up]).view
        #expect(names(kept) == ["redis-2", "redis-3", "watch-1"] && kept.anchor == nil)
        #expect(on(three + [.escape]).view.anchor == nil)
        #expect(on(three + [key("2")]).view.anchor == nil)
    }

    @Test("A block of directions is cut by one command, one way or both, and slowed by a form")
    func block() {
        let block: [Input] = [key("2"), .right, key("V"), .down, .right]
        #expect(
            on(block + [key("X")]).outcomes == [
                .run(command: "cut from redis-1,redis-2 to redis-3,watch-1", by: "key")
            ])
        #expect(
            on(block + [key("x")]).outcomes == [
                .run(command: "cut between redis-1,redis-2 and redis-3,watch-1", by: "key")
            ])
        #expect(
            on(block + [key("d"), .enter]).outcomes == [
                .run(
                    command: "delay from redis-1,redis-2 to redis-3,watch-1 by 100ms for 60s",
                    by: "key")
            ])
        #expect(on(block + [key("X")]).view.corner == nil)
        #expect(on(block + [.escape]).view.corner == nil)
        // One cell is no block: x is about the pair again.
        #expect(
            on([key("2"), key("V"), key("x")]).outcomes == on([key("2"), key("x")]).outcomes)
    }

    @Test(
        "Drawn over the matrix the mouse cuts, over the table it marks; a click alone does neither")
    func mouse() throws {
        let cut = try drag([key("2")], .link(from: 0, to: 2), .link(from: 1, to: 3))
        #expect(
            cut.outcomes == [
                .run(command: "cut from redis-1,redis-2 to redis-3,watch-1", by: "key")
            ])
        let none = try drag([key("2")], .link(from: 0, to: 2), .link(from: 0, to: 2))
        #expect(none.outcomes.isEmpty && none.view.link == LinkID(from: NodeID(0), to: NodeID(2)))
        let marked = try drag([], .node(1), .node(3))
        #expect(names(marked.view) == ["redis-2", "redis-3", "watch-1"])
        #expect(marked.view.screen == .overview)
    }

    @Test("Every block's commands are understood by the cluster")
    func understood() throws {
        let count = Screens.sentinel.core.nodes.count
        var dice = Dice(seed: 3)
        for _ in 0..<200 {
            let moves = (0..<dice.below(count * 2)).map { _ in
                dice.below(2) == 0 ? Input.down : Input.right
            }
            let more = (0..<dice.below(count)).map { _ in
                dice.below(2) == 0 ? Input.down : Input.right
            }
            let view = on([key("2")] + moves + [key("V")] + more).view
            guard let block = Arrangement(Screens.sentinel, view).block else { continue }
            let understanding = Understanding(
                "cut from \(block.from) to \(block.to)", in: Screens.sentinel.core)
            #expect(understanding.complaint == nil, "\(block)")
        }
    }

    @Test("A line is torn where it is cut: in the middle, or where nothing arrives")
    func torn() {
        let view = on([key("2"), key("v")]).view
        let whole = render(Screens.sentinel, view, size)
        let torn = render(Screens.torn, view, size)
        func alarms(_ frame: Frame) -> [Position] {
            (2..<(size.rows - 4)).flatMap { row in
                (0..<size.columns).map { Position(column: $0, row: row) }
            }.filter { place in
                let cell = frame[place.column, place.row]
                return cell.style == .alarm && frame.text(of: cell) == "\u{2715}"
            }
        }
        // watch-1 is down in both.
        #expect(alarms(whole).count == 1)
        #expect(alarms(torn).count == 3, "\(alarms(torn))")
    }

    @Test("Names on the map never lie over each other, whatever the room and the number")
    func plan() {
        for seed in 0..<300 {
            var dice = Dice(seed: UInt64(seed))
            var state = ClusterState()
            for number in 0..<60 {
                state.apply(
                    Entry(number: UInt64(number), at: dice.stamp(), event: dice.event()))
            }
            let (columns, rows) = (30 + dice.below(170), 6 + dice.below(40))
            guard let plan = MapPlan(state.core.nodes, columns: columns, rows: rows) else {
                continue
            }
            #expect(plan.spots.count == state.core.nodes.count, "seed \(seed)")
            for spot in plan.spots {
                #expect(spot.place.row >= 0 && spot.place.row < rows, "seed \(seed)")
                #expect(
                    spot.place.column >= 0
                        && spot.place.column + Width.columns(spot.text) <= columns, "seed \(seed)")
                #expect(
                    plan.zones.contains { zone in
                        zone.columns.contains(spot.place.column)
                            && zone.rows.contains(spot.place.row)
                    }, "seed \(seed)")
            }
        }
    }
}
