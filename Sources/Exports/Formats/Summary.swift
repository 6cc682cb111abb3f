internal import Cluster

extension RunReport {
    /// Why figures of time are not to be trusted; empty when they are.
    var timing: String { state.core.ended?.timing ?? "" }

    /// What is printed when a run is over. The first line is the verdict with its reason, the last
    /// one, where it did not pass, the command that repeats it.
    public var summary: [String] {
        var lines = ["\(outcome.word)   \(Escaping.oneLine(reason))"]
        for more in reasons.dropFirst() { lines.append("  ✕ \(Escaping.oneLine(more))") }
        for fault in faults { lines += fault.told }
        if let clients {
            var parts = ["available \(Spoken.share(clients.availability))"]
            parts.append("\(Spoken.rate(clients.throughput))")
            if let latency = clients.latency {
                parts.append("p50 \(Spoken.time(latency.p50))")
                parts.append("p99 \(Spoken.time(latency.p99))")
            }
            parts.append("longest outage \(Spoken.time(clients.outage))")
            lines.append("  clients   " + parts.joined(separator: " · "))
        }
        lines += comparison.map { "  \($0.words)" }
        if !timing.isEmpty { lines.append("  timing    \(Escaping.oneLine(timing))") }
        if !name.isEmpty { lines.append("look:  squall replay \(name)") }
        if code != 0 { lines.append("again: \(origin.again)") }
        return lines
    }
}

extension FaultFigures {
    /// Its figures in two or three lines.
    var told: [String] {
        var lines = ["  \(label == id ? id : "\(id) \(label)")   \(text)"]
        var course: [String] = []
        if let detection {
            course.append("noticed by \(detectedBy ?? "?") after \(Spoken.time(detection))")
        }
        if let election { course.append("\(elected ?? "?") leads after \(Spoken.time(election))") }
        course.append(recovery.map { "recovered after \(Spoken.time($0))" } ?? "not recovered")
        if let outage, outage > 0 { course.append("clients waited \(Spoken.time(outage))") }
        if failed > 0 { course.append("\(failed) operations failed") }
        lines.append("     " + course.joined(separator: " · "))
        if before != nil || during != nil || after != nil {
            let figures = [before, during, after]
            let available = figures.map { Spoken.share($0?.availability) }
            let p99 = figures.map { Spoken.time($0?.latency?.p99) }
            lines.append(
                "     available \(available[0]) before, \(available[1]) during, \(available[2]) after"
                    + " · p99 \(p99[0]), \(p99[1]), \(p99[2])")
        }
        return lines
    }
}
