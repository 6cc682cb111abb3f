import Cluster
import Testing

@testable import Dashboard

@Suite struct InteractionTests {
    private let sentinel = Screens.sentinel
    private var quiet: ClusterState { Runs.crash(until: 40).state }

    /// The commands that keys make, the last view, everything asked.
    private func press(
        _ keys: [Input], _ state: ClusterState, view: View = Screens.now
    ) -> (interaction: Interaction, outcomes: [Outcome]) {
        var interaction = Interaction(view: view)
        let outcomes = keys.flatMap { interaction.on($0, state: state) }
        return (interaction, outcomes)
    }

    private func typed(_ text: String) -> [Input] { Screens.typed(text) }

    @Test(
        "A key stands for one line of the command language",
        arguments: [
            ("c", "crash kv-1 for 10s"), ("P", "pause kv-1"), ("jc", "crash kv-2 for 10s"),
            ("s", "start kv-1"), ("r", "restart kv-1"), (" jP", "pause kv-1"),
            ("d\n", "delay between kv-1 and all by 100ms for 60s"),
            ("o\n", "loss between kv-1 and all 10% for 60s"),
            ("x\n", "cut between kv-1 and all for 30s"), ("i\n", "isolate kv-1 for 30s"),
            ("p\n", "partition kv-1 / rest for 30s"), ("fc\n", "crash kv-1 for 10s"),
            ("fk\n", "kill kv-1 for 30s"), ("f0\n", "poweroff kv-1 for 30s"),
            ("nx", "cut between kv-1 and kv-2"), ("nX", "cut from kv-1 to kv-2"),
            ("nlx", "cut between kv-1 and kv-3"),
            ("nd\n", "delay between kv-1 and kv-2 by 100ms for 60s"),
            (":note hello\n", "note hello"), ("p+\n", "partition kv-1 / rest for 60s"),
            ("pl \n", "partition kv-1,kv-2 / rest for 30s"),
        ])
    func commands(_ keys: String, _ command: String) {
        let inputs = keys.unicodeScalars.map { $0 == "\n" ? Input.enter : .character($0) }
        let (interaction, outcomes) = press(inputs, quiet)
        let by = keys.hasPrefix(":") ? "palette" : "key"
        #expect(outcomes == [.run(command: command, by: by)])
        #expect(interaction.view.echo?.command == command)
        #expect(interaction.view.overlay == nil)
    }

    @Test("A form's value is changed with the arrow keys, or typed")
    func form() {
        let keys: [Input] = [.character("d"), .up, .right, .up, .enter]
        #expect(
            press(keys, quiet).outcomes
                == [
                    .run(
                        command: "delay between kv-1 and all by 200ms jitter 5ms for 60s", by: "key"
                    )
                ])
        let own: [Input] = [.character("d")] + typed("350ms") + [.enter]
        #expect(
            press(own, quiet).outcomes
                == [.run(command: "delay between kv-1 and all by 350ms for 60s", by: "key")])
    }

    @Test("A form that makes no sense says so and stays")
    func badForm() {
        let (interaction, outcomes) = press([.character("d")] + typed("soon") + [.enter], quiet)
        #expect(outcomes.isEmpty)
        guard case .form(let form) = interaction.view.overlay else {
            Issue.record("the form is gone")
            return
        }
        #expect(form.complaint != nil)
    }

    @Test("The echo tells what a fault does")
    func echo() {
        let (interaction, _) = press([.character("d"), .enter], quiet)
        #expect(interaction.view.echo?.effect == "each way 100 ms, round trip +200 ms")
    }

    @Test("What would take the quorum has to be pressed twice")
    func guarded() {
        let state = Runs.crash(until: 21).state
        let (asked, none) = press([.character("c")], state)
        #expect(none.isEmpty)
        #expect(asked.view.echo?.tone == .asking)
        #expect(asked.view.echo?.effect.contains("1 of 3 voters") == true)
        let twice = press([.character("c"), .character("c")], state).outcomes
        #expect(twice == [.run(command: "crash kv-1 for 10s", by: "key")])
        // Another key between them, and it asks again.
        #expect(press([.character("c"), .down, .up, .character("c")], state).outcomes.isEmpty)
    }

    @Test("u takes back the youngest fault made by hand, not a scenario's")
    func undo() {
        #expect(
            press([.character("u")], sentinel).outcomes == [.run(command: "heal f3", by: "key")])
        var state = sentinel
        state.apply(
            Entry(
                number: state.core.lastEntry + 1, at: Stamp(seconds: 252),
                event: .faultBegan(
                    FaultRecord(
                        id: FaultID(4), text: "isolate redis-2", by: "scenario split, step 1"))))
        #expect(press([.character("u")], state).outcomes == [.run(command: "heal f3", by: "key")])
        let (interaction, outcomes) = press([.character("u")], quiet)
        #expect(outcomes.isEmpty && interaction.view.echo?.effect == "nothing of yours to undo")
    }

    @Test("! heals all at once, and needs a fault to heal")
    func healAll() {
        #expect(
            press([.character("!")], sentinel).outcomes == [.run(command: "heal all", by: "key")])
        #expect(press([.character("!")], quiet).outcomes.isEmpty)
    }

    @Test("P on a paused node goes on, x on a cut pair heals it")
    func toggles() {
        var state = quiet
        let next = state.core.lastEntry + 1
        state.apply(
            Entry(
                number: next, at: Stamp(seconds: 41),
                event: .faultBegan(
                    FaultRecord(id: FaultID(7), text: "pause kv-1", nodes: [NodeID(0)], by: "key")))
        )
        state.apply(
            Entry(
                number: next + 1, at: Stamp(seconds: 41),
                event: .faultBegan(
                    FaultRecord(
                        id: FaultID(8), text: "cut between kv-1 and kv-2",
                        links: LinkSet([
                            LinkSet.Block(from: [NodeID(0)], to: [NodeID(1)]),
                            LinkSet.Block(from: [NodeID(1)], to: [NodeID(0)]),
                        ]), by: "key"))))
        #expect(press([.character("P")], state).outcomes == [.run(command: "heal f7", by: "key")])
        #expect(
            press([.character("n"), .character("x")], state).outcomes
                == [.run(command: "heal f8", by: "key")])
    }

    @Test("Marked nodes are meant together")
    func marks() {
        let keys: [Input] = [.character(" "), .character(" "), .character("c")]
        let (interaction, outcomes) = press(keys, sentinel)
        #expect(interaction.view.marks == [NodeID(0), NodeID(1)])
        // Two of three voters: asked first.
        #expect(
            outcomes.isEmpty && interaction.view.echo?.command == "crash redis-1,redis-2 for 10s")
        #expect(
            press([.character("*"), .character("\\")], sentinel).interaction.view.marks.isEmpty)
    }

    @Test(
        "The table is sorted by a column; who tells nothing is last, and the cursor stays on its node"
    )
    func sorting() {
        func names(_ keys: [Input]) -> [String] {
            Arrangement(sentinel, press(keys, sentinel).interaction.view).shown.map(\.name)
        }
        let defined = names([])
        #expect(names([.character(">")]) == defined)
        #expect(names([.character(">"), .character("I")]) == defined.reversed())
        let lag = Array(repeating: Input.character(">"), count: 4)
        #expect(names(lag).prefix(2) == ["redis-3", "redis-2"])
        #expect(names(lag + [.character("I")]).prefix(2) == ["redis-2", "redis-3"])
        #expect(names(lag).dropFirst(2) == ["redis-1", "watch-1", "watch-2", "watch-3"])
        // Over the last column it is as it was.
        #expect(names(Array(repeating: .character(">"), count: 12)) == defined)
        #expect(names([.character("<"), .character(">")]) == defined)
        let moved = press([.down] + lag, sentinel).interaction
        #expect(Arrangement(sentinel, moved.view).current?.name == "redis-2")
        // Elsewhere nodes keep their places.
        #expect(names(lag + [.character("5")]) == defined)
    }

    @Test("A click on a title sorts by it, a second one inverts")
    func sortingByClicks() throws {
        let size = Size(columns: 120, rows: 35)
        var interaction = Interaction(view: Screens.now)
        let frame = render(sentinel, interaction.view, size)
        let title = try #require(frame.lines[2].firstRange(of: " LAG"))
        let column =
            frame.lines[2].distance(from: frame.lines[2].startIndex, to: title.upperBound) - 1
        let click = Input.click(Position(column: column, row: 2))
        _ = interaction.on(click, state: sentinel, frame: frame)
        #expect(interaction.view.sorting == Sorting(.lag))
        #expect(render(sentinel, interaction.view, size).lines[3].contains("redis-3"))
        _ = interaction.on(click, state: sentinel, frame: frame)
        #expect(interaction.view.sorting?.isDescending == false)
    }

    @Test("L locks everything that changes the cluster, whatever key or line asks for it")
    func lock() {
        let locked: [Input] = [.character("L")]
        for keys in [
            "c", "P", "s", "r", "u", "!", ".", "d\n", "p\n", "fc\n", "nx", ":crash redis-1\n",
        ] {
            let inputs = keys.unicodeScalars.map { $0 == "\n" ? Input.enter : .character($0) }
            #expect(press(locked + inputs, sentinel).outcomes.isEmpty, "\(keys)")
        }
        let view = press(locked, sentinel).interaction.view
        let frame = render(sentinel, view, Size(columns: 120, rows: 35))
        #expect(frame.lines[0].contains("LOCKED") && !frame.lines[34].contains("crash"))
        #expect(press(locked + locked + [.character("!")], sentinel).outcomes.count == 1)
        // Looking is free.
        #expect(press(locked + [.character("5")], sentinel).interaction.view.screen == .timeline)
    }

    @Test("In a recording keys move the playhead, and nothing can be changed")
    func replay() {
        var view = Screens.now
        view.source = .replay(View.Replay(position: .zero, length: Stamp(seconds: 60)))
        let keys: [(Input, Outcome.Playback)] = [
            (.character(" "), .toggle), (.left, .step(seconds: -1)), (.right, .step(seconds: 1)),
            (.shiftRight, .step(seconds: 10)), (.character("+"), .faster),
            (.character("-"), .slower), (.character("}"), .nextEvent),
            (.character("{"), .previousEvent), (.home, .seek(0)), (.end, .seek(1)),
        ]
        for (key, wish) in keys {
            #expect(press([key], sentinel, view: view).outcomes == [.playback(wish)])
        }
        for key: Input in [.character("c"), .character("!"), .character("u")] {
            let (interaction, outcomes) = press([key], sentinel, view: view)
            #expect(outcomes.isEmpty && interaction.view.echo?.tone == .refused)
        }
        #expect(press([.character("q")], sentinel, view: view).outcomes == [.leave(.detach)])
    }

    @Test("q asks what becomes of the lab; Esc stays, and never leaves")
    func leaving() {
        #expect(press([.character("q")], sentinel).interaction.view.overlay == .leave)
        #expect(press([.character("q"), .character("d")], sentinel).outcomes == [.leave(.detach)])
        #expect(press([.character("q"), .character("s")], sentinel).outcomes == [.leave(.stop)])
        #expect(press([.control("c"), .control("c")], sentinel).outcomes == [.leave(.stop)])
        #expect(press([.character("q"), .escape, .escape, .escape], sentinel).outcomes.isEmpty)
    }

    @Test("The palette completes, refuses with a reason, and remembers")
    func palette() {
        var interaction = Interaction(view: Screens.now)
        func press(_ keys: [Input]) -> [Outcome] {
            keys.flatMap { interaction.on($0, state: quiet) }
        }
        #expect(press(typed(":cra") + [.tab]).isEmpty)
        guard case .palette(let prompt) = interaction.view.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(prompt.text == "crash ")
        #expect(press(typed("kv-9") + [.enter]).isEmpty)
        guard case .palette(let refused) = interaction.view.overlay else {
            Issue.record("the palette closed over a mistake")
            return
        }
        #expect(refused.complaint?.contains("kv-9") == true)
        #expect(
            press([.backspace] + typed("3") + [.enter]) == [
                .run(command: "crash kv-3", by: "palette")
            ])
        #expect(
            press([.character(":"), .up, .enter]) == [.run(command: "crash kv-3", by: "palette")])
        #expect(interaction.history == ["crash kv-3"])
        #expect(press(typed(":network") + [.enter]).isEmpty)
        #expect(interaction.view.screen == .network)
    }

    @Test("The filter is at work while it is typed, and Esc takes it back")
    func filter() {
        let view = press([.character("/")] + typed("watch"), sentinel).interaction.view
        #expect(Arrangement(sentinel, view).shown.map(\.name) == ["watch-1", "watch-2", "watch-3"])
        let not = press([.character("/")] + typed("!watch") + [.enter], sentinel).interaction.view
        #expect(Arrangement(sentinel, not).shown.count == 3)
        let back = press([.character("/")] + typed("x") + [.enter, .escape], sentinel)
        #expect(back.interaction.view.filter.isEmpty)
    }

    @Test("A click on a key of the bar is that key, on a row the cursor")
    func clicks() {
        var interaction = Interaction(view: Screens.now)
        let frame = render(sentinel, interaction.view, Size(columns: 120, rows: 35))
        let row = 34
        let line = frame.lines[row]
        guard let found = line.firstRange(of: "? help") else {
            Issue.record("no help in the bar")
            return
        }
        let column = line.distance(from: line.startIndex, to: found.lowerBound)
        _ = interaction.on(
            .click(Position(column: column, row: row)), state: sentinel, frame: frame)
        #expect(interaction.view.overlay == .help(from: 0))
        _ = interaction.on(.escape, state: sentinel)
        _ = interaction.on(.click(Position(column: 5, row: 5)), state: sentinel, frame: frame)
        #expect(interaction.view.cursor == NodeID(2))
    }

    @Test("Every key that the help names does something on its screen")
    func help() {
        for (key, words) in Help.sections(Screens.now).flatMap(\.keys) {
            guard key.unicodeScalars.count == 1, let scalar = key.unicodeScalars.first else {
                continue
            }
            let (interaction, outcomes) = press([.character(scalar)], sentinel)
            let echo = interaction.view.echo?.effect ?? ""
            #expect(!echo.contains("does nothing here"), "\(key): \(words)")
            #expect(!outcomes.isEmpty || interaction.view != Screens.now, "\(key): \(words)")
        }
    }

    @Test("A crash that was read about is not told again")
    func readIncident() {
        let before = render(quiet, Screens.at(40.4), Size(columns: 120, rows: 35))
        #expect(before.lines.contains { $0.contains("kv-2 crashed") })
        let view = press([.down], quiet, view: Screens.at(40.4)).interaction.view
        let after = render(quiet, view, Size(columns: 120, rows: 35))
        #expect(!after.lines.contains { $0.contains("kv-2 crashed") })
    }

    @Test("What would be refused is not offered: read-only, and after the end")
    func offered() {
        var view = Screens.now
        view.readOnly = true
        let bar = render(sentinel, view, Size(columns: 120, rows: 35)).lines[34]
        #expect(!bar.contains("crash") && !bar.contains("heal all") && bar.contains("? help"))
        let (interaction, outcomes) = press([.character("c")], sentinel, view: view)
        #expect(outcomes.isEmpty && interaction.view.echo?.tone == .refused)
        // Whoever only looks on ends nothing, whatever is pressed.
        #expect(press([.character("q")], sentinel, view: view).outcomes == [.leave(.detach)])
        #expect(
            press([.character(":")] + typed("q!") + [.enter], sentinel, view: view).outcomes
                == [.leave(.detach)])
        var ended = sentinel
        ended.apply(
            Entry(
                number: ended.core.lastEntry + 1, at: Stamp(seconds: 260),
                event: .runEnded(RunEnd(reason: "quit"))))
        #expect(press([.character("c")], ended).interaction.view.echo?.tone == .refused)
        #expect(press([.character("q")], ended).outcomes == [.leave(.stop)])
    }

    @Test("In a recording the sentence after a crash stays while it is news, whatever is pressed")
    func replayedIncident() {
        func shows(_ seconds: Double) -> Bool {
            var view = Screens.at(seconds)
            view.source = .replay(
                View.Replay(position: Stamp(seconds: seconds), length: Stamp(seconds: 90)))
            let pressed = press(
                [.character(" "), .character("n"), .character("n")], quiet, view: view)
            let frame = render(quiet, pressed.interaction.view, Size(columns: 120, rows: 35))
            return frame.lines.contains { $0.contains("kv-2 crashed") }
        }
        #expect(shows(40.4))
        #expect(!shows(70))
    }

    @Test("An echo becomes what the lab answered")
    func answered() {
        var interaction = Interaction(view: Screens.at(40.4))
        _ = interaction.on(.character("P"), state: quiet)
        var state = quiet
        state.apply(
            Entry(
                number: state.core.lastEntry + 1, at: Stamp(seconds: 40.5),
                event: .commandRefused(
                    CommandRecord(number: 9, text: "pause kv-1", names: "pause kv-1", by: "key"),
                    message: "kv-1 is held already")))
        let frame = render(state, interaction.view, Size(columns: 120, rows: 35))
        #expect(frame.lines.contains { $0.contains("pause kv-1   kv-1 is held already") })
    }
}
