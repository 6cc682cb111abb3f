/// A placeholder as it stands in a text, not yet understood.
struct Placeholder {
    /// Between the braces, before the colon: `bank.addresses.http`.
    var name: String
    /// Behind the colon; `nil` without one.
    var separator: String?
    /// Offset of the `{` and number of scalars, in the text.
    var offset: Int
    var length: Int

    /// A `{` opens a placeholder only when `[a-z][a-z0-9.-]*(:…)?}` follows; so JSON, nginx and
    /// Python text pass untouched.
    init?(in text: ArraySlice<Unicode.Scalar>) {
        guard text.first == "{" else { return nil }
        var index = text.startIndex + 1
        while index < text.endIndex, Placeholder.isNamePart(text[index]) { index += 1 }
        guard index < text.endIndex, index > text.startIndex + 1,
            ("a"..."z").contains(text[text.startIndex + 1])
        else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: text[text.startIndex + 1..<index])
        self.name = String(name)
        if text[index] == ":" {
            guard let close = text[index...].firstIndex(of: "}") else { return nil }
            var separator = String.UnicodeScalarView()
            separator.append(contentsOf: text[index + 1..<close])
            self.separator = String(separator)
            index = close
        }
        guard text[index] == "}" else { return nil }
        offset = text.startIndex
        length = index + 1 - text.startIndex
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "."
            || scalar == "-"
    }

    /// As written, for messages.
    var written: String { "{" + name + (separator.map { ":" + $0 } ?? "") + "}" }

    /// A piece of a text: letters, or a placeholder.
    enum Piece {
        case letter(Unicode.Scalar, offset: Int)
        case placeholder(Placeholder)
    }

    /// A text cut into letters and placeholders; `{{` is one literal `{`.
    static func pieces(_ text: String) -> [Piece] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [Piece] = []
        var index = 0
        while index < scalars.count {
            if scalars[index] == "{" {
                if index + 1 < scalars.count, scalars[index + 1] == "{" {
                    pieces.append(.letter("{", offset: index))
                    index += 2
                    continue
                }
                if let placeholder = Placeholder(in: scalars[index...]) {
                    pieces.append(.placeholder(placeholder))
                    index += placeholder.length
                    continue
                }
            }
            pieces.append(.letter(scalars[index], offset: index))
            index += 1
        }
        return pieces
    }
}
