import Chaos
import Cluster
import Testing
import Topology

@Suite struct RehearsalTests {
    private static let storm = """
        nodes:
          kv: {count: 5, run: x}
          other: {run: x}
        scenarios:
          storm:
            steps:
              - wait until ready(all) within 10s
              - for each: kv
                steps:
                  - crash {it} for 200ms
                  - wait 1s
              - parallel:
                  - - repeat: 3
                      steps:
                        - pause 2 of kv for 300ms
                        - wait 1s
                  - - chaos:
                        faults:
                          crash 1 of kv for 300ms: 3
                          partition minority of kv / rest for 400ms: 2
                          delay between kv and other by 20ms for 5s: 1
                        every: 300ms..900ms
                        for: 30s
                        at most: 2
        """

    private func script(_ yaml: String) throws -> (Script, [NodeDescription]) {
        let topology = try Topology(parsing: yaml, file: "t.yaml")
        let nodes = machines(of: topology)
        var lines: [Passage] = []
        let scenario = try #require(topology.scenarios.first)
        let (script, complaints) = Script.check(scenarioText(scenario, lines: &lines), for: nodes)
        #expect(complaints.isEmpty)
        return (try #require(script), nodes)
    }

    @Test("what a rehearsal draws from the seed is what the run draws, in the same order")
    func sameDraws() throws {
        let (script, nodes) = try script(Self.storm)
        var simulation = Simulation(script, machines: nodes, world: Simulation.World([]))
        let ran = simulation.play().compactMap { line -> String? in
            guard let order = line.firstMatch(of: /\sdo (.*)\s{3}\[.*, step\s/) else { return nil }
            return String(order.1)
        }
        // The simulation has seed 42.
        let rehearsed = Rehearsal(script, for: nodes, seed: 42).moments
            .filter { !$0.step.isEmpty && (try? Command(parsing: $0.text).isFault) == true }
            .map(\.text)
        #expect(ran.count > 30)
        #expect(rehearsed == ran)
        let other = Rehearsal(script, for: nodes, seed: 43).moments.map(\.text)
        #expect(other != Rehearsal(script, for: nodes, seed: 42).moments.map(\.text))
    }

    @Test("draws are told with the names that they become, roles stay words")
    func names() throws {
        let (script, nodes) = try script(
            """
            nodes: {kv: {count: 3, run: x}}
            scenarios:
              s:
                steps:
                  - crash 1 of kv for 2s as one
                  - crash leader for 1s
                  - for each: leader
                    steps: ["pause {it} for 1s"]
                  - wait 5s
            """)
        let moments = Rehearsal(script, for: nodes, seed: 7).moments
        let names = try #require(moments[0].names)
        #expect(names.wholeMatch(of: /crash kv-[123] for 2s as one/) != nil)
        #expect(moments[1].text == "crash leader for 1s" && moments[1].names == nil)
        #expect(moments[2].text == "pause leader for 1s")
        #expect(moments.contains { $0.at == Stamp(seconds: 2) && $0.text == "one is over" })
    }

    @Test("steps that never end are cut")
    func endless() throws {
        let (script, nodes) = try script(
            """
            nodes: {a: {run: x}}
            scenarios:
              s:
                steps:
                  - repeat: 100000
                    steps: [note x]
            """)
        let rehearsal = Rehearsal(script, for: nodes, seed: 1)
        #expect(rehearsal.isCut && rehearsal.moments.count == Rehearsal.most)
    }
}

extension Command {
    fileprivate var isFault: Bool { if case .fault = self { true } else { false } }
}
