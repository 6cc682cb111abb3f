import Testing

@testable import Topology

@Suite struct ModelTests {
    private func step(_ yaml: String, settings: [String: String] = [:]) throws -> Passage {
        let text =
            "settings: {length: 50s}\nnodes: {a: {run: sleep 1}}\nscenarios:\n  x:\n    steps:\n"
            + yaml
        let topology = try Topology(parsing: text, file: "t.yaml", settings: settings)
        guard case .line(let passage) = topology.scenarios[0].steps[0] else {
            throw FileError(path: "no line", number: 0)
        }
        return passage
    }

    private func place(of word: String, in passage: Passage) throws -> Place {
        let range = try #require(passage.text.firstRange(of: word))
        return passage.place(at: range.lowerBound)
    }

    @Test("a column inside a command leads to its place in the file, however the line is written")
    func places() throws {
        let ways = [
            "      - crash a for xs\n": Place(line: 6, column: 21),
            "      - 'crash a for xs'\n": Place(line: 6, column: 22),
            "      - \"crash \\x61 for xs\"\n": Place(line: 6, column: 25),
            "      - crash a\n        for xs\n": Place(line: 7, column: 13),
            "      - 'crash a\n        for xs'\n": Place(line: 7, column: 13),
            "      - \"crash a \\\n         for xs\"\n": Place(line: 7, column: 14),
            "      - >\n        crash a\n        for xs\n": Place(line: 8, column: 13),
            "      - |\n        crash a for xs\n": Place(line: 7, column: 21),
            "      - &anchor crash a for xs\n": Place(line: 6, column: 29),
            "      - >-\n         crash a for xs\n": Place(line: 7, column: 22),
        ]
        for (yaml, expected) in ways {
            let passage = try step(yaml)
            #expect(try place(of: "xs", in: passage) == expected, "\(yaml)")
            #expect(passage.place(atScalar: 0) == passage.place)
        }
    }

    @Test("what a setting became points to its placeholder, and what follows to itself")
    func settings() throws {
        let passage = try step("      - wait {setting.length} xs\n", settings: ["length": "1m 2s"])
        #expect(passage.text == "wait 1m 2s xs")
        #expect(try place(of: "2s", in: passage) == Place(line: 6, column: 14))
        #expect(try place(of: "xs", in: passage) == Place(line: 6, column: 31))
        let bytes = Array(passage.text.utf8).count
        #expect(passage.place(atUTF8: bytes) == Place(line: 6, column: 33))
    }

    @Test("units are read exactly")
    func units() {
        func time(_ text: String) -> Duration? {
            if case .value(let value) = Quantities.time(text) { value } else { nil }
        }
        #expect(time("1m30s") == .seconds(90))
        #expect(time("1.5ms") == .microseconds(1500))
        #expect(time("0") == .zero)
        #expect(time("0.000000001s") == .nanoseconds(1))
        #expect(time("1h0.5m") == .seconds(3630))
        for wrong in ["", "5", "s", "1.5.2s", "1s5", "1.s", "-1s", "1 s", "1d", "1ms1s", "9e9s"] {
            #expect(time(wrong) == nil, "\(wrong)")
        }
        func size(_ text: String) -> Int64? {
            if case .value(let value) = Quantities.size(text) { value } else { nil }
        }
        #expect(size("256MB") == 256_000_000)
        #expect(size("1.5KiB") == 1536)
        for wrong in ["1KB", "1K", "1M", "5", "0.5B", ""] {
            #expect(size(wrong) == nil, "\(wrong)")
        }
        func frequency(_ text: String) -> Double? {
            if case .value(let value) = Quantities.frequency(text) { value } else { nil }
        }
        #expect(frequency("500/s") == 500)
        #expect(frequency("30/m") == 0.5)
        #expect(frequency("500") == nil)
    }

    @Test("a group with count has numbered members, also for one; a group without has one")
    func counts() throws {
        let topology = try Topology(
            parsing: "nodes: {a: {count: 1, run: x}, b: {run: x}, c: {count: 2, run: x}}",
            file: "dir/some.yaml")
        #expect(topology.members.map(\.name) == ["a-1", "b", "c-1", "c-2"])
        #expect(topology.members.map(\.index) == [1, 1, 1, 2])
        #expect(topology.name == "some")
    }

    @Test("words are split as a POSIX shell splits them, and a placeholder stays whole")
    func words() throws {
        let run = #"a 'b c' "d\"e\\f\x" g\ h '' i"j"'k' {a.hosts: } "{a.ips:;}" \{ip} {{x"#
        let topology = try Topology(
            parsing: "nodes:\n  a:\n    count: 2\n    run: |\n      \(run)\n", file: "t.yaml")
        let member = topology.render(
            topology.members[0],
            in: Topology.Surroundings(
                addresses: ["a-1": "1.1.1.1", "a-2": "2.2.2.2"], data: "/d", folder: "/t", seed: 7))
        #expect(
            member.argv == [
                "a", "b c", #"d"e\f\x"#, "g h", "", "ijk", "a-1 a-2", "1.1.1.1;2.2.2.2", "{ip}",
                "{x",
            ])
    }

    @Test("every placeholder is rendered, lists as their members see themselves")
    func placeholders() throws {
        let text = """
            settings: {film: "{ip}"}
            lists:
              zoo: {of: z, each: "server.{index}={host}:{port.p}", join: "\\n"}
            nodes:
              z:
                count: 2
                run: x
                ports: {p: 2888}
              one:
                run: ["{ip}", "{host}", "{name}", "{index}", "{data}", "{seed}", "{topology}", "{port.q}",
                  "{label.zone}", "{setting.film}", "{z-2.ip}", "{z-1.port.p}", "{z.addresses.p:,}",
                  "{list.zoo}", '{"json": {}}']
                ports: {q: 80}
                labels: {zone: eu}
                files: {a/b.conf: "port {port.q}"}
                env: {SELF: "{ip}:{port.q}"}
            """
        let topology = try Topology(parsing: text, file: "t.yaml")
        let one = topology.render(
            topology.members[2],
            in: Topology.Surroundings(
                addresses: ["one": "9.9.9.9", "z-2": "2.2.2.2"], data: "/d", folder: "/t", seed: 7))
        #expect(
            one.argv == [
                "9.9.9.9", "one", "one", "1", "/d", "7", "/t", "80", "eu", "{ip}", "2.2.2.2",
                "2888",
                "z-1:2888,z-2:2888", "server.1=z-1:2888\nserver.2=z-2:2888", "{\"json\": {}}",
            ])
        #expect(one.files.map(\.text) == ["port 80"])
        #expect(one.environment.first { $0.name == "SELF" }?.value == "9.9.9.9:80")
        #expect(one.environment.first { $0.name == "SQUALL_LABEL_ZONE" }?.value == "eu")
    }

    @Test(
        "a scenario in a file of its own knows the topology's settings, and tells its own mistakes")
    func scenarioFile() throws {
        let topology = try Topology(
            parsing: "settings: {length: 7s}\nnodes: {a: {run: x}}", file: "t.yaml")
        let file = try Topology.ScenarioFile(
            parsing: "\u{FEFF}about: x\nsteps:\n  - wait {setting.length}\nexpect: [ready(all)]\n",
            file: "split.yaml", name: "split", for: topology)
        #expect(file.scenario.name == "split")
        guard case .line(let line)? = file.scenario.steps.first else {
            Issue.record("no line")
            return
        }
        #expect(line.text == "wait 7s")
        for (text, code) in [
            ("", "yaml/empty"), ("about: x", "key/missing"), ("steps: [wait {setting.x}]", "yaml"),
            ("steps:\n  - heal #3", "yaml/comment-in-command"), ("step: []", "key/unknown"),
        ] {
            let error = #expect(throws: Diagnostics.self) {
                try Topology.ScenarioFile(
                    parsing: text, file: "split.yaml", name: "split", for: topology)
            }
            #expect(error?.items.first?.code.hasPrefix(code) == true, "\(text)")
            #expect(error?.items.first?.file == "split.yaml")
        }
    }

    @Test("where the machines could not be read, commands about them are not looked at")
    func unknownMachines() {
        let text = "scenarios: {x: {steps: [crash kv-1]}}\n"
        let broken = Topology.read("nodes: {kv: {count: three, run: x}}\n" + text, file: "t.yaml")
        #expect(broken.topology?.scenarios.isEmpty == true)
        let odd = Topology.read(
            "nodes: {kv: {count: 3, run: x, stop: {grace: 1}}}\n" + text, file: "t.yaml")
        #expect(odd.topology?.scenarios.count == 1)
        let early = Topology.read(
            "nodes: {kv: {count: 3, run: x, disk: 1GB}}\n" + text, file: "t.yaml")
        #expect(early.topology?.scenarios.count == 1)
        #expect(odd.mistakes.items.count == 1)
    }

    @Test("defaults at the top hold for groups with ports, and a group's own replace them")
    func defaults() throws {
        let text = """
            probe: {kind: redis, every: 2s}
            metrics: {lag: a}
            nodes:
              a: {run: x, ports: {r: 1}}
              b: {run: x}
              c: {run: x, ports: {h: 1, i: 2}, probe: {kind: http, port: i, expect: 204, healthy after: 2}, metrics: {role: b}}
            """
        let topology = try Topology(parsing: text, file: "t.yaml")
        #expect(topology.groups[0].probe?.kind == .redis)
        #expect(topology.groups[0].probe?.every == .seconds(2))
        #expect(topology.groups[0].metrics == [.lag: "a"])
        #expect(topology.groups[1].probe == nil)
        #expect(topology.groups[2].probe?.kind == .http(path: "/", status: 204))
        #expect(topology.groups[2].probe?.port == "i")
        #expect(topology.groups[2].probe?.healthyAfter == 2)
        #expect(topology.groups[2].metrics == [.role: "b"])
    }
}
