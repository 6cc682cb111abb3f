/// Spellings that other tools use and that a shell, YAML or an argument parser would eat. They are
/// refused with the spelling that survives everywhere. One spelling, so that `grep` finds all.
enum SpellingTrap {
    /// The trap behind a mistake, if there is one in the line outside quotes.
    static func behind(
        _ mistake: Mistake, in bytes: [UInt8], parsing production: Grammar.Name
    ) -> Mistake? {
        guard bytes.count <= GrammarWalk.longest else { return nil }
        let parser = Parser(bytes: bytes, offset: 0)
        let tokens = tokens(parser)
        let words = tokens.map(parser.text)
        guard !(words.first.map(takesAnyText) ?? false) || production != .command else {
            return nil
        }
        for (index, word) in words.enumerated() {
            guard let (message, hint) = advice(word, at: index, in: words, production) else {
                continue
            }
            return Mistake(range: tokens[index], message: message, hint: hint)
        }
        return nil
    }

    private static func takesAnyText(_ verb: String) -> Bool {
        ["put", "get", "call", "note", "exec"].contains(verb)
    }

    /// Blank-separated pieces; quoted texts are left out.
    private static func tokens(_ parser: Parser) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        var start: Int?
        var index = 0
        while index <= parser.bytes.count {
            let isEnd = index == parser.bytes.count || Parser.isBlank(parser.bytes[index])
            if isEnd, let begun = start {
                tokens.append(begun..<index)
                start = nil
            } else if !isEnd, parser.bytes[index] == 0x22 {
                index = parser.endOfQuoted(from: index).index
                start = nil
                continue
            } else if !isEnd, start == nil {
                start = index
            }
            index += 1
        }
        return tokens
    }

    private static func advice(
        _ word: String, at index: Int, in words: [String], _ production: Grammar.Name
    ) -> (String, String)? {
        let next = index + 1 < words.count ? words[index + 1] : nil
        switch word {
        case "->", "=>", "-->": return arrow(word, "from", "to", at: index, in: words)
        case "--", "<->", "<-->", "<>": return arrow(word, "between", "and", at: index, in: words)
        case "|" where production == .command:
            return ("'|' is a pipe to a shell", "groups are divided by '/': partition a / b")
        case "||": return ("'||' is a pipe to a shell", "write 'or'")
        case "|": return ("'|' is a pipe to a shell", "write 'or'")
        case "&&": return ("'&&' divides commands in a shell", "write 'and'")
        case "±", "+-", "+/-":
            return ("'\(word)' is on few keyboards", "write 'jitter \(next ?? "20ms")'")
        default: break
        }
        if let piece = word.split(separator: "±", maxSplits: 1).last, word.contains("±") {
            return ("'±' is on few keyboards", "write 'jitter \(piece)'")
        }
        if word.contains("->") { return inOneWord(word, "->", "from", "to") }
        if word.contains("--"), !word.hasPrefix("--") {
            return inOneWord(word, "--", "between", "and")
        }
        if word.contains("|"), production == .command {
            return ("'|' is a pipe to a shell", "groups are divided by '/': partition a / b")
        }
        if word.contains(";") || word == "&" {
            return (
                "'\(word.contains(";") ? ";" : "&")' divides commands in a shell",
                "one line, one command"
            )
        }
        if word.hasPrefix("#") {
            let id = word.dropFirst()
            let isNumber = !id.isEmpty && id.utf8.allSatisfy(Parser.isDigit)
            return (
                "'#' begins a comment in YAML and in a shell",
                "name the fault ('heal split') or write 'heal f\(isNumber ? id : "3")'"
            )
        }
        if word.hasPrefix("!"), word.count > 1, word != "!=" {
            return ("'!' means something else to YAML and to a shell", negated(word, production))
        }
        if word.hasPrefix("-"), word.dropFirst().utf8.first.map(Parser.isDigit) ?? false {
            let value = word.dropFirst()
            return (
                "'\(word)' looks like an option to an argument parser",
                words.first == "clock" ? "write 'behind \(value)'" : "nothing here is negative"
            )
        }
        return nil
    }

    private static func negated(_ word: String, _ production: Grammar.Name) -> String {
        production == .command
            ? "write 'all except \(word.dropFirst())'" : "write 'not \(word.dropFirst())'"
    }

    private static func arrow(
        _ word: String, _ first: String, _ second: String, at index: Int, in words: [String]
    ) -> (String, String) {
        let before = words[..<index].dropFirst().filter { $0 != first }
        let left = before.count == 1 ? before[before.startIndex] : "a"
        let right = index + 1 < words.count && before.count == 1 ? words[index + 1] : "b"
        let message =
            word == "--"
            ? "'--' ends the options of an argument parser"
            : "'\(word)' is a redirection to a shell"
        return (message, "write '\(first) \(left) \(second) \(right)'")
    }

    private static func inOneWord(
        _ word: String, _ sign: String, _ first: String, _ second: String
    ) -> (String, String) {
        let parts = word.split(separator: sign == "->" ? ">" : "-")
        let left = parts.first.map { $0.hasSuffix("-") ? $0.dropLast() : $0 } ?? "a"
        let right = parts.dropFirst().last ?? "b"
        return (
            "'\(sign)' does not survive a shell", "write '\(first) \(left) \(second) \(right)'"
        )
    }
}
