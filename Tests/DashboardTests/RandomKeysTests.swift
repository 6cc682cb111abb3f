import Cluster
import Testing

@testable import Dashboard

@Suite struct RandomKeysTests {
    private static let states = [
        ClusterState(), Runs.starting(), Screens.sentinel, Runs.crash(until: 21).state,
        Runs.crash(until: 40).state,
    ]

    /// 20 × 5,000 keys on states that change under them.
    @Test("No sequence of keys does harm, and every command it makes is one", arguments: 0..<20)
    func keys(_ seed: Int) throws {
        var random = Dice(seed: UInt64(seed))
        var view = Screens.now
        view.plan = Screens.plan
        view.inspection = Screens.inspected.inspection
        if seed % 4 == 2 { view.lesson = LessonScreens.asking }
        if seed % 4 == 3 {
            view.source = .replay(
                View.Replay(
                    position: Stamp(seconds: 20), length: Stamp(seconds: 40),
                    chapters: LookingBackScreens.replay.chapters))
        }
        var interaction = Interaction(view: view)
        var state = Screens.sentinel
        var frame = Frame(size: Size(columns: 80, rows: 24))
        for step in 0..<5_000 {
            if random.below(200) == 0 { state = Self.states[random.below(Self.states.count)] }
            let outcomes = interaction.on(input(&random), state: state, frame: frame)
            for case .run(let command, let by) in outcomes {
                #expect(throws: Never.self) { try Command(parsing: command) }
                #expect(by == "key" || by == "palette")
                #expect(seed % 4 != 3, "a recording cannot be changed: \(command)")
            }
            if step % 50 == 0 {
                let size = Size(columns: random.below(170), rows: random.below(50))
                interaction.view.glyphs = GlyphSet.allCases[random.below(3)]
                frame = render(state, interaction.view, size)
                #expect(isWhole(frame), "seed \(seed), step \(step)")
            }
        }
    }

    private func input(_ random: inout Dice) -> Input {
        switch random.below(30) {
        case 0: .enter
        case 1: .escape
        case 2: .tab
        case 3: .backTab
        case 4: .backspace
        case 5: .delete
        case 6: .up
        case 7: .down
        case 8: .left
        case 9: .right
        case 10: .home
        case 11: .end
        case 12: .pageUp
        case 13: .pageDown
        case 14: .function(1 + random.below(12))
        case 15 where random.below(2) == 0:
            .release(Position(column: random.below(170), row: random.below(50)))
        case 15: .click(Position(column: random.below(170), row: random.below(50)))
        case 16: random.below(2) == 0 ? .wheelUp : .wheelDown
        case 17: .control(["a", "c", "d", "e", "l", "u", "w", "z"][random.below(8)])
        case 18: .shiftLeft
        case 19: .character(random.text().unicodeScalars.first ?? "x")
        default: .character(Unicode.Scalar(UInt8(0x20 + random.below(0x5F))))
        }
    }
}
