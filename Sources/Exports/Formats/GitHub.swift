extension Report {
    /// Workflow commands of GitHub Actions, one a line: an error for whatever broke, a warning for
    /// what could not be judged, at the line of the scenario's file. GitHub shows ten of each kind a
    /// step, so the weightiest come first.
    public var annotations: String {
        var errors: [String] = []
        var warnings: [String] = []
        for run in runs {
            for point in run.points {
                switch point.state {
                case .failed: errors.append(command("error", point, run))
                case .error where run.code != 0: errors.append(command("error", point, run))
                case .error: warnings.append(command("warning", point, run))
                case .passed, .skipped: continue
                }
            }
        }
        return (errors + warnings).map { $0 + "\n" }.joined()
    }

    private func command(_ kind: String, _ point: Point, _ run: RunReport) -> String {
        var properties: [String] = []
        if let place = point.place {
            properties += [
                "file=\(property(place.file))", "line=\(place.line)", "col=\(place.column)",
            ]
        }
        properties.append("title=\(property("\(run.outcome.word): \(run.title)"))")
        let message = [point.name, point.message, "again: \(run.origin.again)"]
            .filter { !$0.isEmpty }.joined(separator: "\n")
        return "::\(kind) \(properties.joined(separator: ","))::\(data(message))"
    }

    private func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
