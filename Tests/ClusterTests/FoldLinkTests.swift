import Cluster
import Testing

@Suite struct `Links in the fold` {
    @Test func `the idle round trip is the least that no fault touched`() {
        var course = Course()
        let link = LinkID(from: NodeID(0), to: NodeID(1))
        func sample(_ rtt: Float) -> Event {
            .linkSamples([LinkSample(from: link.from, to: link.to, rtt: rtt)])
        }
        course.at(1, sample(.nan))
        #expect(course.core.links[link]?.idle.isNaN == true)
        course.at(2, sample(0.0003))
        course.at(3, sample(0.0002))
        course.fault(4, 1, "delay from kv-2 to kv-1 by 100ms", links: [([1], [0])])
        course.at(5, sample(0.0001))
        #expect(course.core.links[link]?.idle == 0.0002, "a fault on the way back is felt too")
        course.over(6, 1)
        course.at(7, sample(0.00015))
        #expect(course.core.links[link]?.idle == 0.00015)
    }

    @Test func `a rate that is not written again went on`() {
        var course = Course()
        let link = LinkID(from: NodeID(0), to: NodeID(1))
        func sample(_ packets: Float) -> Event {
            .linkSamples([LinkSample(from: link.from, to: link.to, packets: packets, dropped: 1)])
        }
        course.at(1, sample(10))
        course.at(2, sample(20))
        #expect(course.core.links[link]?.passed == 30)
        course.at(6, sample(5))
        #expect(course.core.links[link]?.passed == 95)
        #expect(course.core.links[link]?.dropped == 6)
    }

    @Test func `a scenario stands still, goes on, ends, and runs again as if it never had`() {
        var course = Course()
        func itself(_ state: ScenarioPosition.State) -> Event {
            .scenarioStep(
                ScenarioPosition(scenario: "s", step: "", text: "scenario s", state: state))
        }
        func step(_ state: ScenarioPosition.State) -> Event {
            .scenarioStep(ScenarioPosition(scenario: "s", step: "1", text: "wait 1s", state: state))
        }
        for (at, event) in [(1, itself(.began)), (2, step(.began)), (3, itself(.paused))] {
            course.at(Double(at), event)
        }
        #expect(course.core.scenario?.isPaused == true && course.core.scenario?.end == nil)
        course.at(4, step(.done))
        #expect(course.core.scenario?.isPaused == true)
        course.at(5, itself(.resumed))
        #expect(course.core.scenario?.isPaused == false)
        course.at(6, .judged(Judgement(kind: .expect, text: "quorum", verdict: .broken)))
        course.at(7, itself(.done))
        #expect(course.core.scenario?.end?.state == .done)
        #expect(course.news(after: 6) == ["scenario s passed"])
        course.at(8, itself(.began))
        #expect(course.core.scenario?.end == nil && course.core.scenario?.steps.count == 1)
        #expect(course.core.judgements.isEmpty)
    }

    @Test func `a scenario's steps and the promises keep their last state`() {
        var course = Course()
        func step(_ step: String, _ state: ScenarioPosition.State) -> Event {
            .scenarioStep(
                ScenarioPosition(
                    scenario: "s", step: step, text: "wait \(step)s", state: state,
                    message: state == .failed ? "too late" : ""))
        }
        course.at(1, step("1", .began))
        course.at(2, step("1", .done))
        course.at(3, step("2", .began))
        course.at(4, step("2", .failed))
        #expect(course.core.scenario?.steps.map(\.state) == [.done, .failed])
        func judged(_ verdict: Judgement.Verdict) -> Event {
            .judged(Judgement(kind: .always, text: "lag(kv) < 1s", verdict: verdict, detail: "2 s"))
        }
        course.at(5, judged(.holds))
        course.at(6, judged(.broken))
        course.at(7, judged(.broken))
        #expect(course.core.judgements.count == 1)
        #expect(
            course.news(after: 0) == [
                "step 2 failed: too late", "always lag(kv) < 1s is broken: 2 s",
            ])
    }
}
