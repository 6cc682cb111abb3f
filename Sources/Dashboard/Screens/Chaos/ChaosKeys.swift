import Cluster

/// Keys of the chaos screen: scenarios are chosen, run, held and taken step by step.
extension Interaction {
    mutating func onChaos(_ input: Input, state: ClusterState) -> [Outcome]? {
        let list = ScenarioList(state.core, view)
        switch input {
        case .up, .character("k"), .wheelUp: choose(-1, list)
        case .down, .character("j"), .wheelDown: choose(1, list)
        case .home, .character("g"): choose(-list.scenarios.count, list)
        case .end, .character("G"): choose(list.scenarios.count, list)
        case .enter:
            guard let chosen = list.current else { return remark("there is no scenario to run") }
            return run("scenario run \(chosen.name)", state: state)
        case .character(" "):
            guard list.isRunning else { return remark("no scenario runs: Enter runs this one") }
            let isPaused = list.course?.isPaused == true
            return run(isPaused ? "scenario resume" : "scenario pause", state: state)
        case .character("s"):
            if list.isRunning { return run("scenario step", state: state) }
            guard let chosen = list.current else { return remark("there is no scenario to run") }
            return run("scenario step \(chosen.name)", state: state)
        case .character("S"):
            guard list.isRunning else { return remark("no scenario runs") }
            return run("scenario stop", state: state)
        case .character("f"), .character("p"): return onNodeVerb(input, state: state)
        default: return nil
        }
        return []
    }

    private mutating func choose(_ step: Int, _ list: ScenarioList) {
        guard let index = list.index else { return }
        let next = min(max(0, index + step), list.scenarios.count - 1)
        view.chaos.chosen = list.scenarios[next].name
    }
}
