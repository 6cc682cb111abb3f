import Testing
import Topology

@Suite struct MistakeTests {
    @Test("every kind of mistake is told with its place, a caret and a hint, as written in Golden")
    func golden() throws {
        for name in [
            "yaml.txt", "values.txt", "names.txt", "scenarios.txt", "design.txt", "checks.txt",
            "lessons.txt",
        ] {
            var file = try GoldenFile(name)
            #expect(!file.cases.isEmpty)
            for index in file.cases.indices {
                let item = file.cases[index]
                let reading = Topology.read(item.input, file: "t.yaml")
                let says = reading.mistakes.isEmpty ? "nothing" : reading.mistakes.description
                if GoldenFile.updating {
                    file.cases[index].expected = says
                } else {
                    #expect(says == item.expected, "\(name): \(item.name)")
                }
            }
            if GoldenFile.updating { try file.write() }
        }
    }

    @Test("at most fifty mistakes are told, and how many there are beyond")
    func fifty() throws {
        let keys = (1...80).map { "wrong\($0): x" }.joined(separator: "\n")
        let reading = Topology.read("nodes: {a: {run: sleep 1}}\n" + keys, file: "t.yaml")
        #expect(reading.mistakes.items.count == 80)
        let text = reading.mistakes.description
        #expect(text.hasSuffix("\nand 30 more"))
        #expect(text.components(of: "[key/unknown]") == 50)
    }

    @Test("a file beyond a mebibyte is refused before it is read")
    func tooLarge() {
        let text = "name: a\n" + String(repeating: "# nothing\n", count: 120_000)
        let reading = Topology.read(text, file: "t.yaml")
        #expect(reading.mistakes.items.map(\.code) == ["yaml/too-large"])
    }

    @Test("aliases that grow beyond ten thousand values are refused quickly")
    func aliasBomb() {
        var text = "x-a: &a0 [1,2,3,4,5,6,7,8,9]\n"
        for level in 1...9 {
            let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
            text += "x-\(level): &a\(level) [\(uses)]\n"
        }
        let reading = Topology.read(text + "nodes: {a: {run: sleep 1}}\n", file: "t.yaml")
        #expect(reading.mistakes.items.contains { $0.code == "yaml/too-large" })
        // As keys they would have to be compared, all of them.
        for key in ["? *a9\n: x\n", "*a9 : x\n", "x-c: {[*a9]: x}\n"] {
            let keyed = Topology.read(text + key, file: "t.yaml")
            #expect(keyed.mistakes.items.map(\.code) == ["key/alias"])
        }
    }

    @Test("a thousand machines are allowed and one more is not, clients included")
    func machines() {
        func text(_ count: Int) -> String {
            "nodes: {a: {count: \(count), run: sleep 1, ports: {p: 1}}}\n"
                + "workload: {kind: register, driver: kv, clients: 10}\n"
        }
        #expect(Topology.read(text(990), file: "t.yaml").mistakes.isEmpty)
        let beyond = Topology.read(text(991), file: "t.yaml").mistakes
        #expect(beyond.items.map(\.code) == ["limit/machines"])
    }

    @Test("nested lists beyond the limit are refused, however deep, without a crash")
    func deep() {
        for depth in [60, 900, 5_000, 100_000] {
            let text =
                "x-a: " + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "\nnodes: {a: {run: sleep 1}}\n"
            #expect(!Topology.read(text, file: "t.yaml").mistakes.isEmpty)
            let dashes = "x-a:\n  " + String(repeating: "- ", count: depth) + "x\n"
            #expect(!Topology.read(dashes, file: "t.yaml").mistakes.isEmpty)
        }
    }

    @Test("a file that is not UTF-8 is refused where it stops being so")
    func encoding() {
        let bytes = Array("name: a\nabout: b".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: Diagnostics.self) {
            try Topology(parsing: bytes, file: "t.yaml")
        }
        #expect(error?.items.first?.place.line == 2)
        #expect(error?.items.first?.code == "yaml/encoding")
    }

    @Test("an override of a setting that is not there is told without a place")
    func unknownOverride() {
        let error = #expect(throws: Diagnostics.self) {
            try Topology(
                parsing: "settings: {replication: raft}\nnodes: {a: {run: sleep 1}}",
                file: "t.yaml", settings: ["replicaton": "leader"])
        }
        #expect(
            error?.description == """
                t.yaml: error: no setting is called 'replicaton' [setting/unknown]
                      = did you mean 'replication'?
                """)
    }

    @Test("escape sequences of a file never reach the terminal")
    func escapes() {
        let reading = Topology.read(
            "nodes: {a: {run: \"a\\e[31m\"}}\nx\u{1B}[2Jy: 1\n", file: "t\u{1B}.yaml")
        #expect(!reading.mistakes.isEmpty)
        #expect(!reading.mistakes.description.unicodeScalars.contains("\u{1B}"))
    }
}

extension String {
    /// How often a part occurs.
    func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
