@testable import Checkers

/// A line of a history: `row(0, 10, "c1", "write k", "5")`. Times are microseconds, the value is JSON.
func row(
    _ invoked: Int, _ returned: Int?, _ client: String, _ deed: String, _ value: String,
    _ outcome: String = "ok", node: String? = nil
) -> String {
    let words = deed.split(separator: " ")
    let key = words.count > 1 ? "\"\(words[1])\"" : "null"
    let end = outcome == "unknown" ? "null" : returned.map { "\($0)" } ?? "null"
    let asked = node.map { "\"\($0)\"" } ?? "null"
    return
        "[\(invoked),\(end),\"\(client)\",\"\(words[0])\",\(key),\(value),\"\(outcome)\",\(asked)]"
}

/// The text of a history of this kind.
func text(_ kind: String, _ rows: [String], complete: Bool = true) -> String {
    let header =
        #"{"squall":1,"history":1,"run":"test","kind":"\#(kind)","seed":42,"columns":["invoked","#
        + #""returned","client","op","key","value","outcome","node"]}"#
    let end = complete ? [#"{"end":{"at":60000000,"ok":1,"refused":0,"unknown":0,"open":0}}"#] : []
    return ([header] + rows + end).joined(separator: "\n") + "\n"
}

/// A history of this kind, read as squall reads it.
func history(_ kind: String, _ rows: [String], complete: Bool = true) throws -> History {
    try History(reading: Array(text(kind, rows, complete: complete).utf8))
}

/// The verdict of a check on these rows.
func judge(
    _ check: Check, _ kind: String, _ rows: [String], complete: Bool = true,
    _ options: Options = Options()
) throws -> Judgement {
    check.judge(try history(kind, rows, complete: complete), options)
}

extension Judgement {
    /// The violations, if any.
    var violations: [Violation] {
        if case .invalid(let violations) = verdict { violations } else { [] }
    }

    /// A figure by its name; -1 when there is none.
    func count(_ name: String) -> Int { figures.first { $0.name == name }?.count ?? -1 }
}
