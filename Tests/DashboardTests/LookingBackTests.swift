import Cluster
import Testing

@testable import Dashboard

@Suite struct LookingBackTests {
    private let state = Screens.sentinel

    private func press(
        _ keys: [Input], view: View = LookingBackScreens.view, state: ClusterState? = nil
    ) -> (view: View, outcomes: [Outcome]) {
        var interaction = Interaction(view: view)
        let outcomes = keys.flatMap { interaction.on($0, state: state ?? self.state) }
        return (interaction.view, outcomes)
    }

    private func key(_ scalar: Unicode.Scalar) -> Input { .character(scalar) }

    @Test("The chapter that the playhead is in is chosen first; Enter goes to one, Esc to none")
    func chapters() {
        #expect(press([key("C")]).view.overlay == .chapters(1))
        #expect(
            press([key("C"), .down, .down, .enter]).outcomes
                == [.playback(.to(Stamp(seconds: 255.9)))])
        #expect(
            press([key("C"), .up, .up, .up, .enter]).outcomes
                == [.playback(.to(Stamp(seconds: 242.118)))])
        #expect(
            press([key("C"), .end, .enter]).outcomes == [.playback(.to(Stamp(seconds: 411.005)))])
        let (left, none) = press([key("C"), .down, .escape])
        #expect(left.overlay == nil && none.isEmpty)
        var bare = LookingBackScreens.view
        bare.source = .replay(View.Replay(position: .zero, length: Stamp(seconds: 9)))
        let (empty, _) = press([key("C")], view: bare)
        #expect(empty.overlay == nil && empty.echo?.effect == "nothing happened in this run")
    }

    @Test(
        "A time is typed and gone to; what is none is told, and can be mended",
        arguments: [("3:41", 221.0), ("221.5", 221.5), ("1:04:11", 3_851)])
    func moment(_ text: String, _ seconds: Double) {
        let wanted = [Outcome.playback(.to(Stamp(seconds: seconds)))]
        #expect(press([key("t")] + Screens.typed(text) + [.enter]).outcomes == wanted)
        #expect(press([key(":")] + Screens.typed("goto " + text) + [.enter]).outcomes == wanted)
        let mended = [key("t")] + Screens.typed("3:4x") + [.enter]
        guard case .moment(let prompt)? = press(mended).view.overlay else {
            Issue.record("the line is gone")
            return
        }
        #expect(prompt.complaint?.contains("3:4x is no time") == true)
        let keys = mended + [.backspace] + Screens.typed("1") + [.enter]
        #expect(press(keys).outcomes == [.playback(.to(Stamp(seconds: 221)))])
    }

    @Test("goto is refused where time goes its own way, and needs a time")
    func gotoLive() {
        let (view, outcomes) = press(
            [key(":")] + Screens.typed("goto 3:41") + [.enter], view: Screens.now)
        #expect(outcomes.isEmpty && view.echo?.tone == .refused && view.overlay == nil)
        #expect(press([key(":")] + Screens.typed("goto") + [.enter]).view.echo?.tone == .refused)
        #expect(press([key(":")] + Screens.typed("goto 9x") + [.enter]).view.echo?.tone == .refused)
    }

    @Test(
        "A note is about the moment when its line was opened, and is written beside the recording")
    func note() {
        let at = Stamp(seconds: 251.3)
        #expect(
            press([key("a")] + Screens.typed(" why? ") + [.enter]).outcomes
                == [.annotate("why?", at: at)])
        // The recording plays on while one types.
        var interaction = Interaction(view: LookingBackScreens.view)
        _ = interaction.on(key("a"), state: state)
        var replay = LookingBackScreens.replay
        replay.position = Stamp(seconds: 260)
        interaction.view.source = .replay(replay)
        interaction.view.now = replay.position
        for input in Screens.typed("x") { _ = interaction.on(input, state: state) }
        #expect(interaction.on(.enter, state: state) == [.annotate("x", at: at)])
        #expect(press([key("a"), .enter]).outcomes.isEmpty)
        #expect(press([key("a")] + Screens.typed("x") + [.escape]).outcomes.isEmpty)
    }

    @Test("A note is there again where it was written; emptied, it is taken away")
    func noteAgain() {
        let at = Stamp(seconds: 300)
        let noted = LookingBackScreens.noted
        guard case .note(let prompt, at)? = press([key("a")], view: noted).view.overlay else {
            Issue.record("no line")
            return
        }
        #expect(prompt.text == "the tail catches up")
        #expect(press([key("a"), .enter], view: noted).outcomes.isEmpty)
        #expect(
            press([key("a"), .control("u"), .enter], view: noted).outcomes
                == [.annotate("", at: at)])
        #expect(
            press([key("a"), .backspace, .backspace, .enter], view: noted).outcomes
                == [.annotate("the tail catches", at: at)])
    }

    @Test("In a lab a note is a command, and nothing that is repeated")
    func noteLive() {
        let keys = [key("a")] + Screens.typed("it's \"slow\"") + [.enter]
        let (view, outcomes) = press(keys, view: Screens.now)
        #expect(view.overlay == nil)
        guard case .run(let line, by: "key")? = outcomes.first, outcomes.count == 1 else {
            Issue.record("\(outcomes)")
            return
        }
        #expect((try? Command(parsing: line)) == .note("it's \"slow\""))
        #expect(
            press([key("c")] + keys + [key(".")], view: Screens.now).outcomes.last
                == .run(command: "crash redis-1 for 10s", by: "key"))
        #expect(press([key("a"), .enter], view: Screens.now).outcomes.isEmpty)
        var watching = Screens.now
        watching.readOnly = true
        let refused = press(keys, view: watching)
        #expect(refused.outcomes.isEmpty && refused.view.echo?.tone == .refused)
    }

    @Test("m and M look for what is filtered for, in what is marked")
    func search() {
        let told = press([key("m")])
        #expect(told.outcomes.isEmpty && told.view.echo?.effect.contains("/") == true)
        let filter = [key("/")] + Screens.typed("sdown") + [.enter]
        #expect(
            press(filter + [key("m")]).outcomes
                == [.search(Outcome.Search(filter: Filter("sdown")))])
        var marked = LookingBackScreens.view
        marked.marks = [NodeID(4)]
        #expect(
            press(filter + [key("M")], view: marked).outcomes
                == [
                    .search(
                        Outcome.Search(
                            filter: Filter("sdown"), nodes: [NodeID(4)], isForward: false))
                ])
    }

    @Test("What was found is shown in the logs; that nothing was is told")
    func found() {
        var view = LookingBackScreens.view
        view.filter = Filter("sdown")
        view.scrolled = 9
        var interaction = Interaction(view: view)
        let search = Outcome.Search(filter: view.filter)
        let found = View.Found(at: Stamp(seconds: 247.118), node: NodeID(5), text: "+sdown")
        interaction.found(found, search)
        #expect(interaction.view.screen == .logs && interaction.view.scrolled == 0)
        #expect(interaction.view.found == found)
        #expect(interaction.view.echo?.effect == "04:07.118 +sdown")
        _ = interaction.on(.up, state: state)
        #expect(interaction.view.found == nil)
        interaction.found(nil, search)
        #expect(interaction.view.echo?.effect == "no match after 04:11.3 for sdown")
    }

    @Test("A command that was found stands where it was given, though no news tells of it")
    func foundCommand() {
        var view = LookingBackScreens.view
        view.filter = Filter("traffic")
        view.screen = .logs
        view.found = View.Found(at: Stamp(seconds: 250), text: "traffic 5/s")
        let lines = render(state, view, Size(columns: 100, rows: 30)).lines
        #expect(lines.contains { $0.hasPrefix("▸04:10.000") && $0.contains("› traffic 5/s") })
    }

    @Test("Taking over is asked for once, and does nothing in a lab")
    func takeOver() {
        #expect(press([key("T")]).view.overlay == .takeOver)
        #expect(press([key("T")]).outcomes.isEmpty)
        for answer in [Input.enter, key("y"), key("T")] {
            let (view, outcomes) = press([key("T"), answer])
            #expect(outcomes == [.takeOver] && view.overlay == nil)
        }
        for answer in [Input.escape, key("n"), key("q")] {
            let (view, outcomes) = press([key("T"), answer])
            #expect(outcomes.isEmpty && view.overlay == nil)
        }
        let live = press([key("T"), .enter], view: Screens.now)
        #expect(!live.outcomes.contains(.takeOver))
        let early = press([key("T")], state: ClusterState())
        #expect(early.view.overlay == nil && early.view.echo?.tone == .refused)
    }

    @Test("The smallest steps have keys")
    func entries() {
        #expect(
            press([key("."), key(",")]).outcomes == [
                .playback(.nextEntry), .playback(.previousEntry),
            ])
    }

    @Test("What works is on the bottom line", arguments: [120, 160])
    func hints(_ columns: Int) {
        let size = Size(columns: columns, rows: 35)
        let line = render(state, LookingBackScreens.view, size).lines[34]
        for word in ["T take over", "C chapters", "{ } event"] {
            #expect(line.contains(word), "\(line)")
        }
        #expect(!line.contains("m M"))
        var filtered = LookingBackScreens.view
        filtered.filter = Filter("x")
        #expect(render(state, filtered, size).lines[34].contains("m M match"))
    }

    @Test("Chapters have room in every size, and the chosen one is seen")
    func sizes() {
        for (columns, rows) in [(160, 45), (80, 24), (60, 17), (40, 10), (24, 6), (10, 3), (1, 1)] {
            for chosen in [0, 4, 7, 99] {
                var view = LookingBackScreens.view
                view.overlay = .chapters(chosen)
                let frame = render(state, view, Size(columns: columns, rows: rows))
                #expect(isWhole(frame))
                guard columns >= 40 else { continue }
                #expect(frame.lines.contains { $0.contains("▸") }, "\(columns)x\(rows), \(chosen)")
            }
        }
    }
}
