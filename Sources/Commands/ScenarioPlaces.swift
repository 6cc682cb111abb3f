internal import Exports
internal import Foundation
internal import Topology

/// Where the lines of a scenario stand, so that reports can point at them.
struct ScenarioPlaces {
    /// By text; of equal lines the first.
    private(set) var lines: [String: RunReport.Place] = [:]
    /// Where the scenario begins.
    private(set) var scenario: RunReport.Place?

    /// Nothing for a shipped topology: its file is nowhere in the user's repository.
    init(_ word: String, in topology: Topology, _ source: TopologySource) {
        if let scenario = topology.scenario(word) {
            if !source.isShipped { add(scenario, source.file) }
            return
        }
        guard let text = try? String(contentsOfFile: word, encoding: .utf8),
            let file = try? Topology.ScenarioFile(
                parsing: text, file: word, name: word, for: topology)
        else { return }
        add(file.scenario, Self.relative(word))
    }

    /// As seen from here: a CI looks files up from the top of its checkout.
    private static func relative(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    private mutating func add(_ scenario: Topology.Scenario, _ file: String) {
        self.scenario = RunReport.Place(
            file: file, line: scenario.place.line, column: scenario.place.column)
        for passage in scenario.expect + scenario.always { add(passage, file) }
        for passage in scenario.steps.flatMap(\.passages) { add(passage, file) }
    }

    private mutating func add(_ passage: Passage, _ file: String) {
        guard lines[passage.text] == nil else { return }
        lines[passage.text] = RunReport.Place(
            file: file, line: passage.place.line, column: passage.place.column)
    }
}

extension Topology.Step {
    /// Its lines, those of its blocks among them.
    var passages: [Passage] {
        switch self {
        case .line(let passage): [passage]
        case .repetition(_, let steps, _): steps.flatMap(\.passages)
        case .parallel(let branches, _): branches.flatMap { $0.flatMap(\.passages) }
        case .forEach(let nodes, let steps, _): [nodes] + steps.flatMap(\.passages)
        case .chaos(let chaos): chaos.faults.map(\.line)
        }
    }
}
