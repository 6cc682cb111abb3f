/// What a lesson shows now.
public struct LessonPage: Equatable, Sendable {
    /// What the lesson is called.
    public var title: String
    /// What kind of page.
    public var kind: Kind
    /// What there is to know.
    public var say: String?
    /// The question, and what was said to it.
    public var question: Question?
    /// The task.
    public var task: String?
    /// Whether the task is done; `nil` where nothing is looked at.
    public var isDone: Bool?
    /// Hints so far.
    public var hints: [String] = []
    /// Whether `hint` would give another one.
    public var hasMoreHints = false
    /// What was learned, once it was.
    public var learned: String?
    /// Why something did not work.
    public var trouble: String?
    /// Whether `next` leads on.
    public var canGoOn = false

    /// A page with nothing on it yet.
    public init(title: String, kind: Kind) {
        self.title = title
        self.kind = kind
    }

    /// Kinds of pages.
    public enum Kind: Equatable, Sendable {
        /// The cluster gets ready.
        case starting
        /// A step of so many, from 1.
        case step(Int, of: Int)
        /// A prediction of so many again, from 1.
        case review(Int, of: Int)
    }

    /// A question with what was said to it.
    public struct Question: Equatable, Sendable {
        /// The question.
        public var ask: String
        /// Answers to choose from.
        public var choices: [String]
        /// What was chosen, from 1.
        public var chosen: Int?
        /// Whether it can be answered now.
        public var isOpen: Bool
        /// The right answer, from 1, and why; `nil` before it has been seen.
        public var answer: Answer?

        /// What is right.
        public struct Answer: Equatable, Sendable {
            /// From 1.
            public var number: Int
            /// Why.
            public var because: String

            /// A right answer, and why.
            public init(number: Int, because: String) {
                self.number = number
                self.because = because
            }
        }
    }
}

extension LessonRun {
    /// What there is to read; `nil` when it is over.
    public var page: LessonPage? {
        switch phase {
        case .waiting: return LessonPage(title: lesson.title, kind: .starting)
        case .over: return nil
        case .review(let number):
            let (step, question) = predictions[number]
            var page = LessonPage(
                title: lesson.title, kind: .review(number + 1, of: predictions.count))
            page.question = shown(question, of: step, isSeen: true)
            page.canGoOn = true
            return page
        case .preparing, .trying, .open, .passed:
            let words = step.words
            var page = LessonPage(
                title: lesson.title, kind: .step(index + 1, of: lesson.steps.count))
            page.say = words.say
            let isSeen = step.done == nil ? chosen[index] != nil : phase == .passed
            page.question = words.predict.map { shown($0, of: index, isSeen: isSeen) }
            page.task = words.task
            page.isDone = step.done == nil ? nil : phase == .passed
            page.hints = hints
            page.hasMoreHints = isHinting && hints.count < allHints.count
            page.learned = step.done == nil || phase == .passed ? words.learned : nil
            page.trouble = trouble
            page.canGoOn = canGoOn
            return page
        }
    }

    private func shown(
        _ question: Lesson.Prediction, of step: Int, isSeen: Bool
    ) -> LessonPage.Question {
        LessonPage.Question(
            ask: question.ask, choices: question.choices, chosen: chosen[step],
            isOpen: !isSeen && openQuestion != nil,
            answer: isSeen ? .init(number: question.answer, because: question.because) : nil)
    }

    /// The questions of the whole lesson, with their steps.
    var predictions: [(step: Int, question: Lesson.Prediction)] {
        lesson.steps.enumerated().compactMap { step in
            step.element.words.predict.map { (step.offset, $0) }
        }
    }

    /// The question that can be answered now: once, and before the answer can be seen.
    var openQuestion: Lesson.Prediction? {
        guard phase == .open || phase == .preparing, chosen[index] == nil else { return nil }
        return step.words.predict
    }

    var canGoOn: Bool {
        switch phase {
        case .passed, .review: true
        case .open: step.done == nil
        default: false
        }
    }

    // MARK: Hints

    var isHinting: Bool { phase == .open && step.done != nil }

    /// The step's hints, and at last what one would type.
    var allHints: [String] {
        let lines = step.attempt.map { ":\($0.text)" }
        return step.words.hints + (lines.isEmpty ? [] : [lines.joined(separator: "  ")])
    }

    /// Those that are told by now.
    var hints: [String] {
        guard isHinting else { return [] }
        let due = Int(elapsed / Self.hintPause)
        return Array(allHints.prefix(max(0, due) + asked))
    }
}
