internal import Chaos
internal import Cluster
internal import Dashboard
internal import Lab
internal import Synchronization
internal import Terminal

/// A lab with a lesson about it: what happens goes to both.
struct LessonWorld: PainterWorld {
    private var base: LiveWorld
    private var run: LessonRun
    private let tap: EntryTap
    private let post = Post()
    private let give: (_ command: String, _ by: String, _ then: Reply?) -> String?
    private var screen: View.Screen?
    private(set) var lesson: LessonPanel?

    typealias Reply = @Sendable (ControlReply?) -> Void

    /// - Parameters:
    ///   - base: the lab, whose entries go through `tap`.
    ///   - give: hands a command over, and tells later what became of it.
    init(
        _ base: LiveWorld, _ run: LessonRun, tap: EntryTap,
        give: @escaping (_ command: String, _ by: String, _ then: Reply?) -> String?
    ) {
        self.base = base
        self.run = run
        self.tap = tap
        self.give = give
        lesson = run.page.map(LessonPanel.init)
    }

    var wakeDescriptor: Int32 { base.wakeDescriptor }
    var state: ClusterState { base.state }
    var now: Stamp { base.now }
    var source: View.Source { base.source }

    mutating func advance() -> Bool {
        let isNew = base.advance()
        for entry in tap.take() { carryOut(run.take(entry)) }
        for answer in post.take() { carryOut(run.on(answer, at: base.now)) }
        carryOut(run.on(.changed, at: base.now))
        return turn() || isNew
    }

    mutating func read(into logs: inout LogTail) { base.read(into: &logs) }

    mutating func send(_ command: String, by: String) -> String? {
        base.send(command, by: by)
    }

    mutating func look(at node: NodeID?) { base.look(at: node) }
    var inspection: Inspection? { base.inspection }

    mutating func playback(_ wish: Outcome.Playback) { base.playback(wish) }

    mutating func lesson(_ wish: LessonPanel.Wish) {
        let input: LessonRun.Input =
            switch wish {
            case .choose(let number): .choose(number)
            case .hint: .hint
            case .next: .next
            }
        carryOut(run.on(input, at: base.now))
        _ = turn()
    }

    mutating func nextScreen() -> View.Screen? {
        defer { screen = nil }
        return screen
    }

    /// Shows the page as it is now; whether it is another one.
    private mutating func turn() -> Bool {
        let page = run.page.map(LessonPanel.init)
        defer { lesson = page }
        return page != lesson
    }

    private mutating func carryOut(_ actions: [LessonRun.Action]) {
        for action in actions {
            switch action {
            case .command(let number, _, let text, let by):
                let post = post
                let problem = give(text, by) { reply in
                    let isDone = reply?.ok ?? false
                    let message = "\(text): \(reply?.text ?? "the lab is gone")"
                    post.add(isDone ? .done(number) : .refused(number, message: message))
                }
                if let problem { post.add(.refused(number, message: problem)) }
            case .note(let text): _ = give(Command.note(text).text, LessonRun.own, nil)
            case .show(let word): screen = View.Screen(rawValue: word)
            case .told: break
            }
        }
    }
}

/// Entries on their way to the dashboard, for somebody else too. Used on one thread.
final class EntryTap {
    private var entries: [Entry] = []

    /// Lets entries through, and keeps them.
    func pass(_ new: [Entry]) -> [Entry] {
        entries += new
        return new
    }

    /// What has passed since the last call.
    func take() -> [Entry] {
        defer { entries = [] }
        return entries
    }
}

/// Answers of the lab, from the thread that waits for them.
private final class Post: Sendable {
    private let answers = Mutex<[LessonRun.Input]>([])

    func add(_ answer: LessonRun.Input) { answers.withLock { $0.append(answer) } }

    func take() -> [LessonRun.Input] {
        answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }
}

extension LessonPanel {
    /// A page as it is shown.
    init(_ page: LessonPage) {
        switch page.kind {
        case .starting: self.init(title: page.title, position: "the cluster starts")
        case .step(let number, let count):
            self.init(title: page.title, position: "step \(number) of \(count)")
        case .review(let number, let count):
            self.init(title: page.title, position: "looking back, \(number) of \(count)")
        }
        say = page.say
        question = page.question.map { question in
            Question(
                ask: question.ask, choices: question.choices, chosen: question.chosen,
                isOpen: question.isOpen, right: question.answer?.number,
                because: question.answer?.because ?? "")
        }
        task = page.task
        isDone = page.isDone
        hints = page.hints
        hasMoreHints = page.hasMoreHints
        learned = page.learned
        trouble = page.trouble
        canGoOn = page.canGoOn
    }
}
