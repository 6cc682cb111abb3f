extension Selector {
    /// Machines, as commands name them: `leader,client-1`, `2 of kv`, `all except zone=eu`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .nodes) { parser throws(Mistake) in try parser.nodes() }
    }
}

extension Path {
    /// Between whom: `from a to b`, `to a`, `between a and b`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .path) { parser throws(Mistake) in try parser.path() }
    }
}

extension Only {
    /// As behind a fault of links: `only tcp port 6379`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        self = try Parser.parse(text, as: .only) { parser throws(Mistake) in
            guard let only = try parser.only() else { throw parser.unexpected("not a filter") }
            return only
        }
    }
}

extension Parser {
    mutating func nodes() throws(Mistake) -> Selector {
        let terms = try terms()
        return Selector(terms, except: accept("except") ? try self.terms() : [])
    }

    private mutating func terms() throws(Mistake) -> [Selector.Term] {
        var terms = [try term()]
        while accept(punctuation: 0x2C) { terms.append(try term()) }
        return terms
    }

    private mutating func term() throws(Mistake) -> Selector.Term {
        skipBlanks()
        if Self.isDigit(byte(offset)) {
            let count = try whole(1...65_535, "how many of them")
            try expect("of")
            return .pick(count, try nested { parser throws(Mistake) in try parser.term() })
        }
        let range = word()
        switch text(range) {
        case "all": return step(over: range, .all)
        case "any": return step(over: range, .any)
        case "leader": return step(over: range, .leader)
        case "followers": return step(over: range, .followers)
        case "clients": return step(over: range, .clients)
        case "minority": return .minority(try candidates(behind: range))
        case "majority": return .majority(try candidates(behind: range))
        case "rest":
            throw Mistake(
                range: range, message: "only partition knows a rest",
                hint: "'all except …' means everybody else")
        case "random":
            throw Mistake(
                range: range, message: "expected nodes, found 'random'",
                hint: "a number of them, drawn from the seed: 2 of kv")
        default: return try named(range)
        }
    }

    private mutating func step(over range: Range<Int>, _ term: Selector.Term) -> Selector.Term {
        offset = range.upperBound
        return term
    }

    private mutating func candidates(
        behind range: Range<Int>
    ) throws(Mistake) -> Selector.Term? {
        offset = range.upperBound
        guard accept("of") else { return nil }
        return try nested { parser throws(Mistake) in try parser.term() }
    }

    mutating func named(_ range: Range<Int>) throws(Mistake) -> Selector.Term {
        if bytes[range].contains(where: { $0 == 0x2A || $0 == 0x3F }) {
            guard isGlob(range) else {
                throw Mistake(
                    range: range, message: "'\(text(range))' is no pattern",
                    hint: "a name with '*' or '?' in it")
            }
            offset = range.upperBound
            return .glob(text(range))
        }
        let name = try name("a node")
        guard byte(offset) == 0x3D, byte(offset + 1) != 0x3D else { return .name(name) }
        offset += 1
        return .label(name, try labelValue())
    }

    /// Letters, digits, `-`, `*`, `?`; not a digit or `-` in front.
    private func isGlob(_ range: Range<Int>) -> Bool {
        let first = bytes[range.lowerBound]
        return (Self.isLower(first) || first == 0x2A || first == 0x3F)
            && bytes[range].allSatisfy {
                Self.isLower($0) || Self.isDigit($0) || $0 == 0x2D || $0 == 0x2A || $0 == 0x3F
            }
    }

    /// `eu`, `1.2`, or quoted; without a blank before it.
    private mutating func labelValue() throws(Mistake) -> String {
        if byte(offset) == 0x22 { return try quoted() }
        if Self.isBlank(byte(offset)) || offset == bytes.count {
            throw Mistake(
                range: offset..<offset, message: "the label's value is missing",
                hint: "key=value, without blanks")
        }
        let range = word()
        guard Self.isLabelValue(bytes[range]) else { throw unexpected() }
        offset = range.upperBound
        return text(range)
    }

    /// Whether a label's value can be written without quotes.
    static func isLabelValue(_ value: some Sequence<UInt8>) -> Bool {
        var isEmpty = true
        for byte in value {
            isEmpty = false
            guard isWord(byte), byte < 0x80, byte != 0x25, byte != 0x2A, byte != 0x3F else {
                return false
            }
        }
        return !isEmpty
    }

    // MARK: Paths

    mutating func path() throws(Mistake) -> Path {
        if accept("from") {
            let from = try nodes()
            return .from(from, to: accept("to") ? try nodes() : nil)
        }
        if accept("to") { return .to(try nodes()) }
        guard accept("between") else {
            throw unexpected(hint: "from a to b (one way), or between a and b")
        }
        let one = try nodes()
        try expect("and", hint: "between a and b")
        return .between(one, try nodes())
    }

    var isAtPath: Bool {
        mutating get { isNext("from") || isNext("to") || isNext("between") }
    }
}
