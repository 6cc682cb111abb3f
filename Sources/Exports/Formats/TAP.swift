extension Report {
    /// The Test Anything Protocol, version 13: what version 14 adds is not needed here, and readers
    /// that are installed everywhere (perl's TAP::Parser) refuse its number.
    public var tap: String {
        let points = runs.flatMap { run in run.points.map { (run, $0) } }
        var lines = ["TAP version 13", "1..\(points.count)"]
        for (index, (run, point)) in points.enumerated() {
            let isOk = point.state == .passed || point.state == .skipped
            var line =
                "\(isOk ? "ok" : "not ok") \(index + 1) - "
                + description("\(run.title): \(point.name)")
            if point.state == .skipped { line += " # SKIP \(description(point.message))" }
            lines.append(line)
            if !isOk { lines += diagnosis(point, run) }
        }
        for run in runs where run.code != 0 {
            lines.append("# again: \(Escaping.oneLine(run.origin.again))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A `#` would begin a directive.
    private func description(_ text: String) -> String {
        Escaping.oneLine(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }

    private func diagnosis(_ point: Point, _ run: RunReport) -> [String] {
        var fields = [
            ("message", point.message), ("severity", point.state == .error ? "error" : "fail"),
            ("outcome", run.outcome.word), ("again", run.origin.again),
        ]
        if let place = point.place { fields.append(("at", "\(place.file):\(place.line)")) }
        return ["  ---"] + fields.map { "  \($0): \(Escaping.quoted($1))" } + ["  ..."]
    }
}
