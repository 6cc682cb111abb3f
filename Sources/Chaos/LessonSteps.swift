internal import Cluster

/// How a lesson goes forward.
extension LessonRun {
    /// One move; false when it has to wait.
    mutating func advance() -> Bool {
        switch phase {
        case .waiting:
            if state.core.allReadyAt != nil {
                begin(0)
                return true
            }
            if plays, now >= .zero + Self.readyLimit {
                tell("the cluster did not get ready", step: 0)
                phase = .over
            }
            return false
        case .preparing, .trying: return advanceLines()
        case .open: return advanceOpen()
        case .passed where plays && now >= passed + Self.readingPause:
            next()
            return true
        case .passed, .review, .over: return false
        }
    }

    private mutating func begin(_ index: Int) {
        self.index = index
        phase = .preparing
        began = now
        deeds = Deeds()
        asked = 0
        trouble = nil
        queue = step.run
        waiting = .nothing
        if let screen = step.words.show { actions.append(.show(screen)) }
    }

    // MARK: Lines

    private mutating func advanceLines() -> Bool {
        switch waiting {
        case .nothing: break
        case .answer: return false
        case .time(let by):
            guard now >= by else { return false }
            waiting = .nothing
        case .condition(let expression, let by):
            let answer = answer(to: expression)
            if answer.verdict != .holds {
                guard let by, now >= by else { return false }
                refused("it did not come true: \(answer.figures)")
                return true
            }
            waiting = .nothing
        }
        guard !queue.isEmpty else {
            if phase == .preparing { return prepared() }
            phase = .open
            return true
        }
        let order = queue.removeFirst()
        switch order.command {
        case .wait(let time): waiting = .time(now + time)
        case .waitUntil(let expression, let limit):
            waiting = .condition(expression, by: now + (limit ?? Self.stepLimit))
        default:
            orders += 1
            waiting = .answer(orders)
            actions.append(
                .command(
                    orders, order.command, text: order.text,
                    by: phase == .trying ? Self.player : Self.own))
        }
        return true
    }

    /// Squall's own lines are carried out: now it is the reader's turn, or the player's.
    private mutating func prepared() -> Bool {
        opened = now
        phase = .open
        guard plays, !step.attempt.isEmpty else { return true }
        if let done = step.done {
            let answer = answer(to: done)
            if answer.verdict == .holds {
                tell("'done' is true before anything was tried: \(answer.figures)")
                return pass()
            }
        }
        queue = step.attempt
        phase = .trying
        return true
    }

    /// A line that does not work: told to the reader, who may know better; the end of a lesson that plays
    /// itself.
    mutating func refused(_ message: String) {
        waiting = .nothing
        guard plays else {
            trouble = message
            return
        }
        queue = []
        tell("a line was refused: \(message)")
        _ = pass()
    }

    // MARK: Done

    private mutating func advanceOpen() -> Bool {
        guard let done = step.done else {
            guard plays else { return false }
            tell(nil, detail: "to be read")
            return pass()
        }
        let answer = answer(to: done)
        if answer.verdict == .holds {
            if plays { tell(nil, detail: answer.figures) }
            return pass()
        }
        guard plays, now >= opened + Self.stepLimit else { return false }
        tell("'done' did not come true within \(Self.stepLimit.text): \(answer.figures)")
        return pass()
    }

    private mutating func pass() -> Bool {
        phase = .passed
        passed = now
        return true
    }

    private func answer(to expression: Expression) -> Evaluation.Answer {
        Evaluation(of: state.core, deeds: deeds).value(of: expression)
    }

    private mutating func tell(_ failure: String?, detail: String = "", step: Int? = nil) {
        actions.append(
            .told(
                Outcome(
                    step: step ?? index + 1, failure: failure, detail: detail,
                    took: .microseconds(now.microseconds - began.microseconds))))
    }

    // MARK: The reader

    mutating func choose(_ answer: Int) {
        guard let question = openQuestion, question.choices.indices.contains(answer - 1) else {
            return
        }
        chosen[index] = answer
        actions.append(.note("predicted: \(question.ask) \(question.choices[answer - 1])"))
    }

    mutating func next() {
        guard canGoOn else { return }
        switch phase {
        case .review(let number):
            phase = number + 1 < predictions.count ? .review(number + 1) : .over
        case .open, .passed:
            if index + 1 < lesson.steps.count {
                begin(index + 1)
            } else if plays || predictions.isEmpty {
                phase = .over
            } else {
                phase = .review(0)
                actions.append(.note(verdict))
            }
        default: break
        }
    }

    private var verdict: String {
        let right = predictions.count { chosen[$0.step] == $0.question.answer }
        return "lesson done: \(right) of \(predictions.count) predictions came true"
    }
}
