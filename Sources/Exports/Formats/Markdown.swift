internal import Cluster

extension Report {
    /// A summary for pull requests and GitHub's step summary: verdict first, then what broke, then
    /// the figures of every fault, folded where all is well.
    public var markdown: String {
        var lines = ["## \(outcome.glyph) \(outcome.word): \(cell(title))", ""]
        lines += tally.map { "- \(cell($0))" }
        if !tally.isEmpty { lines.append("") }
        for run in runs { lines += section(run) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ run: RunReport) -> [String] {
        var lines: [String] = []
        let isFolded = runs.count > 1 && run.code == 0
        let head = "\(run.outcome.glyph) \(cell(run.title))"
        if isFolded {
            lines += ["<details><summary>\(head)</summary>", ""]
        } else if runs.count > 1 {
            lines += ["### \(head)", ""]
        }
        if run.code != 0 { lines += run.reasons.map { "- **\(cell($0))**" } + [""] }
        if !run.promises.isEmpty {
            lines += ["| | promise | what was found |", "|---|---|---|"]
            lines += run.promises.map {
                "| \($0.verdict.glyph) | `\(code($0.kind.rawValue + " " + $0.text))` | \(cell($0.detail)) |"
            }
            lines.append("")
        }
        for promise in run.promises where !promise.violations.isEmpty {
            for violation in promise.violations {
                lines.append("- \(cell(violation.text))")
                lines += violation.story.map { "  - \(cell($0))" }
            }
            lines.append("")
        }
        lines += figures(run)
        lines += run.comparison.map { "- \(cell($0.words))" }
        if !run.comparison.isEmpty { lines.append("") }
        lines += ["```sh", Escaping.oneLine(run.origin.again), "```", ""]
        if isFolded { lines += ["</details>", ""] }
        return lines
    }

    private func figures(_ run: RunReport) -> [String] {
        guard !run.faults.isEmpty else { return [] }
        let head = [
            "fault", "noticed", "elected", "recovered", "clients waited", "available before",
            "during", "after", "p99 before", "during", "after",
        ]
        var lines = [
            "| " + head.joined(separator: " | ") + " |",
            "|" + head.map { _ in "---|" }.joined(),
        ]
        for fault in run.faults {
            let figures = [fault.before, fault.during, fault.after]
            let cells =
                [
                    "`\(code(fault.text))`", Spoken.time(fault.detection),
                    Spoken.time(fault.election), Spoken.time(fault.recovery),
                    Spoken.time(fault.outage),
                ] + figures.map { Spoken.share($0?.availability) }
                + figures.map { Spoken.time($0?.latency?.p99) }
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines + [""]
    }

    /// Text in a table's cell, or in a line of its own: markup in it means nothing.
    private func cell(_ text: String) -> String {
        var result = ""
        for character in Escaping.oneLine(text) {
            switch character {
            case "|", "\\", "`", "*", "_", "[", "]", "#": result += "\\\(character)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
        return result
    }

    private func code(_ text: String) -> String {
        Escaping.oneLine(text).replacing("`", with: "'").replacing("|", with: "\\|")
    }
}

extension Judgement.Verdict {
    /// A glyph that says it without colour.
    var glyph: String {
        switch self {
        case .holds: "●"
        case .broken: "✕"
        case .unknown: "?"
        }
    }
}
