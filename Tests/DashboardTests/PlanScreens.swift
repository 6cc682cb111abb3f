import Cluster
import Dashboard

/// Scenarios and the configuration, as they were approved.
extension Screens {
    static let planScreens: [GoldenScreen] = [
        GoldenScreen(
            name: "chaos", state: sentinel, view: planned, keys: [.character("9"), .down]),
        GoldenScreen(name: "chaos-held", state: held, view: planned, keys: [.character("9")]),
        GoldenScreen(name: "chaos-failed", state: failed, view: planned, keys: [.character("9")]),
        GoldenScreen(name: "chaos-nothing", state: sentinel, view: now, keys: [.character("9")]),
        GoldenScreen(
            name: "config", state: sentinel, view: planned, keys: [.character("0"), .down]),
        GoldenScreen(
            name: "config-standard", state: sentinel, view: planned,
            keys: [.character("0"), .character("e"), .character("e")]),
    ]

    static let plan = Plan(
        scenarios: [
            Plan.Scenario(
                name: "failover", about: "The leader dies; the sentinels agree on another one.",
                steps: [
                    .init(number: "1", text: "wait until ready(all) within 30s"),
                    .init(number: "2", text: "3 times:"),
                    .init(number: "2.1", text: "crash leader for 10s", depth: 1),
                    .init(number: "2.2", text: "wait until leaders == 1 within 30s", depth: 1),
                    .init(number: "3", text: "wait 5s"),
                ], always: ["leaders-per-term <= 1"],
                expect: ["availability >= 90%", "ready(all)"]),
            Plan.Scenario(name: "split-brain", about: "The old leader goes on taking writes."),
        ],
        values: [
            .init(path: "name", text: "redis-sentinel", origin: "redis-sentinel.yaml:1"),
            .init(
                path: "nodes.redis.run",
                text: "redis-server --port 6379 --bind 0.0.0.0 --protected-mode no --dir {data} "
                    + "--appendonly no --save '' --repl-diskless-sync-delay 0 --loglevel notice",
                origin: "redis-sentinel.yaml:9, with --set"),
            .init(path: "workload.timeout", text: "1s", origin: "standard", isChosen: false),
        ])

    private static let planned: View = {
        var view = now
        view.plan = plan
        return view
    }()

    private static func position(
        _ step: String, _ text: String, _ state: ScenarioPosition.State, _ message: String = ""
    ) -> Event {
        .scenarioStep(
            ScenarioPosition(
                scenario: "failover", step: step, text: text, state: state, message: message))
    }

    private static let beginning: [Event] = [
        position("", "scenario failover", .began),
        position("1", "wait until ready(all) within 30s", .began),
        position("1", "wait until ready(all) within 30s", .done),
        position("2.1", "crash leader for 10s", .began),
        position("2.1", "crash leader for 10s", .done),
        position("2.2", "wait until leaders == 1 within 30s", .began),
    ]

    private static func state(_ events: [Event]) -> ClusterState {
        var state = sentinel
        for (place, event) in events.enumerated() {
            state.apply(
                Entry(
                    number: UInt64(100_000 + place),
                    at: state.core.now + .milliseconds(place), event: event))
        }
        return state
    }

    private static let held = state(beginning + [position("", "scenario failover", .paused)])

    private static let failed = state(
        beginning + [
            position(
                "2.2", "wait until leaders == 1 within 30s", .failed,
                "it did not come true: leaders 0"),
            .judged(
                Judgement(
                    kind: .always, text: "leaders-per-term <= 1", verdict: .holds,
                    detail: "leaders-per-term 1")),
            .judged(
                Judgement(
                    kind: .expect, text: "availability >= 90%", verdict: .broken,
                    detail: "availability 71%")),
            .judged(Judgement(kind: .expect, text: "ready(all)", verdict: .unknown)),
            position("", "scenario failover", .failed, "an expectation failed"),
        ])
}
