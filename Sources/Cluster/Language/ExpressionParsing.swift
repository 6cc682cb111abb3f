extension Expression {
    /// A question about the cluster: `ready(all) and lag(replica) < 1s`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .expr) { parser throws(Mistake) in
            try parser.wholeExpression()
        }
    }
}

extension Clause {
    /// A line of `expect` and `always`: `lag(replica) < 1s within 5s after cut`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .clause) { parser throws(Mistake) in
            try parser.clause()
        }
    }
}

extension Parser {
    mutating func wholeExpression() throws(Mistake) -> Expression {
        let expression = try expression()
        if isNext("within") {
            throw unexpected(
                "an expression has no time of its own",
                hint: "'within' belongs to expect and to wait until")
        }
        return expression
    }

    mutating func clause() throws(Mistake) -> Clause {
        let expression = try expression()
        if accept("within") {
            let time = try time()
            return Clause(
                expression,
                grace: .within(time, after: accept("after") ? try faultName() : nil))
        }
        guard accept("tolerate") else { return Clause(expression) }
        return Clause(expression, grace: .tolerate(try time()))
    }

    mutating func expression() throws(Mistake) -> Expression {
        try nested { parser throws(Mistake) in
            var parts = [try parser.conjunction()]
            while parser.accept("or") { parts.append(try parser.conjunction()) }
            return parts.count == 1 ? parts[0] : .or(parts)
        }
    }

    private mutating func conjunction() throws(Mistake) -> Expression {
        var parts = [try negation()]
        while accept("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(Mistake) -> Expression {
        if accept("not") { return .not(try primary()) }
        return try primary()
    }

    private mutating func primary() throws(Mistake) -> Expression {
        guard accept(punctuation: 0x28) else { return try condition() }
        let inner = try expression()
        guard accept(punctuation: 0x29) else { throw unexpected(hint: "a ')' is missing") }
        return inner
    }

    // MARK: Conditions

    private mutating func condition() throws(Mistake) -> Expression {
        skipBlanks()
        let start = offset
        let word = SignalWord.known(text(self.word()))
        var signal = try signalTerm()
        signal.window = try window()
        let written = start..<endOfLastWord(from: start)
        guard let (relation, place) = relation() else {
            if byte(offset) == 0x3D {
                throw unexpected("one '=' compares nothing", hint: "write '=='")
            }
            if let word { try refuseNumberAlone(word, written) }
            return .truth(signal)
        }
        if let word, case .truth = word.value {
            throw Mistake(
                range: place, message: "'\(word.name)' is a yes or no by itself",
                hint: "write '\(signal.text)' or 'not \(signal.text)'")
        }
        if isAtEnd {
            throw unexpected(
                "the right side of '\(relation.rawValue)' is missing",
                hint: "in a shell put the expression in quotes")
        }
        return .comparison(signal, relation, try operand(of: word))
    }

    private func refuseNumberAlone(_ word: SignalWord, _ range: Range<Int>) throws(Mistake) {
        let example: String
        switch word.value {
        case .truth, .anything: return
        case .word: example = "== leader"
        case .units(let units):
            example =
                switch units[0] {
                case .time: "< 1s"
                case .share: ">= 99%"
                case .size: "< 1GB"
                case .frequency: "> 100/s"
                case .bandwidth: "> 1MB/s"
                case .number: "== 0"
                }
        }
        throw Mistake(
            range: range, message: "'\(text(range))' is no yes or no; compare it with something",
            hint: "\(text(range)) \(example); in a shell put the expression in quotes")
    }

    private mutating func relation() -> (Relation, Range<Int>)? {
        skipBlanks()
        let first = byte(offset)
        let isDouble = byte(offset + 1) == 0x3D
        let relation: Relation? =
            switch (first, isDouble) {
            case (0x3D, true): .equal
            case (0x21, true): .unequal
            case (0x3C, true): .lessOrEqual
            case (0x3C, false): .less
            case (0x3E, true): .greaterOrEqual
            case (0x3E, false): .greater
            default: nil
            }
        guard let relation else { return nil }
        let place = offset..<offset + relation.rawValue.utf8.count
        offset = place.upperBound
        return (relation, place)
    }

    private mutating func operand(of signal: SignalWord?) throws(Mistake) -> Operand {
        skipBlanks()
        if Self.isDigit(byte(offset)) {
            let range = next()
            let value = try quantity()
            guard let signal, case .units(let units) = signal.value else { return .quantity(value) }
            return .quantity(
                try self.quantity(value, in: range, mustBe: units, of: signal.name))
        }
        if byte(offset) == 0x22 { return .text(try quoted()) }
        let range = word()
        guard !range.isEmpty, isOperandWord(range) else { throw unexpected() }
        if byte(range.upperBound) == 0x28 { return .signal(try signalTerm()) }
        offset = range.upperBound
        if isNext("before") || isNext("during") || isNext("after") {
            throw unexpected(
                "the window belongs to the left side", hint: "availability during split >= 99%")
        }
        return .word(text(range))
    }

    /// A letter or `_`, then letters, digits, `_ . : -`.
    func isOperandWord(_ range: Range<Int>) -> Bool {
        (Self.isLetter(bytes[range.lowerBound]) || bytes[range.lowerBound] == 0x5F)
            && Self.isLabelValue(bytes[range])
    }

    private mutating func window() throws(Mistake) -> SignalTerm.Window? {
        if accept("before") { return .before(try faultName()) }
        if accept("during") { return .during(try faultName()) }
        if accept("after") { return .after(try faultName()) }
        return nil
    }

    private mutating func faultName() throws(Mistake) -> String {
        try name("a fault", faults: true)
    }

    /// The place without the blanks that were skipped since.
    private func endOfLastWord(from start: Int) -> Int {
        var end = offset
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        return end
    }

    // MARK: Signals

    mutating func signalTerm() throws(Mistake) -> SignalTerm {
        let range = word()
        let name = text(range)
        guard isName(range) else {
            let hint = byte(offset) == 0x21 ? "write 'not'" : nil
            throw unexpected(hint: hint)
        }
        if name != "any" { try refuseReserved(name, range, "a signal") }
        offset = range.upperBound
        let shape = SignalWord.known(name)?.arguments
        guard byte(offset) == 0x28 else {
            try requireArguments(name, shape, range)
            return SignalTerm(name: name)
        }
        if case .nothing = shape {
            throw Mistake(
                range: offset..<offset + 1, message: "'\(name)' is asked of the whole cluster",
                hint: "write '\(name)' alone")
        }
        offset += 1
        let arguments = try arguments(shape)
        guard accept(punctuation: 0x29) else { throw unexpected() }
        return SignalTerm(name: name, arguments: arguments)
    }

    private func requireArguments(
        _ name: String, _ shape: SignalWord.Shape?, _ range: Range<Int>
    ) throws(Mistake) {
        let example: String
        switch shape {
        case nil, .nothing, .nodes: return
        case .path: example = "between a and b"
        case .word: example = name == "check" ? "no-lost-writes" : "split"
        case .wordAndNodes:
            example = name == "did" ? "cut" : name == "last" ? "get, kv-1" : "in-doubt, bank"
        case .expression: example = "lag(all) > 5s"
        }
        throw Mistake(
            range: range, message: "'\(name)' of what?",
            hint: "\(name)(\(example)); in a shell put the expression in quotes")
    }

    private mutating func arguments(
        _ shape: SignalWord.Shape?
    ) throws(Mistake) -> [SignalTerm.Argument] {
        switch shape {
        case .expression: return [.expression(try expression())]
        case .path: return [.path(try path())]
        case .word: return [.nodes(Selector(name: try argumentWord()))]
        case .wordAndNodes:
            let word = SignalTerm.Argument.nodes(Selector(name: try argumentWord()))
            return accept(punctuation: 0x2C) ? [word, .nodes(try nodes())] : [word]
        case .nodes: return [.nodes(try nodes())]
        case .nothing, nil: return [isAtPath ? .path(try path()) : .nodes(try nodes())]
        }
    }

    private mutating func argumentWord() throws(Mistake) -> String {
        try name("an argument", faults: true)
    }
}
