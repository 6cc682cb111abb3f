internal import Glibc

/// An extended regular expression of POSIX, without regard to case: regex(7). Compiled once, and never
/// changed: any thread may match with it.
final class Pattern: @unchecked Sendable {
    private var compiled = regex_t()

    /// Why a text is no pattern.
    struct Mistake: Error {
        var message: String
    }

    /// Longer ones take long to compile, and nobody types them.
    private static let longest = 200

    init(_ text: String) throws(Mistake) {
        guard text.utf8.count <= Self.longest else {
            throw Mistake(message: "a pattern has at most \(Self.longest) bytes")
        }
        // Repetitions of repetitions grow beyond all bounds while they are compiled.
        let counts = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber })
        guard counts.allSatisfy({ $0.count <= 2 }) || !text.contains("{"),
            text.count(where: { $0 == "{" }) <= 2
        else { throw Mistake(message: "too many repetitions") }
        // What was matched before is looked for again in every way that it could have been matched.
        guard !text.contains(#/\\[0-9]/#) else {
            throw Mistake(message: "a pattern does not refer back")
        }
        let problem = regcomp(&compiled, text, REG_EXTENDED | REG_ICASE)
        guard problem == 0 else {
            var buffer = [CChar](repeating: 0, count: 120)
            regerror(problem, &compiled, &buffer, buffer.count)
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Mistake(message: String(decoding: bytes, as: UTF8.self).lowercased())
        }
    }

    deinit { regfree(&compiled) }

    /// Where it matches first, in bytes.
    func firstMatch(in line: String) -> Range<Int>? { match(Array(line.utf8CString), from: 0) }

    /// Where it matches, one after the other.
    func matches(in line: String) -> [Range<String.Index>] {
        let bytes = Array(line.utf8CString)
        var found: [Range<String.Index>] = []
        var start = 0
        while start < bytes.count - 1, let range = match(bytes, from: start), !range.isEmpty {
            let from = line.utf8.index(line.startIndex, offsetBy: range.lowerBound)
            let to = line.utf8.index(line.startIndex, offsetBy: range.upperBound)
            // Matched byte by byte where the locale knows no more: never half a character.
            guard let from = from.samePosition(in: line), let to = to.samePosition(in: line) else {
                break
            }
            found.append(from..<to)
            start = range.upperBound
        }
        return found
    }

    private func match(_ bytes: [CChar], from start: Int) -> Range<Int>? {
        var match = regmatch_t()
        let flags = start > 0 ? REG_NOTBOL : 0
        let found = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { regexec(&compiled, $0 + start, 1, &match, flags) == 0 }
        }
        guard found == true, match.rm_so >= 0 else { return nil }
        return (start + Int(match.rm_so))..<(start + Int(match.rm_eo))
    }
}
