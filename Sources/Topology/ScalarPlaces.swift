/// Follows a scalar's value through the source behind it, so that a column inside a command leads
/// to the right place in the file. The value is the truth (libyaml made it); the source is only
/// walked beside it, and where the two part company the rest points to the last place that was
/// certain.
struct ScalarPlaces {
    let source: SourceText
    private(set) var passage: Passage
    /// Behind the scalar's last character (and its closing quote).
    private(set) var end: Place
    private var here: Place

    /// How the scalar is written.
    enum Style { case plain, single, double, block }

    init(_ value: String, _ style: Style, at mark: Place, in source: SourceText) {
        self.source = source
        here = source.behindAnchor(mark)
        end = here
        passage = Passage(from: here)
        switch style {
        case .plain: followPlain(value)
        case .single: followSingle(value)
        case .double: followDouble(value)
        case .block: followBlock(value)
        }
    }

    private mutating func followPlain(_ value: String) {
        for scalar in value.unicodeScalars {
            if source.scalar(at: here) == scalar {
                take(scalar)
            } else if scalar == " " || scalar == "\n" {
                passage.append(scalar, at: here)  // the line was folded here
                if !atText { nextLine() }
            } else {
                if !atText { nextLine() }
                take(scalar)
            }
        }
        end = here
    }

    private mutating func followSingle(_ value: String) {
        here.column += 1
        passage = Passage(from: here)
        for scalar in value.unicodeScalars {
            if scalar == "'", source.scalar(at: here) == "'" {
                take(scalar)
                here.column += 1
            } else {
                followFolded(scalar)
            }
        }
        here.column += 1
        end = here
    }

    private mutating func followDouble(_ value: String) {
        here.column += 1
        passage = Passage(from: here)
        for scalar in value.unicodeScalars {
            // An escaped line break is no character at all.
            while source.scalar(at: here) == "\\",
                source.scalar(at: Place(line: here.line, column: here.column + 1)) == nil,
                here.line < source.lines.count
            {
                nextLine()
            }
            if source.scalar(at: here) == "\\" {
                passage.append(scalar, at: here)
                let letter = source.scalar(at: Place(line: here.line, column: here.column + 1))
                let digits: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
                here.column += 2 + (letter.flatMap { digits[$0] } ?? 0)
            } else {
                followFolded(scalar)
            }
        }
        here.column += 1
        end = here
    }

    /// Literal and folded blocks: the text begins on a line below the `|` or `>`.
    private mutating func followBlock(_ value: String) {
        here = Place(line: here.line + 1, column: 1)
        // The first line with text tells the indentation.
        var first = here
        while first.line <= source.lines.count,
            source.lines[first.line - 1].allSatisfy({ $0 == " " })
        {
            first.line += 1
        }
        guard first.line <= source.lines.count else {
            for scalar in value.unicodeScalars { passage.append(scalar, at: end) }
            return
        }
        let indentation = source.lines[first.line - 1].prefix { $0 == " " }.count
        here.column = indentation + 1
        passage = Passage(from: here)
        for scalar in value.unicodeScalars {
            if source.scalar(at: here) == scalar {
                take(scalar)
            } else if scalar == "\n" || scalar == " " {
                passage.append(scalar, at: here)
                here = Place(line: here.line + 1, column: indentation + 1)
            } else {
                // A folded block drops one break and keeps further ones: go to where the text is.
                while source.scalar(at: here) != scalar, here.line < source.lines.count {
                    here = Place(line: here.line + 1, column: indentation + 1)
                }
                take(scalar)
            }
        }
        end = here
    }

    /// One character of a quoted scalar that is no escape; a break and the blanks around it are
    /// one.
    private mutating func followFolded(_ scalar: Unicode.Scalar) {
        if source.scalar(at: here) == scalar, atText || scalar == " " || scalar == "\t" {
            take(scalar)
        } else if scalar == " " || scalar == "\n" {
            passage.append(scalar, at: here)
            if !atText { nextLine() }
        } else {
            if !atText { nextLine() }
            take(scalar)
        }
    }

    private var atText: Bool {
        guard let scalar = source.scalar(at: here) else { return false }
        return scalar != " " && scalar != "\t"
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        passage.append(scalar, at: here)
        if source.scalar(at: here) != nil { here.column += 1 }
    }

    private mutating func nextLine() {
        var next = here
        repeat {
            next = Place(line: next.line + 1, column: 1)
            while source.scalar(at: next) == " " || source.scalar(at: next) == "\t" {
                next.column += 1
            }
        } while next.line <= source.lines.count && source.scalar(at: next) == nil
        if next.line <= source.lines.count { here = next }
    }
}
