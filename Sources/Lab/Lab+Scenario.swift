internal import Cluster

/// The scenario of a run.
struct ScenarioRun {}

extension Lab {
    func startScenario() {}
    func scenarioSees(_ entry: Entry) {}
}
