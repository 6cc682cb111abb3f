internal import Cluster

extension Report {
    /// One HTML file that needs nothing else: no font, no picture, nothing from anywhere. Readable on a
    /// projector and in print, light and dark. Of a single run whose course is known the timeline stands
    /// on top and can be asked, by a script in the page; without scripts it is a picture.
    public var html: String {
        let live = runs.count == 1 ? runs[0].moments.map { CourseSection(course: $0) } : nil
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            + "script-src \(live == nil ? "'none'" : "'sha256-\(PageScript.digest)'")"
        var lines = [
            "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<meta name=\"generator\" content=\"\(Escaping.attribute(program))\">",
            "<title>\(Escaping.attribute("\(outcome.word): \(title)"))</title>",
            "<style>\n\(PageStyle.sheet)</style>", "</head>", "<body>", "<header>",
            "<h1 class=\"\(outcome.style)\"><span class=\"glyph\">\(outcome.glyph)</span> "
                + "\(outcome.word) <span class=\"title\">\(Escaping.xml(title))</span></h1>",
        ]
        lines += tally.map { "<p class=\"tally\">\(Escaping.xml($0))</p>" }
        lines.append("</header>")
        if runs.count > 1 { lines += overview }
        lines.append("<main>")
        if let live { lines += live.lines }
        for (index, run) in runs.enumerated() { lines += section(run, index) }
        lines += ["</main>", "<footer>\(Escaping.xml(program))</footer>"]
        if let live { lines += live.script }
        lines += ["</body>", "</html>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private var overview: [String] {
        let rows = runs.enumerated().map { index, run in
            [
                "<span class=\"\(run.outcome.style)\">\(run.outcome.glyph) \(run.outcome.word)</span>",
                "<a href=\"#run-\(index + 1)\">\(Escaping.xml(run.title))</a>",
                Escaping.xml(run.code == 0 ? "" : run.reason), Spoken.time(run.length),
            ]
        }
        return PageTable.lines(["verdict", "run", "reason", "took"], rows, numbers: [3])
    }

    private func section(_ run: RunReport, _ index: Int) -> [String] {
        var lines = ["<section id=\"run-\(index + 1)\">"]
        if runs.count > 1 {
            lines.append(
                "<h2 class=\"\(run.outcome.style)\">\(run.outcome.glyph) \(run.outcome.word) "
                    + "<span class=\"title\">\(Escaping.xml(run.title))</span></h2>")
        }
        lines +=
            RunSection(
                run: run, program: program, hasTimeline: runs.count == 1 && run.moments != nil
            ).lines
        lines.append("</section>")
        return lines
    }
}

extension Outcome {
    /// The class of its colour.
    var style: String {
        switch self {
        case .passed: "good"
        case .unknown, .interrupted: "odd"
        case .ended, .running: "plain"
        case .failed, .noEffect, .neverReady, .unsettled, .error: "bad"
        }
    }
}

/// A table of the page; cells are HTML.
enum PageTable {
    static func lines(_ head: [String], _ rows: [[String]], numbers: Set<Int> = []) -> [String] {
        func cells(_ row: [String], _ tag: String) -> String {
            row.enumerated().map { index, cell in
                let style = numbers.contains(index) ? " class=\"number\"" : ""
                return "<\(tag)\(style)>\(cell)</\(tag)>"
            }.joined()
        }
        var lines = ["<div class=\"wide\"><table>"]
        if !head.isEmpty { lines.append("<thead><tr>\(cells(head, "th"))</tr></thead>") }
        lines.append("<tbody>")
        lines += rows.map { "<tr>\(cells($0, "td"))</tr>" }
        lines.append("</tbody></table></div>")
        return lines
    }
}
