internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Lab

/// `squall do LINE`: one command to a running lab.
struct Do: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a running lab one command, e.g. `squall do crash leader for 5s`.",
        discussion: "`squall do -` reads commands from standard input, one a line.")

    @OptionGroup var choice: LabChoice

    @Argument(parsing: .allUnrecognized, help: "The words of the command; `-` reads lines.")
    var words: [String]

    func run() throws {
        let lab = try RunningLab(choice)
        guard words == ["-"] else { return try send(words.joined(separator: " "), to: lab) }
        while let line = readLine() {
            let text = line.trimmingBlanks()
            if text.isEmpty || text.hasPrefix("#") { continue }
            try send(text, to: lab)
        }
    }

    private func send(_ line: String, to lab: RunningLab) throws {
        switch try lab.carryOut(line, by: "do") {
        case .done(let words): if !words.isEmpty { print(words) }
        case .refused(let reason): throw failure(reason, code: 1)
        }
    }
}

extension RunningLab {
    /// What became of a line of the command language.
    enum Answer {
        /// It was done; the command with names and its effect, or nothing where it only waited.
        case done(String)
        /// Why not.
        case refused(String)
    }

    /// Runs one line. Waiting happens here: the lab itself never stops for one client.
    func carryOut(_ line: String, by: String) throws -> Answer {
        switch try? Command(parsing: line) {
        case .wait(let duration):
            _ = try follow(within: duration) { _ in false }
            return .done("")
        case .waitUntil(let expression, let limit): return try wait(for: expression, within: limit)
        case .expect(let clause):
            // Outside of a scenario: now, or within its grace.
            var limit = Duration.zero
            if case .within(let time, _) = clause.grace { limit = time }
            return try wait(for: clause.expression, within: limit)
        default:
            let reply = try command(line, by: by)
            guard reply.ok else { return .refused(reply.text) }
            return .done(reply.effect.isEmpty ? reply.text : "\(reply.text)   \(reply.effect)")
        }
    }

    /// Until it holds; refused when it does not come true in time.
    func wait(for expression: Expression, within limit: Duration?) throws -> Answer {
        var last = ""
        let held = try follow(within: limit) { state in
            let answer = Evaluation(of: state.core).value(of: expression)
            last = answer.words
            return answer.verdict == .holds
        }
        return held ? .done("") : .refused("\(expression.text) did not come true: \(last)")
    }
}

/// `squall ask EXPR`: prints what is true now.
struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running lab whether something holds: `squall ask 'lag(replica) < 1s'`.",
        discussion: "Prints true, false or unknown; the exit code is 0, 1 or 2.")

    @OptionGroup var choice: LabChoice

    @Argument(help: "An expression, in quotes.")
    var expression: [String]

    func run() throws {
        let expression = try parseExpression(expression.joined(separator: " "))
        let answer = Evaluation(of: try RunningLab(choice).state().core).value(of: expression)
        print(answer.words)
        switch answer.verdict {
        case .holds: return
        case .broken: throw ExitCode(1)
        case .unknown: throw ExitCode(2)
        }
    }
}

/// `squall wait EXPR`: returns when it holds.
struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Wait until something holds in a running lab: `squall wait 'ready(all)' within 20s`.",
        discussion: "The exit code is 1 when the time is over (60 s unless said) or the lab ends.")

    @OptionGroup var choice: LabChoice

    @Argument(help: "An expression in quotes, and perhaps: within 20s.")
    var words: [String]

    func run() throws {
        let line = "wait until " + words.joined(separator: " ")
        let lab = try RunningLab(choice)
        do {
            guard case .waitUntil(let expression, let limit) = try Command(parsing: line) else {
                return
            }
            let answer = try lab.wait(for: expression, within: limit ?? .seconds(60))
            if case .refused(let reason) = answer { throw failure(reason, code: 1) }
        } catch let error as ParseError {
            complain(error.pointing(into: line))
            throw ExitCode(Code.usage)
        }
    }
}

/// Reads an expression, or ends the command with 64.
private func parseExpression(_ text: String) throws -> Expression {
    do {
        return try Expression(parsing: text)
    } catch {
        complain(error.pointing(into: text))
        throw ExitCode(Code.usage)
    }
}

/// `squall note TEXT`: a remark on the time axis.
struct Note: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a remark into the recording of a running lab.")

    @OptionGroup var choice: LabChoice

    @Argument(help: "The remark.")
    var words: [String]

    func run() throws {
        let text = words.joined(separator: " ")
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw failure("note needs a word", code: Code.usage)
        }
        let line = Command.note(text).text
        let reply = try RunningLab(choice).command(line, by: "do")
        guard reply.ok else { throw failure(reply.text, code: 1) }
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate func trimmingBlanks() -> String {
        String(
            drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
