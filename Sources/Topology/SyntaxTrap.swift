/// What YAML's own complaint means in a topology file. libyaml reports where it gave up, which is
/// often a line too late; the usual reasons are recognised by what stands at the start of a value.
struct SyntaxTrap {
    var place: Place
    var message: String
    var code = "yaml/syntax"
    var hint: String?

    init(source: SourceText, place: Place, began: Place?, problem: String) {
        var place = place
        // What was never closed is found missing at the end: point to where it was opened.
        if let began, problem.contains("end of stream") || source.line(place.line).isEmpty {
            place = began
        }
        self.place = place
        message = "this is not YAML: \(problem)"
        if problem.contains("undefined alias") {
            message =
                "a '*' at the start of a value is an alias to YAML, and there is no such anchor"
            code = "yaml/alias"
            hint = "the name of a group means all its members; other globs go in quotes"
            return
        }
        if problem.contains("another document") {
            message = "a second document begins here"
            code = "yaml/documents"
            hint = "one file, one topology: remove the '---'"
            return
        }
        if problem.contains("tag") {
            message = "'!' begins a tag, and tags are not used here"
            code = "yaml/tag"
            hint = "put the value in quotes, or write 'all except x' for '!x'"
            return
        }
        if problem.contains("cannot start any token") || problem.contains("tab") {
            hint =
                source.scalar(at: place) == "\t"
                ? "indent with blanks, not with tabs" : "put the value in quotes"
        }
        for line in [place.line, place.line - 1, began?.line ?? place.line] where line > 0 {
            if let start = SyntaxTrap.bracedValue(source, line: line) {
                self.place = start
                message = "a value that begins with a placeholder is a mapping to YAML"
                code = "yaml/placeholder-needs-quotes"
                hint = "put the whole value in quotes"
                return
            }
        }
        if let began, hint == nil {
            hint =
                place == began
                ? "what begins here is never closed"
                : "what it belongs to begins in line \(began.line), column \(began.column)"
        }
        if problem.contains("mapping values are not allowed") {
            hint = "a text with ': ' in it needs quotes; is the line indented as the one above?"
        }
    }

    /// Where a `{word}` with more text behind it stands at the start of a value in a line.
    private static func bracedValue(_ source: SourceText, line: Int) -> Place? {
        var here = Place(line: line, column: 1)
        while let scalar = source.scalar(at: here) {
            let next = source.scalar(at: Place(line: line, column: here.column + 1))
            let third = Place(line: line, column: here.column + 2)
            if scalar == ":" || scalar == "-", next == " ", source.scalar(at: third) == "{" {
                let name = source.lines[line - 1][third.column...].prefix {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "."
                        || $0 == "-"
                }
                let close = Place(line: line, column: third.column + 1 + name.count)
                if !name.isEmpty, source.scalar(at: close) == "}" { return third }
            }
            here.column += 1
        }
        return nil
    }
}
