/// What the reference pages and the help screen say of the language: printed from the tables that
/// the palette completes from, so that they cannot tell anything else.
public enum LanguageReference {
    /// The grammar in EBNF: terminals in quotes, `{}` repeats, `[]` may be left out.
    public static var grammar: String { Grammar.ebnf }

    /// A verb.
    public struct Verb: Equatable, Sendable {
        /// `crash`.
        public var word: String
        /// `crash NODES [for TIME] [as NAME]`.
        public var usage: String
        /// What it does, in one line.
        public var help: String
        /// Whether this version runs it; what it does not run yet it refuses by name.
        public var isInThisVersion: Bool
    }

    /// Every verb, the most used first.
    public static var verbs: [Verb] {
        Vocabulary.verbs.map { word, help in
            Verb(
                word: word, usage: Grammar.usage(of: word) ?? word, help: help,
                isInThisVersion: !Unsupported.verbs.contains(word))
        }
    }

    /// A signal that expressions may ask for.
    public struct Signal: Equatable, Sendable {
        /// `lag`.
        public var word: String
        /// `lag(NODES)`.
        public var usage: String
        /// The units of its value, `yes or no`, or `word`.
        public var value: String
        /// What it tells, in one line.
        public var help: String
    }

    /// Every signal that does not come from a topology's `metrics:`.
    public static var signals: [Signal] {
        SignalWord.all.map {
            Signal(word: $0.name, usage: $0.usage, value: $0.value.words, help: $0.help)
        }
    }

    /// Words that may not be names.
    public static var reserved: [String] { Vocabulary.reserved.sorted() }

    /// Whether a node, group, label or fault may be called so.
    public static func isName(_ text: String) -> Bool {
        var parser = Parser(text)
        let isName = (try? parser.name("a name")) != nil
        return isName && parser.isAtEnd && !text.utf8.contains(where: Parser.isBlank)
    }
}

extension SignalWord {
    fileprivate var usage: String {
        switch arguments {
        case .nothing: name
        case .nodes: "\(name)(NODES)"
        case .path: "\(name)(PATH)"
        case .word: "\(name)(\(name == "check" ? "CHECK" : "FAULT"))"
        case .wordAndNodes:
            name == "metric" ? "metric(WORD, NODES)" : "\(name)(VERB, NODES)"
        case .expression: "\(name)(EXPRESSION)"
        }
    }
}

extension SignalWord.Value {
    fileprivate var words: String {
        switch self {
        case .truth: "yes or no"
        case .word: "a word"
        case .units(let units): units.map { "a \($0.rawValue)" }.joined(separator: " or ")
        case .anything: "anything"
        }
    }
}
