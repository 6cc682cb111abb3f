extension Report {
    /// JUnit XML: a suite a run, a case for the steps, each promise, each fault's proof and the
    /// settling. A broken promise is a failure; what could not be judged is an error. In the dialect
    /// that Jenkins publishes a schema of (junit-10.xsd of its xunit plugin).
    public var junit: String {
        let all = runs.flatMap(\.points)
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append(
            "<testsuites name=\"\(Escaping.attribute(title))\" \(counts(all)) "
                + "time=\"\(Spoken.fixed(runs.reduce(0) { $0 + $1.length }, 3))\">")
        for run in runs { lines += suite(run) }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func counts(_ points: [Point]) -> String {
        "tests=\"\(points.count)\" failures=\"\(points.count { $0.state == .failed })\" "
            + "errors=\"\(points.count { $0.state == .error })\""
    }

    private func suite(_ run: RunReport) -> [String] {
        let points = run.points
        let file = run.origin.place.map { " file=\"\(Escaping.attribute($0.file))\"" } ?? ""
        var lines = [
            "  <testsuite name=\"\(Escaping.attribute(run.title))\" \(counts(points)) "
                + "skipped=\"\(points.count { $0.state == .skipped })\" "
                + "time=\"\(Spoken.fixed(run.length, 3))\" "
                + "timestamp=\"\(Escaping.attribute(String(run.wall.prefix(19))))\"\(file)>"
        ]
        lines.append("    <properties>")
        for (name, value) in properties(run) where !value.isEmpty {
            lines.append(
                "      <property name=\"\(name)\" value=\"\(Escaping.attribute(value))\"/>")
        }
        lines.append("    </properties>")
        for point in points { lines += testCase(point, of: run) }
        let summary = run.summary.joined(separator: "\n")
        lines.append("    <system-out>\(Escaping.xml(summary))</system-out>")
        lines.append("  </testsuite>")
        return lines
    }

    private func properties(_ run: RunReport) -> [(String, String)] {
        [
            ("seed", String(run.seed)), ("run", run.name), ("folder", run.origin.folder),
            ("outcome", run.outcome.name), ("exit-code", String(run.code)),
            ("again", run.origin.again), ("program", program),
        ] + run.origin.settings.map { ("setting.\($0.word)", $0.value) }
    }

    private func testCase(_ point: Point, of run: RunReport) -> [String] {
        let suite = run.topology + (run.scenario.map { "." + $0 } ?? "")
        let head =
            "    <testcase name=\"\(Escaping.attribute(point.name))\" "
            + "classname=\"\(Escaping.attribute(suite))\" "
            + "time=\"\(point.kind == "steps" ? Spoken.fixed(run.length, 3) : "0.000")\""
        let message = Escaping.attribute(point.message)
        switch point.state {
        case .passed: return [head + "/>"]
        case .skipped:
            return [head + ">", "      <skipped message=\"\(message)\"/>", "    </testcase>"]
        case .failed, .error:
            let tag = point.state == .failed ? "failure" : "error"
            var text = [point.name, point.message]
            if let place = point.place {
                text.append("\(place.file):\(place.line):\(place.column)")
            }
            text += point.story
            text.append("again: \(run.origin.again)")
            return [
                head + ">",
                "      <\(tag) type=\"\(point.kind)\" message=\"\(message)\">"
                    + Escaping.xml(text.joined(separator: "\n")) + "</\(tag)>",
                "    </testcase>",
            ]
        }
    }
}
