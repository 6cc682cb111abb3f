import Cluster
import Testing

@testable import Dashboard

/// Keys that a viewer has moved.
@Suite struct KeyMapTests {
    private func press(
        _ keys: [Input], _ map: String
    ) throws -> (view: View, outcomes: [Outcome]) {
        var view = Screens.now
        view.keyMap = try KeyMap(parsing: map)
        var interaction = Interaction(view: view)
        var outcomes: [Outcome] = []
        for key in keys { outcomes = interaction.on(key, state: Screens.sentinel) }
        return (interaction.view, outcomes)
    }

    private func key(_ scalar: Unicode.Scalar) -> Input { .character(scalar) }

    private let swapped = """
        # Mine.
        everywhere  ;      = :
        overview    y      = c   # crash
        overview    c      = none
        network     x      = d
        network     d      = x
        everywhere  Ctrl-t = Tab
        """

    @Test("A moved key does what the other one did, one that was taken away says so")
    func moved() throws {
        let crash = try press([.down, key("y")], swapped)
        #expect(crash.outcomes == [.run(command: "crash redis-2 for 10s", by: "key")])
        let none = try press([.down, key("c")], swapped)
        #expect(none.outcomes.isEmpty && none.view.echo?.effect.contains("taken away") == true)
        #expect(try press([.control("t")], swapped).view.screen == .network)
        // Elsewhere it is what it was.
        #expect(try press([key("4"), key("c")], swapped).outcomes.count == 1)
        let cut = try press([key("2"), .right, key("d")], swapped)
        #expect(cut.outcomes == [.run(command: "cut between redis-1 and redis-3", by: "key")])
    }

    @Test("Prompts take keys as they are")
    func prompts() throws {
        let typed = try press([key(";"), key("y"), key("c"), key(";")], swapped).view
        guard case .palette(let prompt)? = typed.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(prompt.text == "yc;")
    }

    @Test("The bottom line and the help show what has to be pressed; a click means what it says")
    func shown() throws {
        let size = Size(columns: 160, rows: 45)
        let view = try press([], swapped).view
        let bottom = render(Screens.sentinel, view, size).lines[44]
        #expect(bottom.contains("y crash") && bottom.contains("; command"))
        let gone = try press([], "overview c = none").view
        #expect(!render(Screens.sentinel, gone, size).lines[44].contains("crash"))
        let help = try press([key("?")], swapped).view
        let lines = render(Screens.sentinel, help, size).lines
        #expect(lines.contains { $0.contains(" y ") && $0.contains("crash: every process dies") })
        let network = try press([key("2"), .right], swapped).view
        let frame = render(Screens.sentinel, network, size)
        #expect(frame.lines[44].contains("d cut") && frame.lines[44].contains("x delay"))
        let place = try #require(
            (0..<size.columns).map { Position(column: $0, row: 44) }
                .first { frame.meaning(at: $0) == .key(.character("x")) })
        var interaction = Interaction(view: network)
        let outcomes = interaction.on(.click(place), state: Screens.sentinel, frame: frame)
        #expect(outcomes == [.run(command: "cut between redis-1 and redis-3", by: "key")])
    }

    @Test("Every mistake of a file is told with its line")
    func mistakes() {
        let text = """
            everywhere y = x
            everywhere y = z
            moon y = x
            overview Esc = q
            overview Ctrl-C = q
            overview yy = q
            overview y = F13
            overview y q
            overview y = q nonsense
            """
        do {
            _ = try KeyMap(parsing: text)
            Issue.record("nothing is wrong")
        } catch {
            #expect(error.all.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9])
            #expect(error.all.allSatisfy { !$0.message.isEmpty })
        }
    }

    @Test("Every name of a key is read as the key that has it")
    func names() {
        var inputs: [Input] = [.enter, .pageUp, .function(12), .control("q"), .character(" ")]
        inputs += (0x21...0x7E).map { .character(Unicode.Scalar(UInt8($0))) }
        for input in inputs { #expect(KeyMap.input(KeyMap.name(input)) == input) }
        #expect(KeyMap.input("") == nil && KeyMap.input("F0") == nil)
        #expect(KeyMap.input("\u{301}") == nil)
    }
}
