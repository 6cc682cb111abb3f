import Chaos
import Cluster
import Testing

/// A lesson by hand: entries, a clock and a reader, and no cluster.
@Suite struct LessonTests {
    private static let question = Lesson.Prediction(
        ask: "What?", choices: ["this", "that"], answer: 2, because: "so it is")

    // MARK: Steps

    @Test(
        "a lesson begins when the cluster is ready, and a step without 'done' ends when it is read")
    func reading() throws {
        var course = try Course([
            Course.step(Lesson.Words(say: "one", show: "network")),
            Course.step(Lesson.Words(say: "two")),
        ])
        #expect(course.page.kind == .starting)
        course.say(0.5, .next)
        #expect(course.page.kind == .starting)
        course.start()
        #expect(course.page.kind == .step(1, of: 2))
        #expect(course.actions == [.show("network")])
        #expect(course.page.isDone == nil && course.page.canGoOn)
        course.say(2, .next)
        #expect(course.page.say == "two")
        course.say(3, .next)
        #expect(course.run.isOver && course.run.page == nil)
    }

    @Test("a task is done once 'done' held for a moment, and stays so until the reader goes on")
    func latch() throws {
        var course = try Course([
            Course.step(
                Lesson.Words(task: "crash it", learned: "it is gone"),
                done: "did(crash) and not ready(kv-2)"), Course.step(),
        ])
        course.start()
        #expect(course.page.isDone == false && !course.page.canGoOn)
        course.say(2, .next)
        #expect(course.page.kind == .step(1, of: 2))
        // Early: the crash counts, although what it does is seen later.
        course.give(3, "crash kv-2")
        #expect(course.page.isDone == false)
        #expect(course.page.learned == nil)
        course.write(4, .nodeChanged(NodeID(1), NodeChange(phase: .failed, starts: 1)))
        #expect(course.page.isDone == true && course.page.learned == "it is gone")
        course.write(5, .nodeChanged(NodeID(1), NodeChange(phase: .ready, starts: 2)))
        #expect(course.page.isDone == true && course.page.canGoOn)
        course.say(6, .next)
        #expect(course.page.kind == .step(2, of: 2))
    }

    @Test("what was done before the step, or by squall itself, does not count")
    func sinceTheStepBegan() throws {
        var course = try Course([
            Course.step(),
            Course.step(run: ["put k 1 at kv-1"], done: "did(crash) and last(get, kv-1) == 7"),
        ])
        course.start()
        course.give(2, "crash kv-2")
        course.write(2, .asked(ask("7", by: "key")))
        course.say(3, .next)
        #expect(course.orders == ["1 put k 1 at kv-1 by lesson"])
        course.say(3, .done(1))
        course.give(4, "crash kv-2", by: LessonRun.own)
        course.write(4, .asked(ask("7", by: LessonRun.own)))
        #expect(course.page.isDone == false)
        course.give(5, "crash kv-2")
        course.write(5, .asked(ask("7", by: "palette")))
        #expect(course.page.isDone == true)
    }

    private func ask(_ value: String, by: String) -> AskRecord {
        AskRecord(node: NodeID(0), verb: .get, key: "k", outcome: .ok, value: value, by: by)
    }

    @Test("did(crash, leader) is about whoever led when it was done")
    func whoLed() throws {
        var course = try Course([Course.step(done: "did(crash, leader)")])
        course.start()
        course.give(2, "crash kv-2")
        #expect(course.page.isDone == false)
        course.give(3, "crash kv-1 for 5s")
        #expect(course.page.isDone == true)
    }

    @Test("a partition touches whoever is on either side, a cut only its ends")
    func links() throws {
        var course = try Course([
            Course.step(done: "did(partition, kv-2)"), Course.step(done: "did(heal)"),
        ])
        course.start()
        course.give(2, "partition kv-1 / kv-2 as p")
        #expect(course.page.isDone == true)
        course.say(3, .next)
        course.give(4, "heal all")
        #expect(course.page.isDone == true)
    }

    // MARK: Predictions

    @Test(
        "a prediction is kept, written down, answered when it has been seen, and shown at the end")
    func predictions() throws {
        let words = Lesson.Words(predict: Self.question, task: "note it")
        var course = try Course([
            Course.step(words, done: "did(note)"), Course.step(words, done: "did(note)"),
        ])
        course.start()
        #expect(course.page.question?.isOpen == true)
        course.say(2, .choose(3))
        #expect(course.notes.isEmpty)
        course.say(2, .choose(1))
        course.say(3, .choose(2))
        #expect(course.notes == ["predicted: What? this"])
        #expect(course.page.question?.chosen == 1 && course.page.question?.isOpen == false)
        #expect(course.page.question?.answer == nil)
        course.write(4, .note("x", by: "key"))
        #expect(course.page.question?.answer == .init(number: 2, because: "so it is"))
        course.say(5, .next)
        // It never gates: who says nothing goes on as well, and cannot say it afterwards.
        course.write(6, .note("x", by: "key"))
        #expect(course.page.question?.isOpen == false)
        course.say(6, .choose(2))
        course.say(7, .next)
        #expect(course.page.kind == .review(1, of: 2))
        #expect(course.page.question?.chosen == 1)
        course.say(8, .next)
        #expect(course.page.kind == .review(2, of: 2))
        #expect(course.page.question?.chosen == nil)
        #expect(course.notes.last == "lesson done: 0 of 2 predictions came true")
        course.say(9, .next)
        #expect(course.run.isOver)
    }

    @Test("without a task the answer is told as soon as one was chosen")
    func questionAlone() throws {
        var course = try Course([Course.step(Lesson.Words(predict: Self.question))])
        course.start()
        #expect(course.page.question?.answer == nil)
        course.say(2, .choose(2))
        #expect(course.page.question?.answer?.number == 2)
    }

    // MARK: Hints

    @Test(
        "hints come after 20 s, one more each 20 s or when asked for, the last one is what to type")
    func hints() throws {
        var course = try Course([
            Course.step(
                Lesson.Words(task: "t", hints: ["first", "second"]), attempt: ["crash kv-2"],
                done: "did(crash)")
        ])
        course.start()
        #expect(course.page.hints.isEmpty && course.page.hasMoreHints)
        #expect(course.run.wake == Stamp(seconds: 21))
        course.say(20.9, .changed)
        #expect(course.page.hints.isEmpty)
        course.say(21, .changed)
        #expect(course.page.hints == ["first"])
        course.say(25, .hint)
        #expect(course.page.hints == ["first", "second"])
        #expect(course.run.wake == Stamp(seconds: 41))
        course.say(41, .changed)
        #expect(course.page.hints == ["first", "second", ":crash kv-2"])
        #expect(!course.page.hasMoreHints && course.run.wake == nil)
        course.give(42, "crash kv-2")
        #expect(course.page.hints.isEmpty && !course.page.hasMoreHints)
    }

    @Test("a line of squall's own that is refused is told, and the step goes on")
    func refusedLine() throws {
        var course = try Course([
            Course.step(run: ["crash kv-2", "wait 2s", "heal all"], done: "did(note)")
        ])
        course.start()
        course.say(2, .refused(1, message: "no"))
        #expect(course.page.trouble == "no")
        #expect(course.orders == ["1 crash kv-2 by lesson"])
        course.say(4, .changed)
        #expect(course.orders.last == "2 heal all by lesson")
    }

    // MARK: Playing itself

    @Test("played by itself, each attempt must be what makes 'done' true")
    func played() throws {
        var course = try Course(
            [
                Course.step(attempt: ["crash kv-2"], done: "did(crash)"),
                Course.step(attempt: ["note x"], done: "ready(kv-1)"),
                Course.step(attempt: ["note x"], done: "did(crash)"), Course.step(),
            ], plays: true)
        course.start()
        #expect(course.orders == ["1 crash kv-2 by lesson-check"])
        course.give(2, "crash kv-2", by: LessonRun.player)
        course.say(2, .done(1))
        #expect(course.told.last?.step == 1 && course.told.last?.failure == nil)
        course.say(3, .changed)
        #expect(course.told.last?.step == 2)
        #expect(
            course.told.last?.failure == "'done' is true before anything was tried: ready(kv-1)")
        course.say(4, .changed)
        course.say(4, .done(2))
        #expect(course.run.wake == Stamp(seconds: 34))
        course.say(34, .changed)
        #expect(
            course.told.last?.failure == "'done' did not come true within 30s: not did(crash)")
        course.say(35, .changed)
        course.say(36, .changed)
        #expect(course.told.map(\.step) == [1, 2, 3, 4])
        #expect(course.run.isOver)
    }

    @Test("played by itself, a cluster that never gets ready ends it, and so tells a refused line")
    func playedInVain() throws {
        var course = try Course([Course.step()], plays: true)
        course.say(59, .changed)
        #expect(!course.run.isOver)
        course.say(60, .changed)
        #expect(course.told.map(\.step) == [0] && course.run.isOver)

        course = try Course([Course.step(attempt: ["crash kv-2"], done: "did(crash)")], plays: true)
        course.start()
        course.say(2, .refused(1, message: "crash kv-2: no"))
        #expect(course.told.last?.failure == "a line was refused: crash kv-2: no")
        course.say(3, .changed)
        #expect(course.run.isOver)
    }

    // MARK: Mistakes

    @Test("lines and expressions of a lesson are checked like those of a scenario")
    func mistakes() {
        let text = LessonText(
            name: "t", title: "T",
            steps: [
                Course.step(
                    run: ["crahs kv-1", "expect ready(all)"], attempt: ["crash kv-9"],
                    done: "did(wave) and lagg(kv-1) > 1s"),
                Course.step(done: "did(crash"),
            ])
        let codes = Lesson.check(text, for: Course.machines).complaints.map(\.code)
        #expect(
            codes == [
                "command/syntax", "lesson/expect", "name/unknown", "signal/word", "signal/unknown",
                "command/syntax",
            ])
        let scenario = ScenarioText(
            name: "s", steps: [.line(Line("wait until did(crash) within 5s"))])
        let wrong = Script.check(scenario, for: Course.machines).complaints
        #expect(wrong.map(\.code) == ["signal/learner"])
    }
}
