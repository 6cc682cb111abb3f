import Testing
import Topology

@Suite struct EffectiveTests {
    private let text = """
        name: t
        settings:
          patience: 2s
          size: small
        nodes:
          a:
            run: x --wait {setting.patience}
            ports: {http: 7000}
            probe: {kind: http, port: http, path: /, every: "{setting.patience}"}
          b:
            count: 2
            shell: |
              one
              two
        checks: [no-lost-writes, linearizable]
        workload: {kind: register, driver: kv, target: a}
        scenarios:
          x: {steps: [wait 1s]}
        """

    private func values(
        _ settings: [String: String] = [:]
    ) throws -> [String: Topology.EffectiveValue] {
        let topology = try Topology(parsing: text, file: "t.yaml", settings: settings)
        let values = topology.effective(overrides: settings)
        #expect(Set(values.map(\.path)).count == values.count)
        return Dictionary(uniqueKeysWithValues: values.map { ($0.path.joined(separator: "."), $0) })
    }

    @Test("every value says which line of the file it is from, the others that nobody chose them")
    func origins() throws {
        let values = try values()
        #expect(values["nodes.b.count"]?.text == "2")
        #expect(values["nodes.b.count"]?.origin == .file(line: 11))
        #expect(
            values["nodes.a.count"]?.text == "1" && values["nodes.a.count"]?.origin == .standard)
        #expect(values["nodes.a.run"]?.text == "x --wait 2s")
        #expect(values["nodes.a.run"]?.origin == .file(line: 7))
        #expect(values["nodes.a.probe.every"]?.text == "2s")
        #expect(values["nodes.a.probe.timeout"]?.text == "1s")
        #expect(values["nodes.a.probe.timeout"]?.origin == .standard)
        #expect(values["nodes.b.probe.timeout"] == nil)
        #expect(values["nodes.b.shell"]?.text == "one \u{21B5} two")
        #expect(values["checks"]?.text == "no-lost-writes, linearizable")
        #expect(values["workload.traffic"]?.text == "100/s")
        #expect(values["nodes.b.restart.policy"]?.text == "never")
        #expect(values["nodes.b.restart.backoff"]?.text == "100ms..10s")
        #expect(!values.keys.contains { $0.hasPrefix("scenarios") })
    }

    @Test("what the command line sets is told as such, where it stands and where it is used")
    func overrides() throws {
        let values = try values(["patience": "5s"])
        #expect(values["settings.patience"]?.text == "5s")
        #expect(values["settings.patience"]?.origin == .commandLine(line: 3))
        #expect(values["settings.size"]?.origin == .file(line: 4))
        #expect(values["nodes.a.run"]?.text == "x --wait 5s")
        #expect(values["nodes.a.run"]?.origin == .filled(line: 7))
        #expect(values["nodes.a.probe.every"]?.origin == .filled(line: 9))
    }
}
