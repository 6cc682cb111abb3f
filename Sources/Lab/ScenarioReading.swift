public import Chaos
public import Cluster
internal import Foundation
public import Topology

/// From the lines of a file to a script, and from a script's complaints back to places in the file.
public enum ScenarioReading {
    /// Everything that is wrong with the commands and expressions of a topology.
    public static func diagnostics(of topology: Topology) -> Diagnostics {
        let machines = machines(of: topology)
        var marks = Marks()
        let weather = topology.weather.map { marks.line($0) }
        let wrong = Script.weather(weather, for: machines).complaints
        return Diagnostics(
            wrong.map { marks.diagnostic($0, in: topology.source) }
                + topology.scenarios.flatMap { scenario in
                    read(scenario, in: topology.source, for: machines, topology).complaints
                })
    }

    /// The standing faults of a topology, with their texts.
    static func weather(
        of topology: Topology
    ) throws(Diagnostics) -> [(command: Command, text: String)] {
        var marks = Marks()
        let lines = topology.weather.map { marks.line($0) }
        let (commands, wrong) = Script.weather(lines, for: machines(of: topology))
        guard wrong.isEmpty else {
            throw Diagnostics(wrong.map { marks.diagnostic($0, in: topology.source) })
        }
        return zip(commands, lines).map { ($0, $1.text) }
    }

    /// The script of a scenario by name, or of a scenario file by path.
    ///
    /// - Throws: `Diagnostics` when it is none, `LabError` when there is no such file.
    public static func script(_ word: String, of topology: Topology) throws -> Script {
        let machines = machines(of: topology)
        let (scenario, source) = try text(word, of: topology)
        let (script, complaints) = read(scenario, in: source, for: machines, topology)
        guard let script else { throw Diagnostics(complaints) }
        return script
    }

    /// A scenario as it is written, and the text that its places are in.
    static func text(
        _ word: String, of topology: Topology
    ) throws -> (scenario: Topology.Scenario, source: SourceText) {
        if let known = topology.scenario(word) { return (known, topology.source) }
        guard let text = try? String(contentsOfFile: word, encoding: .utf8) else {
            throw LabError("no scenario and no file is called \(word)", code: 65)
        }
        let name = URL(fileURLWithPath: word).deletingPathExtension().lastPathComponent
        let file = try Topology.ScenarioFile(parsing: text, file: word, name: name, for: topology)
        return (file.scenario, file.source)
    }

    /// Whether a scenario, or a scenario file, makes sense for a topology; what is wrong otherwise.
    public static func check(_ word: String, of topology: Topology) throws {
        _ = try script(word, of: topology)
    }

    /// The machines of a topology, as the journal describes them.
    public static func machines(of topology: Topology) -> [NodeDescription] {
        LabPlan(topology, seed: 0).machines.map(\.description)
    }

    private static func read(
        _ scenario: Topology.Scenario, in source: SourceText, for machines: [NodeDescription],
        _ topology: Topology
    ) -> (script: Script?, complaints: [Diagnostic]) {
        var marks = Marks()
        let (script, complaints) = Script.check(
            marks.text(of: scenario), for: machines,
            weather: topology.weather.map { Line($0.text) },
            checks: topology.checks.map(\.name))
        return (script, complaints.map { marks.diagnostic($0, in: source) })
    }
}

/// Numbers the lines of a scenario, so that a complaint about one finds its place again.
struct Marks {
    var passages: [Passage] = []

    mutating func text(of scenario: Topology.Scenario) -> ScenarioText {
        ScenarioText(
            name: scenario.name, settle: scenario.settle, steps: steps(scenario.steps),
            always: scenario.always.map { line($0) }, expect: scenario.expect.map { line($0) })
    }

    mutating func line(_ passage: Passage) -> Line {
        passages.append(passage)
        return Line(passage.text, mark: passages.count - 1)
    }

    /// A complaint at its place in the file.
    func diagnostic(_ complaint: Complaint, in source: SourceText) -> Diagnostic {
        let passage = passages[complaint.line.mark]
        let index = complaint.line.text.index(
            complaint.line.text.startIndex, offsetBy: max(0, complaint.column - 1),
            limitedBy: complaint.line.text.endIndex)
        return source.diagnostic(
            at: passage.place(at: index ?? complaint.line.text.endIndex),
            complaint.message, code: complaint.code, hint: complaint.hint)
    }

    private mutating func steps(_ steps: [Topology.Step]) -> [StepText] {
        steps.map { step in
            switch step {
            case .line(let passage): return .line(line(passage))
            case .repetition(let times, let inner, _): return .repetition(times, self.steps(inner))
            case .parallel(let branches, _):
                return .parallel(branches.map { self.steps($0) })
            case .forEach(let nodes, let inner, _):
                return .forEach(line(nodes), self.steps(inner))
            case .chaos(let chaos):
                return .chaos(
                    ChaosText(
                        faults: chaos.faults.map { line($0.line) },
                        weights: chaos.faults.map(\.weight), every: chaos.every,
                        duration: chaos.duration, atMost: chaos.atMost))
            }
        }
    }
}
