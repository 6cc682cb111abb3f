internal import Chaos
internal import Cluster
internal import Topology

/// Scenarios that are run by hand, in a lab that goes on behind them.
extension Lab {
    /// What is restored when the scenario is over.
    struct ByHandScenario {
        let name: String
        /// Operations a second over all clients, before it began.
        let traffic: Double?
    }

    /// `scenario …`.
    func direct(_ order: ScenarioOrder) throws(CommandError) {
        switch order {
        case .run(let name): try begin(name, .changed)
        case .step(let name?): try begin(name, .pace(.step))
        case .step(nil): try pace(.step)
        case .pause: try pace(.hold)
        case .resume: try pace(.flow)
        case .stop:
            try checkRuns()
            feedScenario(.interrupted(130))
        }
    }

    /// Names are given once in a run, so that everybody means the same fault; a scenario that is run again
    /// means its own, and may call it as before once that one is over.
    func mayUseAgain(_ name: String, by: String) -> Bool {
        byHand.map { by.hasPrefix("scenario \($0.name)") } ?? false && faults.find(name) == nil
    }

    private func checkRuns() throws(CommandError) {
        guard let scenario, !scenario.isFinished else {
            throw CommandError("no scenario runs")
        }
    }

    private func pace(_ pace: ScenarioRun.Pace) throws(CommandError) {
        try checkRuns()
        guard scenario?.isInSteps == true else {
            throw CommandError("its steps are over: what comes after them does not stand still")
        }
        feedScenario(.pace(pace))
    }

    private func begin(_ name: String, _ first: ScenarioRun.Input) throws(CommandError) {
        if let scenario, !scenario.isFinished {
            throw CommandError("\(scenario.name) runs already: scenario stop ends it")
        }
        let topology = plan.topology
        guard let text = topology.scenario(name) else {
            let names = topology.scenarios.map(\.name)
            throw CommandError(
                names.isEmpty
                    ? "\(topology.name) has no scenarios"
                    : "\(topology.name) has no scenario \(name); there are: "
                        + names.joined(separator: " "))
        }
        if text.numbersFaults, state.core.faults.contains(where: { !$0.record.weather }) {
            throw CommandError(
                "\(name) speaks of f1, and there were other faults already: name its faults")
        }
        let script: Script
        do {
            script = try ScenarioReading.script(name, of: topology)
        } catch {
            throw CommandError("\(error)")
        }
        scenariosBegun += 1
        byHand = ByHandScenario(name: name, traffic: traffic)
        scenario = ScenarioRun(script, seed: plan.seed, strict: options.strict ?? false)
        feedScenario(first)
    }

    /// The load is as before; what the scenario found stands in the journal.
    func goOn(after before: ByHandScenario) {
        byHand = nil
        guard let workload = plan.topology.workload, workload.clients > 0 else { return }
        let rate = before.traffic ?? workload.traffic
        guard rate > 0 else { return }
        let change: TrafficChange =
            rate == workload.traffic
            ? .start
            : .level(
                .constant(.frequency(Frequency(millionthsPerMinute: Int64(rate * 60_000_000)))))
        let command = Command.traffic(change)
        background { lab in
            _ = await lab.run(command, as: command.text, by: "scenario \(before.name)")
        }
    }
}

extension Topology.Scenario {
    /// Whether it calls a fault by its number, which is another one where there were faults before.
    fileprivate var numbersFaults: Bool {
        (commands + always + expect).contains { $0.text.contains(#/\bf[0-9]+\b/#) }
    }
}
