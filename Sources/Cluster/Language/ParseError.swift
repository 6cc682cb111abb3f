/// Why a line is not a command (or an expression, a selector, a quantity), and where.
public struct ParseError: Error, Hashable, Sendable {
    /// Where it is wrong: 1 is the first character of the line, one more than its length its end.
    public var column: Int
    /// How many characters are wrong; at least 1.
    public var length: Int
    /// What is wrong.
    public var message: String
    /// What to write instead; empty when there is nothing to propose.
    public var hint: String
    /// What was possible there: words in quotes, or kinds of things ("time", "nodes").
    public var expected: [String]

    /// A mistake at a column, counted in characters from 1.
    public init(
        column: Int, length: Int = 1, message: String, hint: String = "", expected: [String] = []
    ) {
        self.column = column
        self.length = length
        self.message = message
        self.hint = hint
        self.expected = expected
    }

    /// The line, a caret under the mistake, and the hint, for people.
    public func pointing(into line: some StringProtocol) -> String {
        let blanks = String(repeating: " ", count: max(0, column - 1))
        let carets = String(repeating: "^", count: max(1, length))
        return "\(line)\n\(blanks)\(carets) \(message)" + (hint.isEmpty ? "" : "\n\(blanks)\(hint)")
    }
}

extension ParseError: CustomStringConvertible {
    /// One line: message, column, hint.
    public var description: String {
        "\(message) (column \(column))" + (hint.isEmpty ? "" : ": \(hint)")
    }
}

/// A mistake by bytes, as the parser meets it. What was possible there, and the columns, are worked
/// out once it has left the parser: parsing itself pays nothing for good messages.
struct Mistake: Error {
    var range: Range<Int>
    /// `nil`: "expected …", from the table of productions.
    var message: String?
    var hint: String?
}

extension ParseError {
    /// A mistake in `bytes`, parsed as `production`.
    init(_ mistake: Mistake, in bytes: [UInt8], parsing production: Grammar.Name) {
        let mistake = SpellingTrap.behind(mistake, in: bytes, parsing: production) ?? mistake
        let start = min(mistake.range.lowerBound, bytes.count)
        let end = max(start, min(mistake.range.upperBound, bytes.count))
        let wrong = String(decoding: bytes[start..<end], as: UTF8.self)
        let possible = GrammarWalk.expectations(
            after: Array(bytes[..<start]), parsing: production)
        let hint = mistake.hint ?? Self.hint(for: wrong, among: possible)
        self.init(
            column: String(decoding: bytes[..<start], as: UTF8.self).count + 1,
            length: max(1, wrong.count),
            message: mistake.message ?? Self.message(possible, found: wrong),
            hint: hint, expected: possible)
    }

    private static func hint(for wrong: String, among possible: [String]) -> String {
        let lower = wrong.lowercased()
        if lower != wrong, possible.contains("'\(lower)'") {
            return "words are lower case: \(lower)"
        }
        guard wrong.utf8.first.map(Parser.isLower) ?? false else { return "" }
        let words = possible.lazy.filter { $0.hasPrefix("'") && $0.count > 4 }
        if let near = Vocabulary.nearest(
            to: wrong, among: words.map { String($0.dropFirst().dropLast()) })
        {
            return "did you mean '\(near)'?"
        }
        return possible.contains("','") ? "several are joined by commas: a,b" : ""
    }

    private static func message(_ possible: [String], found: String) -> String {
        guard let last = possible.last, possible.count <= 12 else {
            return found.isEmpty ? "something is missing here" : "'\(found)' makes no sense here"
        }
        if possible == ["the end"] { return "'\(found)' is left over" }
        let list =
            possible.count == 1
            ? last : possible.dropLast().joined(separator: ", ") + " or " + last
        return "expected \(list)" + (found.isEmpty ? "" : ", found '\(found)'")
    }
}
