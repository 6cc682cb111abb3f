/// A lesson beside the screen: what is told, asked and to be done now.
public struct LessonPanel: Equatable, Sendable {
    /// What the lesson is called.
    public var title: String
    /// Where it stands: `step 2 of 6`.
    public var position: String
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
    /// Whether `H` gives another one.
    public var hasMoreHints = false
    /// What was learned, once it was.
    public var learned: String?
    /// Why something did not work.
    public var trouble: String?
    /// Whether Enter leads on.
    public var canGoOn = false

    /// A panel of a lesson.
    public init(title: String, position: String) {
        self.title = title
        self.position = position
    }

    /// A question with answers to choose from.
    public struct Question: Equatable, Sendable {
        /// The question.
        public var ask: String
        /// Answers to choose from.
        public var choices: [String]
        /// What was chosen, from 1.
        public var chosen: Int?
        /// Whether digits answer it now.
        public var isOpen: Bool
        /// The right answer, from 1; `nil` before it has been seen.
        public var right: Int?
        /// Why that is right; empty before.
        public var because: String

        /// A question.
        public init(
            ask: String, choices: [String], chosen: Int? = nil, isOpen: Bool = false,
            right: Int? = nil, because: String = ""
        ) {
            self.ask = ask
            self.choices = choices
            self.chosen = chosen
            self.isOpen = isOpen
            self.right = right
            self.because = because
        }
    }

    /// What the keys of the panel ask for.
    public enum Wish: Equatable, Sendable {
        /// An answer to the question, from 1.
        case choose(Int)
        /// A hint.
        case hint
        /// The next page.
        case next
    }

    /// What a key means here; `nil` when it is none of the panel's.
    func wish(of input: Input) -> Wish? {
        switch input {
        case .enter where canGoOn: return .next
        case .character("H") where hasMoreHints: return .hint
        case .character(let scalar):
            guard let question, question.isOpen, scalar.isASCII,
                let digit = Int(String(Character(scalar))),
                question.choices.indices.contains(digit - 1)
            else { return nil }
            return .choose(digit)
        default: return nil
        }
    }
}
