import Chaos
import Cluster
import Topology

/// A topology's scenario, with an index into its lines as the mark.
func scenarioText(_ scenario: Topology.Scenario, lines: inout [Passage]) -> ScenarioText {
    func line(_ passage: Passage, _ lines: inout [Passage]) -> Line {
        lines.append(passage)
        return Line(passage.text, mark: lines.count - 1)
    }
    func step(_ step: Topology.Step, _ lines: inout [Passage]) -> StepText {
        switch step {
        case .line(let passage): return .line(line(passage, &lines))
        case .repetition(let times, let inner, _):
            return .repetition(times, inner.map { step0($0, &lines) })
        case .parallel(let branches, _):
            return .parallel(branches.map { $0.map { step0($0, &lines) } })
        case .forEach(let passage, let inner, _):
            return .forEach(line(passage, &lines), inner.map { step0($0, &lines) })
        case .chaos(let chaos):
            return .chaos(
                ChaosText(
                    faults: chaos.faults.map { line($0.line, &lines) },
                    weights: chaos.faults.map(\.weight), every: chaos.every,
                    duration: chaos.duration, atMost: chaos.atMost))
        }
    }
    func step0(_ inner: Topology.Step, _ lines: inout [Passage]) -> StepText { step(inner, &lines) }
    return ScenarioText(
        name: scenario.name, settle: scenario.settle,
        steps: scenario.steps.map { step($0, &lines) },
        always: scenario.always.map { line($0, &lines) },
        expect: scenario.expect.map { line($0, &lines) })
}

/// The machines of a topology, as the journal would describe them.
func machines(of topology: Topology) -> [NodeDescription] {
    topology.members.map { member in
        let group = topology.group(member.group)
        return NodeDescription(
            name: member.name, group: member.group, address: "",
            labels: (group?.labels ?? []).map { .init(key: $0.name, value: $0.value) },
            metrics: (group?.ownMetrics ?? [:]).keys.sorted())
    }
        + topology.clients.map {
            NodeDescription(name: $0, group: "client", address: "", kind: .client)
        }
}
