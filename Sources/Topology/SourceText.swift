/// A file's text by lines, as libyaml counts them.
public struct SourceText: Hashable, Sendable {
    /// The file as the user named it.
    public let file: String
    /// Scalars of each line without its break.
    let lines: [[Unicode.Scalar]]

    /// Splits at every break that YAML 1.1 knows: LF, CR, CRLF, NEL, LS, PS.
    public init(_ text: String, file: String) {
        self.file = file
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        var afterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where afterReturn:
                afterReturn = false
                continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(line)
                line = []
            default:
                line.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        lines.append(line)
        self.lines = lines
    }

    /// A text without its byte order mark, and its lines; none where it is too large to be read.
    static func readable(_ text: String, file: String) -> (source: SourceText, text: String) {
        let isMarked = text.unicodeScalars.first == "\u{FEFF}"
        let text = isMarked ? String(text.unicodeScalars.dropFirst()) : text
        return (SourceText(text.utf8.count > Limits.bytes ? "" : text, file: file), text)
    }

    /// The text of a line, empty when there is none with this number (from 1).
    public func line(_ number: Int) -> String {
        guard lines.indices.contains(number - 1) else { return "" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: lines[number - 1])
        return String(text)
    }

    /// A mistake at a place of this file, with its line.
    public func diagnostic(
        at place: Place, _ message: String, code: String, hint: String? = nil
    ) -> Diagnostic {
        // A place is never behind the end of its line, whatever an odd scalar led to.
        let length = lines.indices.contains(place.line - 1) ? lines[place.line - 1].count : 0
        let place = Place(line: place.line, column: min(place.column, length + 1))
        return Diagnostic(
            file: file, place: place, message: message, code: code, line: line(place.line),
            hint: hint)
    }

    /// The scalar at a place; `nil` at the end of a line and outside of the file.
    func scalar(at place: Place) -> Unicode.Scalar? {
        guard lines.indices.contains(place.line - 1) else { return nil }
        let line = lines[place.line - 1]
        return line.indices.contains(place.column - 1) ? line[place.column - 1] : nil
    }

    /// The place behind an anchor (`&name`) that stands in front of a value.
    func behindAnchor(_ place: Place) -> Place {
        guard scalar(at: place) == "&" else { return place }
        var here = place
        while let scalar = scalar(at: here), scalar != " ", scalar != "\t" { here.column += 1 }
        return nextText(from: here)
    }

    /// The first place from here that is neither blank nor comment.
    func nextText(from place: Place) -> Place {
        var here = place
        while here.line <= lines.count {
            if let scalar = scalar(at: here), scalar != "#" {
                if scalar != " " && scalar != "\t" { return here }
                here.column += 1
            } else {
                here = Place(line: here.line + 1, column: 1)
            }
        }
        return place
    }
}
