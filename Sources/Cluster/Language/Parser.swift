/// The recursive-descent parser's feet: bytes, blanks, words. What may follow what is in its
/// extensions, one file a part of the grammar. `Grammar` holds the same productions as data; tests
/// hold the two together.
struct Parser {
    let bytes: [UInt8]
    var offset = 0
    /// Parentheses and `2 of 3 of …`: bounded, so that no line can exhaust the stack.
    var depth = 0
    static let deepest = 64

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Parses the whole of a text as one production.
    static func parse<T>(
        _ text: some StringProtocol, as production: Grammar.Name,
        with body: (inout Parser) throws(Mistake) -> T
    ) throws(ParseError) -> T {
        var parser = Parser(text)
        do throws(Mistake) {
            try parser.refuseControlCharacters()
            let value = try body(&parser)
            try parser.end()
            return value
        } catch {
            throw ParseError(error, in: parser.bytes, parsing: production)
        }
    }

    private func refuseControlCharacters() throws(Mistake) {
        var last = bytes.count
        while last > 0, Self.isBlank(bytes[last - 1]) { last -= 1 }
        for index in 0..<last where bytes[index] < 0x20 || bytes[index] == 0x7F {
            if bytes[index] == 0x09 { continue }
            throw Mistake(
                range: index..<index + 1, message: "a control character in the line",
                hint: "one line, one command")
        }
    }

    // MARK: Characters

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

    static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }

    /// Letters, digits, `_ - . : * ? %` and everything beyond ASCII.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x25, 0x2A, 0x2D, 0x2E, 0x3A, 0x3F, 0x5F: true
        default: isLetter(byte) || isDigit(byte) || byte >= 0x80
        }
    }

    func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    // MARK: Words

    mutating func skipBlanks() {
        while offset < bytes.count, Self.isBlank(bytes[offset]) { offset += 1 }
    }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return offset == bytes.count
        }
    }

    /// The next word, number, quoted text or other character; empty at the end.
    mutating func next() -> Range<Int> {
        skipBlanks()
        guard offset < bytes.count else { return offset..<offset }
        if bytes[offset] == 0x22 { return offset..<endOfQuoted(from: offset).index }
        if Self.isDigit(bytes[offset]) { return number() }
        let word = word()
        return word.isEmpty ? offset..<offset + 1 : word
    }

    /// The word at the place; empty if there is none.
    mutating func word() -> Range<Int> {
        skipBlanks()
        var end = offset
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        return offset..<end
    }

    /// A number with its unit: a word that may hold one `/`, as in `500/s` and `1MB/s`.
    mutating func number() -> Range<Int> {
        var end = word().upperBound
        if byte(end) == 0x2F, Self.isLetter(byte(end + 1)) {
            end += 1
            while end < bytes.count, Self.isLetter(bytes[end]) { end += 1 }
        }
        return offset..<end
    }

    /// Behind the closing quote, or the end of the line where there is none.
    func endOfQuoted(from start: Int) -> (index: Int, closed: Bool) {
        var end = start + 1
        while end < bytes.count {
            if bytes[end] == 0x5C {
                end += 2
            } else if bytes[end] == 0x22 {
                return (end + 1, true)
            } else {
                end += 1
            }
        }
        return (bytes.count, false)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            var index = range.lowerBound
            for letter in letters {
                if bytes[index] != letter { return false }
                index += 1
            }
            return true
        }
    }

    // MARK: Steps

    mutating func isNext(_ word: StaticString) -> Bool { matches(self.word(), word) }

    mutating func accept(_ word: StaticString) -> Bool {
        let range = self.word()
        guard matches(range, word) else { return false }
        offset = range.upperBound
        return true
    }

    mutating func accept(punctuation byte: UInt8) -> Bool {
        skipBlanks()
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func expect(_ word: StaticString, hint: String? = nil) throws(Mistake) {
        if !accept(word) { throw unexpected(hint: hint) }
    }

    /// One of the words of an enumeration.
    mutating func acceptWord<T: RawRepresentable>(of type: T.Type) -> T?
    where T.RawValue == String {
        let range = word()
        guard !range.isEmpty, let value = T(rawValue: text(range)) else { return nil }
        offset = range.upperBound
        return value
    }

    mutating func expectWord<T: RawRepresentable>(of type: T.Type) throws(Mistake) -> T
    where T.RawValue == String {
        guard let value = acceptWord(of: type) else { throw unexpected() }
        return value
    }

    mutating func end() throws(Mistake) {
        if !isAtEnd { throw unexpected() }
    }

    mutating func unexpected(_ message: String? = nil, hint: String? = nil) -> Mistake {
        Mistake(range: next(), message: message, hint: hint)
    }

    mutating func nested<T>(
        _ body: (inout Parser) throws(Mistake) -> T
    ) throws(Mistake) -> T {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.deepest { throw unexpected("nested too deeply") }
        return try body(&self)
    }

    // MARK: Names and texts

    /// Whether the range is spelled like a name: a lower-case letter, then letters, digits, `-`.
    func isName(_ range: Range<Int>) -> Bool {
        guard !range.isEmpty, Self.isLower(bytes[range.lowerBound]) else { return false }
        return bytes[range].allSatisfy { Self.isLower($0) || Self.isDigit($0) || $0 == 0x2D }
    }

    /// A name that is no reserved word; `f3` only where `faults` may stand.
    mutating func name(_ what: String, faults: Bool = false) throws(Mistake) -> String {
        let range = word()
        let name = text(range)
        guard isName(range) else { throw misspelt(what, name, next()) }
        try refuseReserved(name, range, what)
        if !faults, Vocabulary.isFaultNumber(name) {
            throw Mistake(
                range: range, message: "'\(name)' cannot be \(what)",
                hint: "f and digits is what faults without a name are called")
        }
        if name.utf8.count > Vocabulary.longestName {
            throw Mistake(
                range: range,
                message: "a name has at most \(Vocabulary.longestName) characters")
        }
        offset = range.upperBound
        return name
    }

    private mutating func misspelt(_ what: String, _ name: String, _ range: Range<Int>) -> Mistake {
        guard !name.isEmpty, !Self.isDigit(byte(range.lowerBound)) else { return unexpected() }
        return Mistake(
            range: range, message: "'\(name)' is no name",
            hint: "names are lower-case letters, digits and '-', and begin with a letter")
    }

    func refuseReserved(_ name: String, _ range: Range<Int>, _ what: String) throws(Mistake) {
        guard Vocabulary.reserved.contains(name) else { return }
        throw Mistake(
            range: range, message: "'\(name)' is a word of the language and cannot be \(what)",
            hint: nil)
    }

    /// Quoted, or anything up to the next blank.
    mutating func textOrWord() throws(Mistake) -> String {
        skipBlanks()
        if byte(offset) == 0x22 { return try quoted() }
        let start = offset
        while offset < bytes.count, !Self.isBlank(bytes[offset]) { offset += 1 }
        if start == offset { throw unexpected() }
        return text(start..<offset)
    }

    /// Quoted to the end of the line, or the rest of the line as it is.
    mutating func textOrRest() throws(Mistake) -> String {
        skipBlanks()
        if byte(offset) == 0x22 { return try quoted() }
        return try rest()
    }

    /// The rest of the line, without the blanks around it; not empty.
    mutating func rest() throws(Mistake) -> String {
        skipBlanks()
        var end = bytes.count
        while end > offset, Self.isBlank(bytes[end - 1]) { end -= 1 }
        if end == offset { throw unexpected() }
        let rest = text(offset..<end)
        offset = bytes.count
        return rest
    }

    mutating func quoted() throws(Mistake) -> String {
        skipBlanks()
        let (end, closed) = endOfQuoted(from: offset)
        guard closed else {
            throw Mistake(
                range: offset..<end, message: "the quoted text does not end", hint: "add '\"'")
        }
        var letters: [UInt8] = []
        letters.reserveCapacity(end - offset)
        var index = offset + 1
        while index < end - 1 {
            if bytes[index] == 0x5C {
                index += 1
                guard bytes[index] == 0x5C || bytes[index] == 0x22 else {
                    throw Mistake(
                        range: index - 1..<index + 1, message: "unknown escape in the quoted text",
                        hint: #"only \" and \\ are known"#)
                }
            }
            letters.append(bytes[index])
            index += 1
        }
        offset = end
        return String(decoding: letters, as: UTF8.self)
    }
}
