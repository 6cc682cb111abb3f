internal import Cluster

/// What the page tells of one run.
struct RunSection {
    let run: RunReport
    let program: String
    /// Whether the timeline stands elsewhere.
    var hasTimeline = false

    var lines: [String] {
        var lines: [String] = []
        if run.code != 0 {
            lines += ["<ul class=\"reasons\">"]
            lines += run.reasons.map { "<li>\(Escaping.xml($0))</li>" }
            lines.append("</ul>")
        }
        lines += promises + timeline + faults + clients + compared + steps + again + facts
        return lines
    }

    private var promises: [String] {
        guard !run.promises.isEmpty else { return [] }
        let rows = run.promises.map { promise in
            let style =
                switch promise.verdict {
                case .holds: "good"
                case .broken: "bad"
                case .unknown: "odd"
                }
            return [
                "<span class=\"\(style)\">\(promise.verdict.glyph) \(promise.verdict.rawValue)</span>",
                "\(promise.kind.rawValue) <code>\(Escaping.xml(promise.text))</code>",
                ([promise.detail] + promise.story).map { Escaping.xml($0) }
                    .joined(separator: "\n").replacing("\n", with: "<br>"),
            ]
        }
        return ["<h3>Promises</h3>"]
            + PageTable.lines(["verdict", "promise", "what was found"], rows)
    }

    private var timeline: [String] {
        guard !hasTimeline, let course = run.moments ?? Course(run.state) else { return [] }
        let gaps = course.gaps.map { "<p class=\"gap\">\(Escaping.xml($0))</p>" }
        return [
            "<h3>Timeline</h3>", "<figure>", Timeline(course).svg, Timeline.legend, "</figure>",
        ]
            + gaps
    }

    private var faults: [String] {
        guard !run.faults.isEmpty else { return [] }
        let head = [
            "", "fault", "what was felt", "noticed", "elected", "recovered", "clients waited",
        ]
        let rows = run.faults.map { fault in
            [
                "<span\(place(fault))>\(Escaping.xml(fault.label))</span>",
                "<code>\(Escaping.xml(fault.text))</code>",
                Escaping.xml(fault.proof.map { "\($0.verdict.rawValue): \($0.words)" } ?? "–"),
                Spoken.time(fault.detection), Spoken.time(fault.election),
                Spoken.time(fault.recovery), Spoken.time(fault.outage),
            ]
        }
        var lines = ["<h3>Faults and recovery</h3>"]
        lines += PageTable.lines(head, rows, numbers: [3, 4, 5, 6])
        return lines
    }

    /// What a bar of the timeline leads to.
    private func place(_ fault: FaultFigures) -> String {
        hasTimeline ? " id=\"fault-\(Escaping.attribute(fault.id))\"" : ""
    }

    private var clients: [String] {
        var rows = run.faults.flatMap { fault in
            [("before", fault.before), ("during", fault.during), ("after", fault.after)]
                .compactMap { window, figures in
                    figures.map { row("\(window) \(fault.label)", $0) }
                }
        }
        if let clients = run.clients { rows.append(row("the whole run", clients)) }
        guard !rows.isEmpty else { return [] }
        return ["<h3>What clients saw</h3>"]
            + PageTable.lines(Self.clientHead, rows, numbers: Set(1..<9))
    }

    private static let clientHead = [
        "", "available", "answers", "failed", "p50", "p90", "p99", "p99.9", "longest outage",
    ]

    private func row(_ name: String, _ figures: ClientFigures) -> [String] {
        [
            Escaping.xml(name), Spoken.share(figures.availability), Spoken.rate(figures.throughput),
            String(figures.failed), Spoken.time(figures.latency?.p50),
            Spoken.time(figures.latency?.p90), Spoken.time(figures.latency?.p99),
            Spoken.time(figures.latency?.p999), Spoken.time(figures.outage),
        ]
    }

    private var compared: [String] {
        guard !run.comparison.isEmpty else { return [] }
        let rows = run.comparison.map { change in
            let told = change.isShare ? Spoken.share : Spoken.time
            return [Escaping.xml(change.figure), told(change.now), told(change.before)]
        }
        return ["<h3>Beside an earlier run</h3>"]
            + PageTable.lines(["figure", "now", "was"], rows, numbers: [1, 2])
    }

    private var steps: [String] {
        guard let scenario = run.state.core.scenario, !scenario.steps.isEmpty else { return [] }
        let rows = scenario.steps.map { step in
            [
                step.state == .failed ? "<span class=\"bad\">✕ failed</span>" : step.state.rawValue,
                Escaping.xml(step.step), "<code>\(Escaping.xml(step.text))</code>",
                Escaping.xml(step.message),
            ]
        }
        return ["<details><summary>Steps</summary>"]
            + PageTable.lines(["", "step", "line", ""], rows) + ["</details>"]
    }

    private var again: [String] {
        var text = run.origin.again
        if !run.name.isEmpty { text += "\nsquall replay \(run.name)" }
        return ["<h3>Run it again, look at it</h3>", "<pre>\(Escaping.xml(text))</pre>"]
    }

    private var facts: [String] {
        let core = run.state.core
        var facts: [(String, String)] = [
            ("run", run.name), ("began", run.wall), ("took", Spoken.time(run.length)),
            ("seed", String(run.seed)), ("exit code", String(run.code)),
            ("network", core.run?.fabric ?? ""), ("scheduling", core.run?.scheduling ?? ""),
            ("timing", run.timing),
            ("recorded in", run.origin.folder), ("made by", program),
        ]
        facts += run.origin.settings.map { ("setting \($0.word)", $0.value) }
        facts += core.dropped.sorted { $0.key < $1.key }.map { ("lost: \($0.key)", "\($0.value)") }
        if core.missingEntries > 0 { facts.append(("missing entries", "\(core.missingEntries)")) }
        let rows = facts.filter { !$0.1.isEmpty }.map { [Escaping.xml($0), Escaping.xml($1)] }
        return ["<details><summary>This run</summary>"] + PageTable.lines([], rows) + ["</details>"]
    }
}
