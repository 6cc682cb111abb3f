import Chaos
import Cluster
import Testing
import Topology

@Suite struct CheckTests {
    @Test("every kind of mistake in a line is told where it stands in the file")
    func golden() throws {
        var file = try GoldenFile("check.txt")
        for index in file.cases.indices {
            let item = file.cases[index]
            let topology = try Topology(parsing: item.input, file: "t.yaml")
            var told: [Diagnostic] = []
            for scenario in topology.scenarios {
                var lines: [Passage] = []
                let text = scenarioText(scenario, lines: &lines)
                let complaints = Script.check(text, for: machines(of: topology)).complaints
                for complaint in complaints {
                    let passage = lines[complaint.line.mark]
                    told.append(
                        topology.source.diagnostic(
                            at: passage.place(atColumn: complaint.column), complaint.message,
                            code: complaint.code, hint: complaint.hint))
                }
            }
            let says = told.isEmpty ? "nothing" : Diagnostics(told).description
            if GoldenFile.updating {
                file.cases[index].expected = says
            } else {
                #expect(says == item.expected, "\(item.name)")
            }
        }
        if GoldenFile.updating { try file.write() }
    }

    @Test(
        "the scenarios of every shipped topology are understood",
        arguments: ["kv", "redis", "redis-sentinel", "etcd"])
    func shipped(_ name: String) throws {
        let topology = try Topology(
            parsing: readText(checkout("topologies/\(name).yaml")), file: "\(name).yaml")
        #expect(topology.scenarios.count >= 2)
        for scenario in topology.scenarios {
            var lines: [Passage] = []
            let (script, complaints) = Script.check(
                scenarioText(scenario, lines: &lines), for: machines(of: topology))
            #expect(complaints.isEmpty, "\(complaints)")
            #expect(script?.steps.count == scenario.steps.count)
        }
    }
}
