/// Follows all productions at once through a text, and notes what could have come where it ends.
/// Every possible place is followed, so nothing has to be decided ahead; lines are short.
struct GrammarWalk {
    /// Something that could stand where the text ends.
    struct Trial: Hashable {
        var terminal: Grammar.Terminal
        /// The nearest production that people have a word for: "nodes".
        var title: String?
    }

    private let bytes: [UInt8]
    private(set) var trials: [Trial] = []
    /// Whether the text may end where it ends.
    private(set) var isComplete = false
    private var depth = 0
    /// Where productions ended that were followed already: keeps hostile lines polynomial.
    private var known: [Visit: Places] = [:]

    private struct Visit: Hashable {
        var name: Grammar.Name
        var unit: Unit?
        var start: Int
    }

    /// The longest line that is followed; beyond it nothing is proposed.
    static let longest = 1_000
    private static let deepest = 400

    init(_ bytes: [UInt8], as production: Grammar.Name) {
        self.bytes = bytes
        guard bytes.count <= Self.longest else { return }
        let ends = ends(of: .production(production), from: 0, unit: nil, title: nil)
        isComplete = ends.list.contains { afterBlanks($0) == bytes.count }
    }

    /// What could come behind `bytes`, for people: words in quotes, and kinds of things.
    static func expectations(after bytes: [UInt8], parsing production: Grammar.Name) -> [String] {
        let walk = GrammarWalk(bytes, as: production)
        var list: [String] = []
        for trial in walk.trials {
            let words = trial.title ?? trial.terminal.words
            if !list.contains(words) { list.append(words) }
        }
        if walk.isComplete { list.append("the end") }
        return list
    }

    private func afterBlanks(_ offset: Int) -> Int {
        var parser = Parser(bytes: bytes, offset: offset)
        parser.skipBlanks()
        return parser.offset
    }

    /// Where the text may be after the rule, beginning at `start`.
    private mutating func ends(
        of rule: Grammar.Rule, from start: Int, unit: Unit?, title: String?
    ) -> Places {
        switch rule {
        case .terminal(let terminal): return ends(of: terminal, from: start, title)
        case .sequence(let rules):
            var places = Places(start)
            for rule in rules {
                // A production's title stands for how it begins, not for what follows inside.
                let inner = places == Places(start) ? title : nil
                var next = Places()
                for place in places.list {
                    next.formUnion(ends(of: rule, from: place, unit: unit, title: inner))
                }
                places = next
            }
            return places
        case .choice(let rules):
            var places = Places()
            for rule in rules {
                places.formUnion(ends(of: rule, from: start, unit: unit, title: title))
            }
            return places
        case .optional(let rule):
            var places = Places(start)
            places.formUnion(ends(of: rule, from: start, unit: unit, title: title))
            return places
        case .repeated(let rule):
            var places = Places(start)
            // Every round ends behind where it began: one pass in order meets all places.
            var next: Int? = start
            while let place = next {
                places.formUnion(ends(of: rule, from: place, unit: unit, title: title))
                next = places.first(after: place)
            }
            return places
        case .production(.value, nil) where unit != nil:
            return ends(of: .terminal(.unit(unit ?? .number)), from: start, unit: nil, title: title)
        case .production(let name, let inner):
            return ends(of: name, from: start, unit: inner ?? unit, title: title ?? name.title)
        }
    }

    private mutating func ends(
        of name: Grammar.Name, from start: Int, unit: Unit?, title: String?
    ) -> Places {
        let visit = Visit(name: name, unit: unit, start: afterBlanks(start))
        if let ends = known[visit] { return ends }
        guard depth < Self.deepest else { return Places() }
        depth += 1
        defer { depth -= 1 }
        let ends = ends(of: Grammar.rule(name), from: start, unit: unit, title: title)
        // At the end of the text every way there has a title of its own.
        if visit.start < bytes.count { known[visit] = ends }
        return ends
    }

    private mutating func ends(
        of terminal: Grammar.Terminal, from start: Int, _ title: String?
    ) -> Places {
        let offset = afterBlanks(start)
        guard offset < bytes.count else {
            let trial = Trial(terminal: terminal, title: title)
            if !trials.contains(trial) { trials.append(trial) }
            return Places()
        }
        var parser = Parser(bytes: bytes, offset: offset)
        return parser.skips(terminal) ? Places(parser.offset) : Places()
    }
}

/// Places in a line, a bit each.
private struct Places: Equatable {
    private var words: [UInt64] = []

    init() {}

    init(_ place: Int) {
        words = Array(repeating: 0, count: place / 64 + 1)
        words[place / 64] = 1 << UInt64(place % 64)
    }

    mutating func formUnion(_ other: Places) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    func first(after place: Int) -> Int? {
        var next = place + 1
        while next < words.count * 64 {
            let rest = words[next / 64] >> UInt64(next % 64)
            if rest != 0 { return next + rest.trailingZeroBitCount }
            next = (next / 64 + 1) * 64
        }
        return nil
    }

    /// In order.
    var list: [Int] {
        var list: [Int] = []
        var next = first(after: -1)
        while let place = next {
            list.append(place)
            next = first(after: place)
        }
        return list
    }
}

extension Parser {
    /// Steps over the terminal, if it stands here, by the parser's own reading of it.
    fileprivate mutating func skips(_ terminal: Grammar.Terminal) -> Bool {
        do throws(Mistake) {
            switch terminal {
            case .word(let word):
                let range = self.word()
                offset = range.upperBound
                return text(range) == word
            case .mark(let mark):
                let range = offset..<min(offset + mark.utf8.count, bytes.count)
                offset = range.upperBound
                return text(range) == mark
                    && (mark.utf8.first != 0x3C && mark.utf8.first != 0x3E
                        || mark.utf8.count == 2 || byte(offset) != 0x3D)
            case .unit(let unit): _ = try quantity(unit)
            case .whole: _ = try whole(0...Int.max / 1_000_000, "it")
            case .name(let kind): _ = try name("it", faults: kind == .fault || kind == .argument)
            case .glob:
                if case .glob = try named(self.word()) { return true }
                return false
            case .label:
                if case .label = try named(self.word()) { return true }
                return false
            case .signalName: _ = try signalName()
            case .key, .text, .file: _ = try textOrWord()
            case .lastText: _ = try textOrRest()
            case .urlPath:
                if byte(offset) != 0x2F { return false }
                _ = try textOrWord()
            case .restOfLine: _ = try rest()
            case .operandWord:
                let range = self.word()
                guard !range.isEmpty, isOperandWord(range) else { return false }
                offset = range.upperBound
            case .quoted:
                if byte(offset) != 0x22 { return false }
                _ = try quoted()
            }
            return true
        } catch {
            return false
        }
    }
}

extension Grammar.Name {
    /// What people call it, where a word for the whole says more than the list of what it begins with.
    fileprivate var title: String? {
        switch self {
        case .nodes, .term: "nodes"
        case .signal: "a signal"
        case .argument: "an argument"
        case .relation: "a comparison"
        case .value: "a value"
        default: nil
        }
    }
}

extension Grammar.Terminal {
    /// For messages.
    var words: String {
        switch self {
        case .word(let word): "'\(word)'"
        case .mark(let mark): "'\(mark)'"
        case .unit(let unit): "a \(unit.rawValue)"
        case .whole: "a whole number"
        case .name(.node): "a node"
        case .name(.group): "a group"
        case .name(.newFault): "a name"
        case .name(.scenario): "a scenario"
        case .name(.fault): "a fault"
        case .name(.signal): "a signal"
        case .name(.argument): "a word"
        case .glob: "a pattern"
        case .label: "a label"
        case .signalName: "a signal like HUP"
        case .key: "a key"
        case .text, .lastText, .quoted: "a text"
        case .file: "a file"
        case .urlPath: "a path"
        case .restOfLine: "a program"
        case .operandWord: "a word"
        }
    }
}
