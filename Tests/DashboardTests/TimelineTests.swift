import Cluster
import Testing

@testable import Dashboard

@Suite struct TimelineTests {
    private func on(_ keys: [Input], replay: Bool = false) -> Interaction {
        var interaction = Interaction(view: replay ? Screens.replay : Screens.now)
        for key in [.character("5")] + keys { _ = interaction.on(key, state: Screens.sentinel) }
        return interaction
    }

    @Test("The cursor goes by cells, stays where it is, and G follows again")
    func cursor() throws {
        #expect(on([]).view.timeline.cursor == nil)
        let left = on([.left, .left])
        let cursor = try #require(left.view.timeline.cursor)
        #expect(abs((Screens.now.now - cursor).inSeconds - 1.5) < 0.01)
        // Time goes on; the stretch stays.
        #expect(left.view.timeline.end != nil)
        #expect(on([.left, .character("G")]).view.timeline == on([]).view.timeline)
        #expect(on([.left, .escape]).view.timeline == on([]).view.timeline)
        #expect(on([.left, .escape, .escape]).view.screen == .overview)
        // Beyond now there is nothing.
        #expect(on([.left, .shiftRight]).view.timeline.cursor == nil)
        #expect(on([.character("g")]).view.timeline.cursor == .zero)
        #expect(on([.character("g"), .left]).view.timeline.cursor == .zero)
    }

    @Test("What is jumped to can be seen, however far it is")
    func jumps() throws {
        let crash = on([.character("{"), .character("{")])
        #expect(crash.view.timeline.cursor == Stamp(seconds: 246.501))
        let first = on(Array(repeating: .character("{"), count: 100))
        let cursor = try #require(first.view.timeline.cursor)
        let window = TimeWindow(
            seconds: first.view.timeline.span, count: 80, until: first.view.timeline.end ?? .zero)
        #expect((0..<80).contains(window.place(of: cursor)))
        #expect(first.view.echo?.effect == "no event before this")
        #expect(
            on([.character("g"), .character("}")]).view.timeline.cursor == Stamp(seconds: 0.6))
    }

    @Test("z and Z change how much is shown, within bounds")
    func zoom() {
        #expect(on([]).view.timeline.span == 60)
        #expect(on(Array(repeating: .character("z"), count: 9)).view.timeline.span == 10)
        #expect(on(Array(repeating: .character("Z"), count: 99)).view.timeline.span == 86_400)
    }

    @Test("A click puts the cursor there; in a recording it moves the playhead")
    func clicks() {
        let size = Size(columns: 120, rows: 35)
        var live = on([])
        let frame = render(Screens.sentinel, live.view, size)
        #expect(
            live.on(.click(Position(column: 60, row: 4)), state: Screens.sentinel, frame: frame)
                .isEmpty)
        let cursor = live.view.timeline.cursor ?? .zero
        #expect(cursor > Stamp(seconds: 200) && cursor < Stamp(seconds: 240))
        var recorded = on([], replay: true)
        let seeks = recorded.on(
            .click(Position(column: 60, row: 4)), state: Screens.sentinel, frame: frame)
        #expect(seeks == [.playback(.to(cursor))])
        #expect(recorded.view.timeline.cursor == nil)
    }

    @Test("Every moment of a window lies in the cell whose beginning and end are around it")
    func windows() {
        for seed in 0..<50 {
            var dice = Dice(seed: UInt64(seed))
            let window = TimeWindow(
                seconds: TimelineView.spans[dice.below(TimelineView.spans.count)],
                count: 1 + dice.below(300), until: Stamp(microseconds: Int64(dice.below(1 << 40))))
            for _ in 0..<50 {
                let place = dice.below(window.count)
                let begin = window.begin(of: place)
                let inside = Stamp(
                    microseconds: begin.microseconds + Int64(dice.below(Int(window.cell))))
                #expect(window.place(of: inside) == place, "seed \(seed)")
            }
            #expect(window.place(of: Stamp(microseconds: window.from.microseconds - 1)) == -1)
            #expect(window.place(of: window.to) == window.count)
            #expect(window.place(of: Stamp(microseconds: .max)) > 0)
            #expect(window.place(of: Stamp(microseconds: .min)) < 0)
        }
    }

    @Test("Bars of faults in one row never touch")
    func bars() {
        var run = Recording()
        run.began("kv", about: "")
        run.define("kv-1", "kv")
        for number in 1...12 {
            run.fault(
                Double(number * 3), UInt32(number), "crash kv-1 for 4s", nodes: ["kv-1"], for: 4)
        }
        var view = Screens.at(41)
        view.screen = .timeline
        for columns in [60, 80, 120, 200] {
            let renderer = Renderer(run.state, view, Size(columns: columns, rows: 40))
            let plan = TimelinePlan(renderer, 2...37)
            #expect(!plan.bars.isEmpty)
            for row in plan.bars {
                let sorted = row.sorted { $0.columns.lowerBound < $1.columns.lowerBound }
                for (one, next) in zip(sorted, sorted.dropFirst()) {
                    let end = one.columns.lowerBound + max(one.columns.count, one.room)
                    #expect(end < next.columns.lowerBound)
                }
            }
            #expect(plan.bars.reduce(0) { $0 + $1.count } + plan.hiddenFaults == 12)
        }
    }
}
