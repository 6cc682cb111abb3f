import Chaos
import Cluster
import Testing

@Suite("Taking over")
struct TakeoverTests {
    private var state = ClusterState()
    private var number: UInt64 = 0

    private mutating func tell(_ seconds: Double, _ event: Event) {
        state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
        number += 1
    }

    private mutating func fault(
        _ id: UInt32, _ text: String, name: String? = nil, at: Double, until: Double? = nil,
        weather: Bool = false, momentary: Bool = false
    ) {
        tell(
            at,
            .faultBegan(
                FaultRecord(
                    id: FaultID(id), name: name, text: text, nodes: [NodeID(0)],
                    ends: until.map { Stamp(seconds: $0) }, weather: weather, momentary: momentary))
        )
    }

    init() {
        tell(0, .runBegan(RunDescription(run: "x", topology: "kv", seed: 1)))
        for index in 0..<3 {
            tell(
                0,
                .nodeDefined(
                    NodeID(UInt16(index)),
                    NodeDescription(name: "kv-\(index + 1)", group: "kv", address: "10.66.0.2")))
        }
    }

    @Test("faults that act are set again in order, with their names and the time that was left")
    mutating func commands() throws {
        fault(1, "loss between kv-1 and all 1%", at: 1, weather: true)
        fault(2, "partition kv-1 / rest for 30s as split", name: "split", at: 10, until: 40)
        fault(3, "kill kv-2", at: 11, momentary: true)
        fault(4, "crash kv-3 for 8s", at: 12, until: 20)
        fault(5, "pause kv-2", at: 13)
        tell(15, .faultEnded(FaultID(5), .healed))
        fault(6, "delay between kv-1 and kv-2 by 100ms", at: 16)
        fault(7, "crash kv-2 for 1s", at: 17, until: 18)
        let taken = Takeover(state.core, at: Stamp(seconds: 17.95))
        #expect(
            taken.commands == [
                "partition kv-1 / rest for 22.05s as split", "crash kv-3 for 2.05s",
                "delay between kv-1 and kv-2 by 100ms",
            ])
        for command in taken.commands {
            #expect(throws: Never.self) { try Command(parsing: command) }
        }
        #expect(taken.leftOut.isEmpty && taken.summary == "3 faults")
    }

    @Test("what this version does not know is told, and the rest is done")
    mutating func unknown() {
        fault(1, "bewitch kv-1", at: 1)
        fault(2, "pause kv-2", at: 2)
        let taken = Takeover(state.core, at: Stamp(seconds: 3))
        #expect(taken.commands == ["pause kv-2"] && taken.summary == "1 fault")
        #expect(taken.leftOut == ["f1: this version does not know bewitch kv-1"])
    }

    @Test("where nothing acts there is nothing to do")
    func nothing() {
        #expect(Takeover(Core(), at: .zero).commands.isEmpty)
    }
}
