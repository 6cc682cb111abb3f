/// What the palette shows while a command is typed: what may come next, and what the line means so
/// far. It reads the same table of productions that the reference page is printed from.
public struct Completion: Equatable, Sendable {
    /// Where the word under the cursor begins, in characters from the start of the line: what a
    /// candidate replaces.
    public var start: Int
    /// What may stand there, best first.
    public var candidates: [Candidate]
    /// One line about the command being typed.
    public var help: String

    /// One proposal.
    public struct Candidate: Hashable, Sendable {
        /// What is written.
        public var text: String
        /// What it means, in a few words.
        public var help: String

        /// A proposal and its meaning.
        public init(text: String, help: String) {
            self.text = text
            self.help = help
        }
    }

    /// Proposals for the word at `cursor` (in characters; the end of the line when `nil`); `scenarios` are
    /// those of the topology, each with what it is about.
    public init(
        of line: String, cursor: Int? = nil, state: ClusterState,
        scenarios: [(name: String, help: String)] = []
    ) {
        var names = CompletionNames(state.core)
        names.scenarios = scenarios
        self.init(of: line, cursor: cursor, names: names)
    }

    init(of line: String, cursor: Int?, names: CompletionNames) {
        let before = Array(line.prefix(max(0, cursor ?? line.count)).utf8)
        let place = Self.wordStart(in: before)
        let typed = String(decoding: before[place...], as: UTF8.self)
        let head = Array(before[..<place])
        start = String(decoding: head, as: UTF8.self).count
        help = Self.help(for: line)
        guard typed.first != "\"", !Self.isInsideQuotes(head) else {
            candidates = []
            return
        }
        guard head.contains(where: { !Parser.isBlank($0) }) else {
            candidates = Self.verbs(beginningWith: typed)
            return
        }
        let walk = GrammarWalk(head, as: .command)
        let asked = SignalCall(before: head)
        var seen: Set<String> = []
        candidates = walk.trials.lazy
            .filter { asked?.allows($0.terminal) ?? true }
            .flatMap { names.candidates(for: $0.terminal, typed: typed, asked: asked) }
            .filter { $0.text.hasPrefix(typed) && seen.insert($0.text).inserted }
            .sorted { $0.rank < $1.rank }
    }

    /// The candidates alone.
    public static func candidates(
        for line: String, cursor: Int? = nil, state: ClusterState
    ) -> [Candidate] {
        Completion(of: line, cursor: cursor, state: state).candidates
    }

    /// One line about the command being typed: how it looks, and what it does; or, for a whole
    /// command, its effect; or what is wrong with it.
    public static func help(for line: String) -> String {
        let verb = line.drop { $0 == " " }.prefix { $0 != " " }
        guard let meaning = Vocabulary.help(forVerb: String(verb)) else {
            return verb.isEmpty ? "a command; Tab completes" : ""
        }
        if let command = try? Command(parsing: line) {
            if let refusal = command.unsupported { return refusal }
            return command.effect.isEmpty ? meaning : command.effect
        }
        return (Grammar.usage(of: String(verb)) ?? "") + "   " + meaning
    }

    /// Verbs of this version, in the order of the vocabulary: what is used most comes first.
    private static func verbs(beginningWith typed: String) -> [Candidate] {
        Vocabulary.verbs
            .filter { $0.word.hasPrefix(typed) && !Unsupported.verbs.contains($0.word) }
            .map { Candidate(text: $0.word, help: $0.help) }
    }

    // MARK: Where

    /// Behind the last blank, comma or parenthesis that is not in quotes.
    private static func wordStart(in line: [UInt8]) -> Int {
        var start = 0
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            if byte == 0x22 { isQuoted.toggle() }
            if !isQuoted, Parser.isBlank(byte) || byte == 0x2C || byte == 0x28 { start = index + 1 }
        }
        return start
    }

    private static func isInsideQuotes(_ line: [UInt8]) -> Bool {
        !line.count(where: { $0 == 0x22 }).isMultiple(of: 2)
    }
}

extension Completion.Candidate {
    /// Marks come last, and what can follow every name before them.
    fileprivate var rank: Int {
        let isWord = text.utf8.first.map(Parser.isWord) ?? false
        return isWord ? (text == "except" ? 1 : 0) : 2
    }
}

/// The signal whose parentheses the cursor stands in, and how many commas into them.
struct SignalCall {
    var name: String
    var isFirst: Bool
    /// Whether nothing of the argument is written yet.
    private var isAtStart: Bool

    init?(before line: [UInt8]) {
        guard let open = line.lastIndex(of: 0x28), !line[open...].contains(0x29) else { return nil }
        var start = open
        while start > 0, Parser.isWord(line[start - 1]) { start -= 1 }
        name = String(decoding: line[start..<open], as: UTF8.self)
        isFirst = !line[open...].contains(0x2C)
        let last = line.last { !Parser.isBlank($0) }
        isAtStart = last == 0x28 || last == 0x2C
    }

    /// Whether the signal can take an argument that begins so.
    func allows(_ terminal: Grammar.Terminal) -> Bool {
        guard isAtStart, let shape = SignalWord.known(name)?.arguments else { return true }
        let beginsPath = [.word("from"), .word("to"), .word("between")].contains(terminal)
        switch shape {
        case .path: return beginsPath
        case .nodes: return !beginsPath
        case .word: return terminal == .name(.argument)
        case .wordAndNodes: return isFirst ? terminal == .name(.argument) : !beginsPath
        case .nothing, .expression: return true
        }
    }
}
