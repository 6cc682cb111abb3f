public import Cluster

/// A lesson whose lines are understood; it can be taught, and played by itself.
public struct Lesson: Hashable, Sendable {
    /// A word.
    public var name: String
    /// What it is called.
    public var title: String
    /// At least one.
    public var steps: [Step]

    /// One step.
    public struct Step: Hashable, Sendable {
        /// What its reader is told.
        public var words: Words
        /// What squall does itself when the step begins.
        public var run: [Order]
        /// What does the task; played where nobody learns.
        public var attempt: [Order]
        /// What is true once the task is done; without it the reader says when to go on.
        public var done: Expression?
    }

    /// A command with its text.
    public struct Order: Hashable, Sendable {
        /// What is done.
        public var command: Command
        /// As written.
        public var text: String
    }

    /// The texts of a step.
    public struct Words: Hashable, Sendable {
        /// What there is to know.
        public var say: String?
        /// The screen to look at.
        public var show: String?
        /// A question before it happens.
        public var predict: Prediction?
        /// The task.
        public var task: String?
        /// Told one after the other to whoever takes long.
        public var hints: [String]
        /// Told when it is done.
        public var learned: String?

        /// Texts of a step.
        public init(
            say: String? = nil, show: String? = nil, predict: Prediction? = nil,
            task: String? = nil, hints: [String] = [], learned: String? = nil
        ) {
            self.say = say
            self.show = show
            self.predict = predict
            self.task = task
            self.hints = hints
            self.learned = learned
        }
    }

    /// A question with answers to choose from.
    public struct Prediction: Hashable, Sendable {
        /// The question.
        public var ask: String
        /// From two to nine.
        public var choices: [String]
        /// The right one, from 1.
        public var answer: Int
        /// Why it is right.
        public var because: String

        /// A question.
        public init(ask: String, choices: [String], answer: Int, because: String) {
            self.ask = ask
            self.choices = choices
            self.answer = answer
            self.because = because
        }
    }
}

/// A lesson before anybody understood its lines.
public struct LessonText: Hashable, Sendable {
    /// A word.
    public var name: String
    /// What it is called.
    public var title: String
    /// In order.
    public var steps: [Step]

    /// A lesson.
    public init(name: String, title: String, steps: [Step]) {
        self.name = name
        self.title = title
        self.steps = steps
    }

    /// One step.
    public struct Step: Hashable, Sendable {
        /// What its reader is told.
        public var words: Lesson.Words
        /// Command lines of squall's own.
        public var run: [Line]
        /// Command lines that do the task.
        public var attempt: [Line]
        /// An expression.
        public var done: Line?

        /// A step.
        public init(
            words: Lesson.Words, run: [Line] = [], attempt: [Line] = [], done: Line? = nil
        ) {
            self.words = words
            self.run = run
            self.attempt = attempt
            self.done = done
        }
    }
}

extension Lesson {
    /// Understands a lesson for a cluster of these machines, whose topology makes these checks. Gives the
    /// lesson, or everything that is wrong with its lines. `weather` are the standing faults.
    public static func check(
        _ text: LessonText, for machines: [NodeDescription], weather: [Line] = [],
        checks: [String] = []
    ) -> (lesson: Lesson?, complaints: [Complaint]) {
        var check = ScriptCheck(machines: machines, checks: checks)
        check.hasWeather = !weather.isEmpty
        check.hasLearner = true
        check.collectNames(weather.map { .line($0) })
        let lesson = check.lesson(text)
        return (check.complaints.isEmpty ? lesson : nil, check.complaints)
    }
}

extension ScriptCheck {
    fileprivate mutating func lesson(_ text: LessonText) -> Lesson {
        for step in text.steps { collectNames((step.run + step.attempt).map { .line($0) }) }
        return Lesson(
            name: text.name, title: text.title,
            steps: text.steps.map { step in
                Lesson.Step(
                    words: step.words, run: orders(step.run), attempt: orders(step.attempt),
                    done: step.done.flatMap { question($0) })
            })
    }

    private mutating func orders(_ lines: [Line]) -> [Lesson.Order] {
        lines.compactMap { line in
            guard let command = command(line) else { return nil }
            if case .expect = command {
                complain(
                    line, about: "expect", "a lesson judges by 'done'", "lesson/expect",
                    "write the expression behind 'done:'")
            }
            return Lesson.Order(command: command, text: line.text)
        }
    }

    private mutating func question(_ line: Line) -> Expression? {
        do {
            let expression = try Expression(parsing: line.text)
            check(expression, line)
            return expression
        } catch {
            complain(line, error)
            return nil
        }
    }
}
