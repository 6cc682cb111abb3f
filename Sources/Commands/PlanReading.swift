internal import Cluster
internal import Dashboard
internal import Foundation
internal import Journal
internal import Lab
internal import Topology

extension Plan {
    /// What the topology in a run's folder says; nothing, where it cannot be read any more.
    init(of folder: RunFolder) {
        self.init()
        guard let data = FileManager.default.contents(atPath: folder.info),
            let options = try? JSONDecoder().decode(RunOptions.self, from: data),
            let text = RecordedRun.text(of: folder.topology),
            let topology = try? Topology(
                parsing: text, file: options.file, settings: options.settings)
        else { return }
        let file = options.file.split(separator: "/").last.map(String.init) ?? options.file
        scenarios = topology.scenarios.map(Scenario.init)
        values = topology.effective(overrides: options.settings).map { value in
            Value(
                path: value.path.joined(separator: "."), text: value.text,
                origin: value.origin.words(file), isChosen: value.origin != .standard)
        }
    }
}

extension Topology.Origin {
    fileprivate func words(_ file: String) -> String {
        switch self {
        case .file(let line): "\(file):\(line)"
        case .commandLine(let line): "--set, over \(file):\(line)"
        case .filled(let line): "\(file):\(line), with --set"
        case .standard: "standard"
        }
    }
}

extension Plan.Scenario {
    fileprivate init(_ scenario: Topology.Scenario) {
        self.init(
            name: scenario.name, about: scenario.about ?? "",
            steps: Self.steps(scenario.steps, "", 0), always: scenario.always.map(\.text),
            expect: scenario.expect.map(\.text))
    }

    /// Numbered as a run of them numbers its steps.
    private static func steps(
        _ steps: [Topology.Step], _ prefix: String, _ depth: Int
    ) -> [Plan.Step] {
        steps.enumerated().flatMap { index, step -> [Plan.Step] in
            let number = "\(prefix)\(index + 1)"
            func block(_ text: String, _ inner: [Topology.Step]) -> [Plan.Step] {
                [Plan.Step(number: number, text: text, depth: depth)]
                    + self.steps(inner, number + ".", depth + 1)
            }
            switch step {
            case .line(let line): return [Plan.Step(number: number, text: line.text, depth: depth)]
            case .repetition(let times, let inner, _): return block("\(times) times:", inner)
            case .forEach(let nodes, let inner, _): return block("for each \(nodes.text):", inner)
            case .parallel(let branches, _):
                let head = Plan.Step(number: number, text: "at the same time:", depth: depth)
                return [head]
                    + branches.enumerated().flatMap { branch, inner in
                        self.steps(inner, "\(number).\(branch + 1).", depth + 1)
                    }
            case .chaos(let chaos):
                let every = "\(chaos.every.lowerBound.text)..\(chaos.every.upperBound.text)"
                let head = Plan.Step(
                    number: number,
                    text: "chaos for \(chaos.duration.text), every \(every), "
                        + "at most \(chaos.atMost):", depth: depth)
                return [head]
                    + chaos.faults.map {
                        Plan.Step(
                            number: "", text: "\($0.weight) \u{00D7} \($0.line.text)",
                            depth: depth + 1)
                    }
            }
        }
    }
}
