import Cluster
import Dashboard
import Testing

/// Lessons beside the dashboard.
enum LessonScreens {
    static let all: [GoldenScreen] = [
        GoldenScreen(name: "lesson-question", state: Screens.sentinel, view: view(asking)),
        GoldenScreen(name: "lesson-done", state: Screens.sentinel, view: view(done)),
        GoldenScreen(name: "lesson-review", state: Screens.sentinel, view: view(review)),
        GoldenScreen(
            name: "lesson-network", state: Screens.sentinel, view: view(asking),
            keys: [.character("n")]),
        GoldenScreen(
            name: "lesson-palette", state: Screens.sentinel, view: view(asking),
            keys: [.character(":")] + Screens.typed("par")),
    ]

    private static func view(_ lesson: LessonPanel) -> View {
        var view = Screens.now
        view.lesson = lesson
        return view
    }

    static let asking: LessonPanel = {
        var panel = LessonPanel(title: "Your first partition", position: "step 2 of 5")
        panel.say = """
            A partition is a network that falls apart into groups. Within a group all is well; nothing gets across.
            """
        panel.question = LessonPanel.Question(
            ask: "We cut the leader off from the two followers. What happens to writes?",
            choices: [
                "They stop for good.", "They stop for a moment and go on at the other side.",
                "Nothing, they go on at the old leader.",
            ], isOpen: true)
        panel.task = "Press p with the cursor on the leader, then Enter."
        panel.isDone = false
        panel.hints = [
            "The cursor has to be on the machine whose ROLE is leader.",
            ":partition leader / rest for 60s as cut",
        ]
        panel.hasMoreHints = true
        return panel
    }()

    static let done: LessonPanel = {
        var panel = asking
        panel.question?.isOpen = false
        panel.question?.chosen = 1
        panel.question?.right = 2
        panel.question?.because = "Two of three are a majority. They elect one of themselves."
        panel.hints = []
        panel.hasMoreHints = false
        panel.isDone = true
        panel.learned = "One group of one, one group of two. Watch ROLE now."
        panel.trouble = "heal all: the lab is gone"
        panel.canGoOn = true
        return panel
    }()

    private static let review: LessonPanel = {
        var panel = LessonPanel(title: "Your first partition", position: "looking back, 1 of 2")
        panel.question = done.question
        panel.question?.chosen = 2
        panel.canGoOn = true
        return panel
    }()
}

@Suite struct LessonPanelTests {
    /// What keys ask of the world.
    private func wishes(_ panel: LessonPanel, _ keys: [Input]) -> [Outcome] {
        var view = Screens.now
        view.lesson = panel
        var interaction = Interaction(view: view)
        return keys.flatMap { interaction.on($0, state: Screens.sentinel) }
    }

    @Test("digits answer while a question is open, and otherwise go to the screens")
    func digits() {
        #expect(wishes(LessonScreens.asking, [.character("2")]) == [.lesson(.choose(2))])
        #expect(wishes(LessonScreens.asking, [.character("4")]).isEmpty)
        #expect(wishes(LessonScreens.done, [.character("2")]).isEmpty)
    }

    @Test("Enter goes on when the step is done, and H hints as long as there are hints")
    func keys() {
        #expect(wishes(LessonScreens.asking, [.enter, .character("H")]) == [.lesson(.hint)])
        #expect(wishes(LessonScreens.done, [.enter, .character("H")]) == [.lesson(.next)])
    }

    @Test("without a hint to give, H says so")
    func noHint() {
        var view = Screens.now
        view.lesson = LessonScreens.done
        var interaction = Interaction(view: view)
        #expect(interaction.on(.character("H"), state: Screens.sentinel).isEmpty)
        #expect(interaction.view.echo?.effect == "the lesson has no hint now")
    }

    @Test("what lies over the screen has the keys first")
    func overlay() {
        let outcomes = wishes(
            LessonScreens.done, [.character(":")] + Screens.typed("note 2H") + [.enter])
        #expect(outcomes == [.run(command: "note 2H", by: "palette")])
    }

    @Test("there is a frame of every size, with every panel")
    func everySize() {
        for panel in [LessonScreens.asking, LessonScreens.done] {
            var view = Screens.now
            view.lesson = panel
            for columns in Array(1...30) + [59, 60, 119, 120, 121, 300] {
                for rows in 1...22 {
                    let size = Size(columns: columns, rows: rows)
                    #expect(render(Screens.sentinel, view, size).size == size)
                }
            }
        }
    }

    @Test("the keys of the dashboard and those of the panel are both there, in every size")
    func bothKeyBars() {
        for size in [(160, 45), (120, 35), (119, 30), (80, 24), (60, 16), (40, 10), (30, 8)] {
            var view = Screens.now
            view.lesson = LessonScreens.done
            let lines = render(
                Screens.sentinel, view, Size(columns: size.0, rows: size.1)
            ).lines
            #expect(lines.last?.contains("? help") == true, "\(size)")
            #expect(lines.contains { $0.contains("Your first") }, "\(size)")
            #expect(lines.contains { $0.contains("go on") }, "\(size)")
        }
    }
}
