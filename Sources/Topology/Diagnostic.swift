/// Where something stands in a file: line and column, both from 1; columns count Unicode scalars.
public struct Place: Hashable, Comparable, Sendable {
    /// From 1; 0 when the mistake is not in the file, e.g. in an option of the command line.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    /// A line and a column, both from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Not in the file at all.
    public static let nowhere = Place(line: 0, column: 0)

    /// Order of reading.
    public static func < (a: Place, b: Place) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// One mistake in a file, told so that a person can mend it: what, where, and what to write
/// instead.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// Where the caret goes.
    public var place: Place
    /// What is wrong, one sentence without a full stop.
    public var message: String
    /// `topic/word`, the same for ever, so that it can be searched for.
    public var code: String
    /// The source line, without its end; empty when there is none.
    public var line: String
    /// What to write instead; `nil` when nobody can know.
    public var hint: String?

    /// A mistake; other rooms make these too, with the line from `SourceText.diagnostic`.
    public init(
        file: String, place: Place, message: String, code: String, line: String, hint: String? = nil
    ) {
        self.file = file
        self.place = place
        self.message = message
        self.code = code
        self.line = line
        self.hint = hint
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE [topic/word]`, the line, a caret and the hint.
    public var description: String {
        guard place.line > 0 else {
            let tail = hint.map { "\n      = \(printable($0))" } ?? ""
            return "\(printable(file)): error: \(printable(message)) [\(code)]\(tail)"
        }
        let head =
            "\(printable(file)):\(place.line):\(place.column): error: \(printable(message)) [\(code)]"
        let number = String(place.line)
        let gutter = max(5, number.count)
        let pad = String(repeating: " ", count: gutter - number.count)
        let (shown, caret) = excerpt()
        var marker =
            String(repeating: " ", count: gutter + 1) + "|" + String(repeating: " ", count: caret)
            + "^"
        if let hint { marker += " " + printable(hint) }
        return "\(head)\n\(pad)\(number) | \(shown)\n\(marker)"
    }

    /// The part of the line around the caret, at most 160 columns, and the caret's column in it.
    private func excerpt() -> (text: String, column: Int) {
        let widest = 160
        let scalars = Array(line.unicodeScalars)
        guard scalars.count > widest else { return (printable(line), place.column) }
        let first = max(0, min(place.column - 1 - widest / 2, scalars.count - widest))
        var window = String.UnicodeScalarView()
        window.append(contentsOf: scalars[first..<min(first + widest, scalars.count)])
        return (printable(String(window)), place.column - first)
    }
}

/// All mistakes of a file, in the order of reading; what `Topology.init(parsing:)` throws.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
    /// How many are told at once.
    public static let most = 50

    /// In the order of reading, without repetition.
    public private(set) var items: [Diagnostic]

    /// Sorts by place and leaves out repetitions.
    public init(_ items: [Diagnostic]) {
        var seen = Set<Diagnostic>()
        self.items = items.filter { seen.insert($0).inserted }
            .enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
    }

    /// Whether there is nothing to complain about.
    public var isEmpty: Bool { items.isEmpty }

    /// The first fifty, each as `Diagnostic` prints it, and how many are left.
    public var description: String {
        var parts = items.prefix(Diagnostics.most).map(\.description)
        if items.count > Diagnostics.most {
            parts.append("and \(items.count - Diagnostics.most) more")
        }
        return parts.joined(separator: "\n")
    }
}

/// Text from a file may hold anything; a terminal gets one column for each scalar and no escapes.
private func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control where scalar == "\t": result.append(" ")
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned:
            result.append("\u{FFFD}")
        default: result.append(scalar)
        }
    }
    return String(result)
}
