public import Chaos
internal import Cluster
public import Topology

/// From the lines of a lesson to one that can be taught, and from complaints back to places in the file.
public enum LessonReading {
    /// A lesson of `topology` as it stands in `source`; `screens` are those that the dashboard has.
    ///
    /// - Throws: every mistake in its lines and words.
    public static func lesson(
        _ lesson: Topology.Lesson, in source: SourceText, of topology: Topology,
        screens: [String]
    ) throws(Diagnostics) -> Lesson {
        var marks = Marks()
        let text = LessonText(
            name: lesson.name, title: lesson.title,
            steps: lesson.steps.map { step in
                LessonText.Step(
                    words: words(of: step), run: step.run.map { marks.line($0) },
                    attempt: step.attempt.map { marks.line($0) },
                    done: step.done.map { marks.line($0) })
            })
        let (taught, complaints) = Lesson.check(
            text, for: ScenarioReading.machines(of: topology),
            weather: topology.weather.map { Line($0.text) },
            checks: topology.checks.map(\.name))
        let unknown = lesson.steps.compactMap(\.show).filter { !screens.contains($0.text) }
        let wrong =
            complaints.map { marks.diagnostic($0, in: source) }
            + unknown.map { word in
                source.diagnostic(
                    at: word.place, "the dashboard has no screen '\(word.text)'",
                    code: "lesson/screen", hint: "screens: " + screens.joined(separator: " "))
            }
        guard let taught, wrong.isEmpty else { throw Diagnostics(wrong) }
        return taught
    }

    private static func words(of step: Topology.Lesson.Step) -> Lesson.Words {
        Lesson.Words(
            say: step.say, show: step.show?.text,
            predict: step.predict.map {
                Lesson.Prediction(
                    ask: $0.ask, choices: $0.choices, answer: $0.answer, because: $0.because)
            }, task: step.task, hints: step.hints, learned: step.learned)
    }
}
