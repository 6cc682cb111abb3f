/// What lines and machines are looked for: a text that is contained, `~` and a pattern that matches
/// somewhere, or the lines without it, with `!` in front.
public struct Filter: Equatable, Sendable {
    /// As typed.
    public let text: String
    private let isNegated: Bool
    private let pattern: Pattern?
    /// What is contained, in lower case; empty for a pattern.
    private let contained: String
    /// Why the pattern is none; then everything is kept.
    public let problem: String?

    /// A filter; empty lets everything through.
    public init(_ text: String = "") {
        self.text = text
        isNegated = text.hasPrefix("!")
        let wanted = isNegated ? text.dropFirst() : text[...]
        guard wanted.hasPrefix("~") else {
            contained = wanted.lowercased()
            (pattern, problem) = (nil, nil)
            return
        }
        contained = ""
        guard wanted.count > 1 else {
            (pattern, problem) = (nil, nil)
            return
        }
        do {
            pattern = try Pattern(String(wanted.dropFirst()))
            problem = nil
        } catch {
            pattern = nil
            problem = error.message
        }
    }

    /// By what was typed.
    public static func == (a: Filter, b: Filter) -> Bool { a.text == b.text }

    /// Whether nothing is filtered.
    public var isEmpty: Bool { contained.isEmpty && pattern == nil }

    /// Whether a line stays: without regard to case.
    public func keeps(_ line: String) -> Bool {
        if let pattern { return (pattern.firstMatch(in: line) != nil) != isNegated }
        guard !contained.isEmpty else { return true }
        return Filter.contains(line.lowercased(), contained) != isNegated
    }

    /// Where a line has what is looked for; nowhere, where lines without it are looked for.
    func matches(in line: String) -> [Range<String.Index>] {
        guard !isEmpty, !isNegated else { return [] }
        return pattern?.matches(in: line) ?? contained(in: line)
    }

    private func contained(in line: String) -> [Range<String.Index>] {
        let lower = line.lowercased()
        // Lower case may change lengths; then only the line as a whole is known to match.
        guard lower.count == line.count else { return [] }
        var found: [Range<String.Index>] = []
        var rest = lower[...]
        while let range = rest.firstRange(of: contained) {
            let before = lower.distance(from: lower.startIndex, to: range.lowerBound)
            let length = lower.distance(from: range.lowerBound, to: range.upperBound)
            guard length > 0 else { break }
            let start = line.index(line.startIndex, offsetBy: before)
            found.append(start..<line.index(start, offsetBy: length))
            rest = rest[range.upperBound...]
        }
        return found
    }

    /// By bytes: a table of a thousand nodes is looked through with each key.
    private static func contains(_ text: String, _ wanted: String) -> Bool {
        var text = text
        var wanted = wanted
        return text.withUTF8 { text in
            wanted.withUTF8 { wanted in
                guard let first = wanted.first else { return true }
                guard text.count >= wanted.count else { return false }
                return (0...(text.count - wanted.count)).contains { start in
                    text[start] == first
                        && wanted.indices.dropFirst().allSatisfy { text[start + $0] == wanted[$0] }
                }
            }
        }
    }
}
