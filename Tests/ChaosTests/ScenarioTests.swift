import Chaos
import Cluster
import Testing
import Topology

@Suite struct ScenarioTests {
    /// Input: what is odd about the cluster, a line `--- scenario`, a topology with one scenario.
    private func play(_ input: String) throws -> [String] {
        let parts = input.split(
            separator: "--- scenario\n", maxSplits: 1, omittingEmptySubsequences: false)
        let yaml = String(parts.last ?? "")
        let world = parts.count > 1 ? parts[0].split(separator: "\n") : []
        let topology = try Topology(parsing: yaml, file: "t.yaml")
        let nodes = machines(of: topology)
        var lines: [Passage] = []
        let scenario = try #require(topology.scenarios.first)
        let paper = Simulation.World(world)
        let (script, complaints) = Script.check(
            scenarioText(scenario, lines: &lines), for: nodes, checks: paper.checks.map(\.text))
        if !complaints.isEmpty { return complaints.map { "\($0.line.text): \($0.message)" } }
        var simulation = Simulation(try #require(script), machines: nodes, world: paper)
        return simulation.play()
    }

    @Test("scenarios run their course as written in Golden")
    func golden() throws {
        var file = try GoldenFile("scenarios.txt")
        #expect(file.cases.count > 10)
        for index in file.cases.indices {
            let item = file.cases[index]
            let says = try play(item.input).joined(separator: "\n")
            if GoldenFile.updating {
                file.cases[index].expected = says
            } else {
                #expect(says == item.expected, "\(item.name)")
            }
            // The same again, to the letter: nothing but the input decides.
            #expect(try play(item.input).joined(separator: "\n") == says)
        }
        if GoldenFile.updating { try file.write() }
    }

    @Test("of several findings the first in the order of the language decides")
    func precedence() {
        var findings = Findings()
        #expect(findings.code == 0)
        findings.unknown = true
        #expect(findings.code == 2)
        findings.unsettled = true
        #expect(findings.code == 5)
        findings.noEffect = true
        #expect(findings.code == 3)
        findings.broken = true
        #expect(findings.code == 1)
        findings.neverReady = true
        #expect(findings.code == 4)
        findings.interrupted = 143
        #expect(findings.code == 143)
        findings.internalError = true
        #expect(findings.code == 70)
    }

    @Test("loops of loops around nothing are given up")
    func roundAndRound() throws {
        let text = """
            nodes: {a: {run: x}}
            scenarios:
              x:
                steps:
                  - repeat: 100000
                    steps:
                      - {repeat: 100000, steps: []}
            """
        let trace = try play(text)
        #expect(trace.contains { $0.contains("round and round") })
    }

    @Test("a thousand rounds of nothing do not exhaust the stack, and end")
    func rounds() throws {
        let text = """
            nodes: {a: {run: x}}
            scenarios:
              x:
                steps:
                  - repeat: 1000
                    steps:
                      - repeat: 100
                        steps: []
                      - note hello
            """
        let trace = try play(text)
        #expect(trace.count { $0.contains("do note hello") } == 1000)
        #expect(trace.last?.contains("code 0") == true)
    }
}
