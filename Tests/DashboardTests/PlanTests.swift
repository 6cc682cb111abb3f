import Cluster
import Testing

@testable import Dashboard

/// Keys of the chaos screen and of the configuration.
@Suite struct PlanTests {
    private func on(
        _ keys: [Input], _ state: ClusterState = Screens.sentinel
    ) -> (view: View, outcomes: [Outcome]) {
        var view = Screens.now
        view.plan = Screens.plan
        var interaction = Interaction(view: view)
        var outcomes: [Outcome] = []
        for key in keys { outcomes = interaction.on(key, state: state, frame: nil) }
        return (interaction.view, outcomes)
    }

    private func running(_ states: [ScenarioPosition.State]) -> ClusterState {
        var state = Screens.sentinel
        for (place, what) in states.enumerated() {
            let position = ScenarioPosition(
                scenario: "split-brain", step: "", text: "scenario split-brain", state: what)
            state.apply(
                Entry(
                    number: UInt64(100_000 + place), at: state.core.now,
                    event: .scenarioStep(position)))
        }
        return state
    }

    @Test("Enter runs the chosen scenario, s takes its first step")
    func begins() {
        let nine = Input.character("9")
        #expect(on([nine, .enter]).outcomes == [.run(command: "scenario run failover", by: "key")])
        #expect(
            on([nine, .down, .down, .enter]).outcomes == [
                .run(command: "scenario run split-brain", by: "key")
            ])
        #expect(
            on([nine, .down, .up, .character("s")]).outcomes == [
                .run(command: "scenario step failover", by: "key")
            ])
        #expect(on([nine, .character(" ")]).outcomes.isEmpty)
        #expect(on([nine, .character("S")]).outcomes.isEmpty)
    }

    @Test("While one runs, Space holds it and lets it go on, s takes a step, S stops it")
    func paces() {
        let nine = Input.character("9")
        let flowing = running([.began])
        let held = running([.began, .paused])
        for (key, state, line) in [
            (" ", flowing, "scenario pause"), (" ", held, "scenario resume"),
            ("s", flowing, "scenario step"), ("S", held, "scenario stop"),
        ] as [(Unicode.Scalar, ClusterState, String)] {
            #expect(
                on([nine, .character(key)], state).outcomes == [.run(command: line, by: "key")])
        }
        // The one that runs is the one that is looked at.
        let list = ScenarioList(flowing.core, on([nine], flowing).view)
        #expect(list.current?.name == "split-brain" && list.isRunning)
        let over = ScenarioList(running([.began, .done]).core, on([nine]).view)
        #expect(!over.isRunning && over.words(Screens.plan.scenarios[1]) == "passed")
    }

    @Test("A scenario of a file of its own is shown by what it did")
    func stranger() {
        var state = Screens.sentinel
        for (place, step) in ["", "1", "2.1"].enumerated() {
            let position = ScenarioPosition(
                scenario: "mine", step: step, text: step.isEmpty ? "scenario mine" : "wait 1s",
                state: .began)
            state.apply(
                Entry(
                    number: UInt64(100_000 + place), at: state.core.now,
                    event: .scenarioStep(position)))
        }
        let list = ScenarioList(state.core, on([]).view)
        #expect(list.scenarios.map(\.name) == ["mine", "failover", "split-brain"])
        #expect(list.current?.steps.map(\.number) == ["1", "2.1"])
    }

    @Test("e goes through chosen and standard values, the filter keeps some")
    func config() {
        let zero = Input.character("0")
        func paths(_ keys: [Input]) -> [String] {
            let view = on([zero] + keys).view
            return view.config.values(view).map(\.path)
        }
        #expect(paths([]) == ["name", "nodes.redis.run", "workload.timeout"])
        #expect(paths([.character("e")]) == ["name", "nodes.redis.run"])
        #expect(paths([.character("e"), .character("e")]) == ["workload.timeout"])
        #expect(paths([.character("/")] + Screens.typed("standard") + [.enter]).count == 1)
        #expect(on([zero, .character("G"), .up]).view.config.chosen == 1)
    }

    @Test("The palette completes the names of scenarios")
    func palette() {
        let view = on([.character(":")] + Screens.typed("scenario run s")).view
        guard case .palette(let prompt)? = view.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(prompt.completion?.candidates.map(\.text) == ["split-brain"])
    }
}
