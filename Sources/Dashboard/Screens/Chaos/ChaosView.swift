internal import Cluster

/// Which scenario is looked at.
public struct ChaosView: Equatable, Sendable {
    /// Its name; the one that runs, else the first one, when `nil`.
    public var chosen: String?

    /// Nothing is chosen yet.
    public init() {}
}

/// Scenarios of the run, and how far the one that runs has come: asked by keys and renderer alike.
struct ScenarioList {
    let scenarios: [Plan.Scenario]
    /// Place of the chosen one; `nil` where there is none.
    let index: Int?
    /// The one that runs, or ran last.
    let course: ScenarioState?

    init(_ core: Core, _ view: View) {
        var scenarios = view.plan.scenarios
        // One of a file of its own is known by what it did so far.
        if let course = core.scenario, !scenarios.contains(where: { $0.name == course.name }) {
            let steps = course.steps.filter { !$0.step.isEmpty }.map { position in
                let depth = position.step.count { $0 == "." }
                return Plan.Step(number: position.step, text: position.text, depth: depth)
            }
            scenarios.insert(Plan.Scenario(name: course.name, steps: steps), at: 0)
        }
        self.scenarios = scenarios
        course = core.scenario
        let name = view.chaos.chosen ?? core.scenario?.name
        index =
            scenarios.isEmpty ? nil : scenarios.firstIndex { $0.name == name } ?? 0
    }

    /// The chosen one.
    var current: Plan.Scenario? { index.map { scenarios[$0] } }

    /// Whether some scenario is on its way.
    var isRunning: Bool { course.map { $0.end == nil } ?? false }

    /// The state of a line: as its last round left it; `nil` before it began.
    func state(of step: Plan.Step, in scenario: Plan.Scenario) -> ScenarioPosition.State? {
        guard let course, course.name == scenario.name else { return nil }
        return course.steps.last { $0.step == step.number }?.state
    }

    /// Where the course stands, in words; empty for one that did not run.
    func words(_ scenario: Plan.Scenario) -> String {
        guard let course, course.name == scenario.name else { return "" }
        if let end = course.end {
            if end.message == "interrupted" { return "stopped" }
            return end.state == .done ? "passed" : "failed: \(end.message)"
        }
        if course.isPaused { return "stands still before its next step" }
        let phase = course.steps.last { $0.step.isEmpty && $0.state == .began }
        return phase.map { $0.text.hasPrefix("scenario ") ? "runs" : $0.text } ?? "runs"
    }
}
