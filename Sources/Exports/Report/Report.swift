internal import Cluster

/// The runs of one command: one, or several seeds and scenarios. Everything that is handed on is made
/// from this value; nothing here reads a clock or a file.
public struct Report: Sendable {
    /// In the order in which they ran; never empty where a report is written.
    public var runs: [RunReport]
    /// The exit code of the command.
    public var code: Int32
    /// Who made it: `squall 0.1.0`.
    public var program: String

    /// A report.
    public init(_ runs: [RunReport], code: Int32, program: String) {
        self.runs = runs
        self.code = code
        self.program = program
    }

    /// How many passed.
    public var passed: Int { runs.count { $0.code == 0 } }
    /// The verdict on all of them.
    public var outcome: Outcome {
        runs.count == 1 && runs[0].code == code ? runs[0].outcome : Outcome(code: code)
    }
    /// `kv leader-crash`, `kv, 3 scenarios`, with the seeds where there are several.
    public var title: String {
        var titles: [String] = []
        for run in runs {
            let title = run.topology + (run.scenario.map { " " + $0 } ?? "")
            if !titles.contains(title) { titles.append(title) }
        }
        let topologies = Set(runs.map(\.topology)).sorted().joined(separator: ", ")
        let what =
            titles.count == 1 ? titles[0] : "\(topologies), \(titles.count) scenarios"
        let seeds = Set(runs.map(\.seed)).count
        return seeds > 1 ? "\(what), \(seeds) seeds" : what
    }

    /// `18 of 20 passed; seeds 7 and 13 fail`: one line a scenario where several seeds ran, one for
    /// all where several scenarios ran with one seed.
    public var tally: [String] {
        guard runs.count > 1 else { return [] }
        var scenarios: [String] = []
        for run in runs where !scenarios.contains(run.scenario ?? "") {
            scenarios.append(run.scenario ?? "")
        }
        guard Set(runs.map(\.seed)).count > 1 else {
            let failed = runs.filter { $0.code != 0 }.map { $0.scenario ?? $0.name }
            return [sentence(runs, failed, "scenario")]
        }
        return scenarios.map { scenario in
            let ran = runs.filter { $0.scenario ?? "" == scenario }
            let failed = ran.filter { $0.code != 0 }.map { String($0.seed) }
            let name = scenarios.count > 1 ? "\(scenario): " : ""
            return name + sentence(ran, failed, "seed")
        }
    }

    private func sentence(_ ran: [RunReport], _ failed: [String], _ noun: String) -> String {
        let count = "\(ran.count - failed.count) of \(ran.count) passed"
        if failed.isEmpty { return count }
        return count
            + (failed.count == 1
                ? "; \(noun) \(failed[0]) fails" : "; \(noun)s \(Spoken.list(failed)) fail")
    }
}
