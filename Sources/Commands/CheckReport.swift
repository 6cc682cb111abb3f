internal import Checkers

/// Verdicts as people and as programs read them.
struct CheckReport {
    let path: String
    let history: History
    let judgements: [Judgement]

    /// 1 when a promise is broken, else 2 when something is unknown, else 0.
    var code: Int32 {
        if judgements.contains(where: \.verdict.isInvalid) { return 1 }
        return judgements.contains(where: \.verdict.isUnknown) ? 2 : 0
    }

    // MARK: Text

    /// One line a check, what broke it below, then the verdict of all.
    var text: String {
        var lines = [
            "\(path): \(history.kind.rawValue), \(history.count) operations"
                + (history.isComplete ? "" : ", no end")
        ]
        for judgement in judgements {
            lines.append("")
            lines += told(judgement)
        }
        lines += ["", code == 0 ? "PASSED" : code == 1 ? "FAILED" : "UNKNOWN"]
        return lines.joined(separator: "\n")
    }

    private func told(_ judgement: Judgement) -> [String] {
        let figures = judgement.figures.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        let name = judgement.check.rawValue
        switch judgement.verdict {
        case .valid:
            return ["● \(name)   holds   \(figures)"]
        case .unknown(let why, let proven):
            return [
                "? \(name)   unknown: \(why.text)   \(figures)", "    " + proven.told(by: history),
            ]
        case .invalid(let violations):
            return ["✕ \(name)   broken   \(figures)"] + violations.flatMap(told)
        }
    }

    private func told(_ violation: Violation) -> [String] {
        var lines = ["    \(violation.title)   (at \(moment(violation.at)))"]
        lines += violation.operations.map { "        \($0.text)" }
        lines += violation.reasons.map { "      \($0)" }
        return lines
    }

    private func moment(_ time: Int64) -> String { history.moment(time) }

    // MARK: JSON

    /// One object; times are microseconds since the run began, or places in the file.
    var json: String {
        object([
            ("history", string(path)), ("kind", string(history.kind.rawValue)),
            ("operations", "\(history.count)"), ("complete", "\(history.isComplete)"),
            ("code", "\(code)"), ("checks", array(judgements.map(object))),
        ])
    }

    private func object(_ judgement: Judgement) -> String {
        var fields = [("check", string(judgement.check.rawValue))]
        switch judgement.verdict {
        case .valid: fields.append(("verdict", string("holds")))
        case .invalid(let violations):
            fields.append(("verdict", string("broken")))
            fields.append(("violations", array(violations.map(object))))
        case .unknown(let why, let proven):
            fields.append(("verdict", string("unknown")))
            fields.append(("reason", string(why.text)))
            fields.append(
                (
                    "proven",
                    object([
                        ("before", "\(proven.before)"), ("operations", "\(proven.operations)"),
                        ("keys", "\(proven.keys)"), ("of-keys", "\(proven.ofKeys)"),
                    ])
                ))
        }
        fields.append(
            ("figures", object(judgement.figures.map { ($0.name, "\($0.count)") })))
        return object(fields)
    }

    private func object(_ violation: Violation) -> String {
        object([
            ("title", string(violation.title)),
            ("key", violation.key.map(string) ?? "null"), ("at", "\(violation.at)"),
            (
                "operations",
                array(
                    violation.operations.map { one in
                        object([
                            ("row", "\(one.row)"), ("invoked", "\(one.invoked)"),
                            ("returned", one.returned.map { "\($0)" } ?? "null"),
                            ("text", string(one.text)),
                        ])
                    })
            ),
            ("reasons", array(violation.reasons.map(string))),
        ])
    }

    private func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { string($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
    }

    private func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    private func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
