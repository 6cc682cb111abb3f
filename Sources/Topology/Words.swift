/// Splits a command into words by the quoting rules of POSIX shells, and does nothing else that a
/// shell does: no globbing, no `$`, no pipes. Placeholders stay whole, whatever they become.
enum Words {
    /// A word and where it began.
    struct Word {
        var pieces: [Placeholder.Piece] = []
        var offset: Int

        /// `2` in front of a `>` names a descriptor to a shell.
        var isNumber: Bool {
            pieces.allSatisfy {
                guard case .letter(let letter, _) = $0 else { return false }
                return ("0"..."9").contains(letter)
            }
        }
    }

    /// What is wrong with the quoting, and where (offset in scalars).
    struct Mistake: Error {
        var offset: Int
        var message: String
        var hint: String?
    }

    /// The words of a command line.
    static func split(_ pieces: [Placeholder.Piece]) throws(Mistake) -> [Word] {
        var words: [Word] = []
        var word: Word?
        var index = 0
        func start(_ offset: Int) -> Word { word ?? Word(offset: offset) }
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            guard case .letter(let letter, let offset) = piece else {
                if case .placeholder(let placeholder) = piece {
                    var current = start(placeholder.offset)
                    current.pieces.append(piece)
                    word = current
                }
                continue
            }
            switch letter {
            case " ", "\t", "\n":
                if let done = word { words.append(done) }
                word = nil
            case "\\":
                guard index < pieces.count else {
                    throw Mistake(
                        offset: offset, message: "nothing follows the '\\'", hint: "write '\\\\'")
                }
                var current = start(offset)
                if case .letter("\n", _) = pieces[index] {
                    // A line continuation, as in a shell.
                } else {
                    current.pieces.append(contentsOf: literally(pieces[index]))
                }
                word = current
                index += 1
            case "'", "\"":
                var current = start(offset)
                index = try quoted(
                    pieces, from: index, quote: letter, began: offset, into: &current)
                word = current
            case "|", "&", ";", "<", ">", "`", "$":
                // Without quotes these mean something to every shell; here they would be handed
                // over as they are, which nobody expects.
                let descriptor = word?.isNumber == true && (letter == "<" || letter == ">")
                if letter == "$" || letter == "`" || word == nil || descriptor {
                    throw Mistake(
                        offset: offset,
                        message: "'\(letter)' means nothing here: 'run' uses no shell",
                        hint: "put it in quotes, or use 'shell:'")
                }
                word?.pieces.append(piece)
            default:
                var current = start(offset)
                current.pieces.append(piece)
                word = current
            }
        }
        if let done = word { words.append(done) }
        return words
    }

    private static func quoted(
        _ pieces: [Placeholder.Piece], from first: Int, quote: Unicode.Scalar, began: Int,
        into word: inout Word
    ) throws(Mistake) -> Int {
        var index = first
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            guard case .letter(let letter, _) = piece else {
                word.pieces.append(piece)
                continue
            }
            if letter == quote { return index }
            if letter == "\\", quote == "\"", index < pieces.count,
                case .letter(let next, _) = pieces[index], "\"\\$`\n".unicodeScalars.contains(next)
            {
                if next != "\n" { word.pieces.append(pieces[index]) }
                index += 1
            } else {
                word.pieces.append(piece)
            }
        }
        throw Mistake(
            offset: began, message: "this quote is never closed",
            hint: quote == "'" ? "an apostrophe goes in double quotes: \"don't\"" : nil)
    }

    /// Behind a backslash a placeholder is plain text.
    private static func literally(_ piece: Placeholder.Piece) -> [Placeholder.Piece] {
        guard case .placeholder(let placeholder) = piece else { return [piece] }
        return placeholder.written.unicodeScalars.enumerated().map {
            .letter($0.element, offset: placeholder.offset + $0.offset)
        }
    }
}
