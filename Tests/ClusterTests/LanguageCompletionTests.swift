import Testing

@testable import Cluster

@Suite struct LanguageCompletionTests {
    static let names: CompletionNames = {
        var names = CompletionNames()
        names.nodes = [
            ("kv-1", "leader, ready"), ("kv-2", "follower, ready"), ("client-1", "a client"),
        ]
        names.groups = [("kv", "2 machines")]
        names.labels = ["zone=eu"]
        names.faults = [("split", "partition kv-1 / kv-2"), ("f3", "crash kv-1")]
        names.pastFaults = ["slow"]
        return names
    }()

    private func words(_ line: String, cursor: Int? = nil) -> [String] {
        Completion(of: line, cursor: cursor, names: Self.names).candidates.map(\.text)
    }

    @Test("an empty line offers the verbs of this version, the most used first")
    func verbs() {
        #expect(words("").first == "kill")
        #expect(words("").contains("heal") && !words("").contains("scale"))
        #expect(words("p") == ["pause", "poweroff", "poweron", "partition", "profile", "put"])
    }

    @Test(
        "the next words are those that the grammar allows",
        arguments: [
            ("heal ", ["all", "weather", "on", "split", "f3", "slow"]),
            ("heal s", ["split", "slow"]),
            ("delay ", ["from", "to", "between"]), ("delay between kv-1 ", ["and", "except"]),
            ("delay from kv-1 by 100ms jitter 20", ["20ms", "20s", "20m"]),
            ("delay from kv-1 by 100ms u", ["uniform"]), ("crash kv-", ["kv-1", "kv-2"]),
            ("crash kv-1,c", ["client-1", "clients"]), ("crash z", ["zone=eu"]),
            ("crash kv-1 ", ["for", "as", "except"]), ("crash kv-1 for 8s as ", []),
            ("partition kv-1 / r", ["rest"]), ("partition kv-1 ", ["for", "as", "except", "/"]),
            (
                "loss from kv-1 ",
                ["to", "1%", "5%", "20%", "ramp", "sine", "square", "trace", "except"]
            ),
            ("scale ", ["kv"]),
            ("wait until re", ["ready", "requests", "restarts", "recovery", "refused"]),
            ("wait until lag(f", ["followers"]),
            ("wait until did(cr", ["crash"]),
            ("wait until availability during ", ["split", "f3", "slow"]),
            ("expect recovery(", ["split", "f3", "slow"]),
            (
                "wait until lag(kv) ",
                [
                    "before", "during", "after", "and", "or", "within", "==", "!=", "<", "<=", ">",
                    ">=",
                ]
            ),
            ("note ", []), ("note \"a b", []), ("put x 1 ", ["at"]), ("nonsense ", []),
        ])
    func next(_ line: String, _ expected: [String]) {
        #expect(words(line) == expected)
    }

    @Test("names come before joining words")
    func order() {
        #expect(words("crash ").prefix(4) == ["kv-1", "kv-2", "client-1", "kv"])
    }

    @Test("completion in the middle of a line looks only at what stands before the cursor")
    func cursor() {
        let completion = Completion(of: "crash kv for 5s", cursor: 8, names: Self.names)
        #expect(completion.start == 6)
        #expect(completion.candidates.map(\.text) == ["kv-1", "kv-2", "kv"])
    }

    @Test("the word that a candidate replaces is found in characters")
    func start() {
        #expect(Completion(of: "note é ", cursor: nil, names: Self.names).start == 7)
        #expect(Completion(of: "crash kv-1,k", cursor: nil, names: Self.names).start == 11)
        #expect(Completion(of: "wait until lag(k", cursor: nil, names: Self.names).start == 15)
    }

    @Test("what a candidate completes, the parser accepts as a beginning")
    func begins() throws {
        for line in ["", "heal ", "crash ", "delay ", "delay from kv-1 by ", "wait until "] {
            for word in words(line) {
                let walk = GrammarWalk(Array((line + word + " ").utf8), as: .command)
                #expect(walk.isComplete || !walk.trials.isEmpty, "\(line)\(word)")
            }
        }
    }

    @Test("one line of help follows the typing: usage, then effect, or a refusal")
    func help() {
        #expect(
            Completion.help(for: "crash") == "crash NODES [for TIME] [as NAME]   "
                + "SIGKILL to every process of the machine; peers read FIN, then RST")
        #expect(Completion.help(for: "delay from a by 5ms") == "one way 5 ms, round trip +5 ms")
        #expect(Completion.help(for: "scale kv to 5") == "'scale' is not in this version")
        #expect(Completion.help(for: "") == "a command; Tab completes")
        #expect(Completion.help(for: "xyz") == "")
    }

    @Test("the palette knows the names of a running cluster")
    func state() {
        var state = ClusterState(series: false)
        let description = NodeDescription(
            name: "db-1", group: "db", address: "", labels: [.init(key: "zone", value: "far east")])
        let entry = Entry(
            number: 0, at: .zero, event: .nodeDefined(NodeID(0), description))
        state.apply(entry)
        #expect(
            Completion.candidates(for: "crash ", state: state).prefix(3).map(\.text)
                == ["db-1", "db", "zone=\"far east\""])
    }
}
