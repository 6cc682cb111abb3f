public import Cluster

/// A run in lines of plain text, one for each event: what headless runs print while they go on, and what
/// screen readers and logs get in place of the dashboard. Fed with each entry and the state after it.
public struct RunTelling: Sendable {
    /// How an event is marked.
    public enum Style: Sendable {
        /// By the signs of the dashboard: short, for the eye.
        case signs
        /// By words; tells roles, commands, answers and the cluster as a whole too.
        case words
    }

    /// One line.
    public struct Line: Equatable, Sendable {
        /// When; `nil` for what belongs to the line above.
        public var at: Stamp?
        /// A sign or a word.
        public var sign: String
        /// The rest, without control characters.
        public var text: String
        /// How to take it.
        public var tone: Tone

        /// How a line is meant.
        public enum Tone: Sendable {
            case plain
            case good
            case bad
        }

        /// A line; `text` may be any text.
        public init(_ at: Stamp?, _ sign: String, _ text: String, _ tone: Tone = .plain) {
            self.at = at
            self.sign = sign
            self.text = Self.clean(text)
            self.tone = tone
        }

        private static func clean(_ text: String) -> String {
            var clean = ""
            for scalar in Escaping.oneLine(text).unicodeScalars.prefix(RunTelling.longestText) {
                let isControl = scalar.properties.generalCategory == .control
                clean.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
            return clean.unicodeScalars.count == RunTelling.longestText ? clean + " …" : clean
        }
    }

    /// Lines of one second of the run that are told in words, at most.
    public static let mostInASecond = 100
    /// Characters of a line.
    public static let longestText = 1_000
    /// Least time between two lines on the whole cluster, unless its status changes.
    public static let pause = Duration.seconds(30)

    private let style: Style
    /// Whose commands are not told: who gives them is answered.
    private let silent: String?
    /// What was lost because a queue was full, by name.
    private var lost: [String: UInt64] = [:]
    private var newsTold: UInt64 = 0
    private var summary: ClusterSummary?
    private var summaryAt = Stamp.zero
    /// The second that is being told, its lines, and what there was no room for.
    private var second = (number: Int64(0), lines: 0, left: 0)

    /// Nothing told yet. In words commands of `silent` are left out, e.g. one's own.
    public init(_ style: Style, silentAbout silent: String? = nil) {
        self.style = style
        self.silent = silent
    }

    /// What an entry brought.
    public mutating func lines(_ entry: Entry, _ state: ClusterState) -> [Line] {
        var lines = event(entry, state.core)
        guard style == .words else { return lines }
        lines += roles(state.core)
        lines = bounded(lines, entry.at)
        if let line = cluster(entry, state.core) { lines.append(line) }
        return lines
    }

    /// What is missing in the recording.
    public mutating func finish() -> [Line] {
        let word = style == .signs ? "" : "lost"
        return overflow(nil)
            + lost.sorted { $0.key < $1.key }.map { Line(nil, word, "\($0): \($1) lost") }
    }

    /// The cluster now, whatever was told of it before; what came before this moment is not told again.
    public mutating func begin(at moment: Stamp, _ state: ClusterState) -> [Line] {
        newsTold = state.core.newsTold
        let now = ClusterSummary(state.core)
        (summary, summaryAt) = (now, moment)
        return [now.line(moment)]
    }

    // MARK: Events

    private var isInWords: Bool { style == .words }

    private mutating func event(_ entry: Entry, _ core: Core) -> [Line] {
        let at = entry.at
        func one(
            _ sign: String, _ word: String, _ text: String, _ tone: Line.Tone = .plain
        ) -> [Line] {
            [Line(at, style == .signs ? sign : word, text, tone)]
        }
        switch entry.event {
        case .scenarioStep(let position) where position.state != .done:
            let parts = [position.step, position.text, position.message].filter { !$0.isEmpty }
            let hasFailed = position.state == .failed
            return one(
                hasFailed ? "✕" : "·", hasFailed ? "step failed" : "step",
                parts.joined(separator: " "), hasFailed ? .bad : .plain)
        case .nodeChanged(let id, let change):
            guard let node = core.node(id), !node.isClient, change.phase != .waiting else {
                return []
            }
            let reason = change.reason.isEmpty ? "" : (isInWords ? ": " : "  ") + change.reason
            return one(
                " ", "node", "\(node.name) \(change.phase.rawValue)\(reason)", change.phase.tone)
        case .faultBegan(let fault): return one("↯", "fault", "\(fault.id) \(fault.text)", .bad)
        case .faultMeasured(let id, let proof):
            return one(" ", "proof", "\(id) \(proof.verdict.rawValue): \(proof.words)")
        case .faultEnded(let id, let end) where end != .momentary:
            return one("↺", "over", "\(id) \(end.rawValue)", .good)
        case .judged(let judgement): return lines(judgement, at)
        case .note(let text, let by):
            return one(" ", "note", isInWords && !by.isEmpty ? "\(text) (\(by))" : text)
        case .dropped(let report):
            lost[report.what, default: 0] = lost[report.what, default: 0] &+ report.count
            return []
        default: return isInWords ? inWords(entry, core) : []
        }
    }

    private func lines(_ judgement: Judgement, _ at: Stamp) -> [Line] {
        let (mark, tone): (String, Line.Tone) =
            switch judgement.verdict {
            case .holds: ("●", .good)
            case .broken: ("✕", .bad)
            case .unknown: ("?", .plain)
            }
        let words = "\(judgement.kind.rawValue) \(judgement.text)"
        var lines = [
            isInWords
                ? Line(
                    at, "promise",
                    "\(judgement.verdict.rawValue): \(words)"
                        + (judgement.detail.isEmpty ? "" : ": \(judgement.detail)"), tone)
                : Line(at, mark, "\(words)   \(judgement.detail)", tone)
        ]
        for violation in judgement.violations {
            let place = "   (at \(violation.at.clock(decimals: 1)))"
            lines.append(Line(nil, isInWords ? "violation" : "", violation.text + place, .bad))
            lines += violation.story.map { Line(nil, "", "  \($0)") }
        }
        return lines
    }

    /// What only those want to know who do not see the dashboard.
    private func inWords(_ entry: Entry, _ core: Core) -> [Line] {
        switch entry.event {
        case .runBegan(let run):
            let scenario = run.scenario.map { " \($0)" } ?? ""
            return [
                Line(entry.at, "run", "\(run.topology)\(scenario), seed \(run.seed), \(run.run)")
            ]
        case .commandAccepted(let record):
            // A scenario's commands are its steps.
            guard record.by != silent, !record.by.hasPrefix("scenario") else { return [] }
            let names = record.names == record.text ? "" : " = \(record.names)"
            return [Line(entry.at, "command", "\(record.text)\(names) (\(record.by))")]
        case .commandRefused(let record, let message):
            guard record.by != silent else { return [] }
            return [Line(entry.at, "refused", "\(record.text): \(message) (\(record.by))", .bad)]
        case .asked(let record):
            guard record.by != silent else { return [] }
            let name = core.node(record.node)?.name ?? "\(record.node.index)"
            return [
                Line(
                    entry.at, "answer",
                    "\(name) \(record.verb.rawValue) \(record.key): \(record.words)")
            ]
        case .runEnded(let end):
            let timing = end.timing.isEmpty ? "" : "; timing \(end.timing)"
            return [Line(entry.at, "ended", "\(end.reason), code \(end.code)\(timing)")]
        default: return []
        }
    }

    /// Roles as the news tell them: without the first words of followers.
    private mutating func roles(_ core: Core) -> [Line] {
        let new = core.news.suffix(Int(clamping: core.newsTold &- newsTold))
        newsTold = core.newsTold
        return new.filter { $0.kind == .role }.map { Line($0.at, "role", $0.text) }
    }

    // MARK: The whole

    private mutating func cluster(_ entry: Entry, _ core: Core) -> Line? {
        let isDue = entry.at - summaryAt >= Self.pause
        switch entry.event {
        case .nodeChanged, .roleChanged, .faultBegan, .faultEnded: break
        default: guard isDue else { return nil }
        }
        let now = ClusterSummary(core)
        guard now.status != summary?.status || (isDue && now != summary) else { return nil }
        (summary, summaryAt) = (now, entry.at)
        return now.line(entry.at)
    }

    private mutating func bounded(_ lines: [Line], _ at: Stamp) -> [Line] {
        let number = at.microseconds / 1_000_000
        var told: [Line] = []
        if number != second.number {
            told = overflow(at)
            second = (number, 0, 0)
        }
        let room = max(0, Self.mostInASecond - second.lines)
        second.lines += min(room, lines.count)
        second.left += max(0, lines.count - room)
        return told + lines.prefix(room)
    }

    private mutating func overflow(_ at: Stamp?) -> [Line] {
        defer { second.left = 0 }
        return second.left == 0
            ? [] : [Line(at, "more", "\(second.left) lines of one second were left out")]
    }
}

extension RunTelling.Line {
    /// As it is printed; `colour` for terminals that want it.
    public func printed(_ style: RunTelling.Style, colour: Bool = false) -> String {
        let code = colour ? tone.code : nil
        let sign = code.map { "\u{1B}[\($0)m\(self.sign)\u{1B}[0m" } ?? self.sign
        guard let at else {
            let margin = style == .signs ? "          " : "  "
            return margin + (self.sign.isEmpty ? "" : "\(sign) ") + text
        }
        let time = at.clock(decimals: 1)
        return style == .signs ? "\(time) \(sign) \(text)" : "\(time)  \(sign) \(text)"
    }
}

extension RunTelling.Line.Tone {
    /// Of ECMA-48; `nil` for none.
    fileprivate var code: Int? {
        switch self {
        case .plain: nil
        case .good: 32
        case .bad: 31
        }
    }
}

extension Phase {
    fileprivate var tone: RunTelling.Line.Tone {
        switch self {
        case .ready: .good
        case .waiting, .starting, .started, .stopping: .plain
        case .unready, .exited, .failed, .backingOff, .stopped, .off: .bad
        }
    }
}

extension Core {
    /// A machine; `nil` for one that was never defined.
    func node(_ id: NodeID) -> NodeState? {
        Int(id.index) < nodes.count ? nodes[Int(id.index)] : nil
    }
}
