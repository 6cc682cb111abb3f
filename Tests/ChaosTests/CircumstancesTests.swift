import Chaos
import Cluster
import Testing

@Suite("Circumstances")
struct CircumstancesTests {
    private let core: Core

    init() {
        var state = ClusterState()
        var number: UInt64 = 0
        func tell(_ seconds: Double, _ event: Event) {
            state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
            number += 1
        }
        tell(0, .runBegan(RunDescription(run: "x", topology: "kv", seed: 1)))
        for index in 0..<3 {
            let node = NodeID(UInt16(index))
            tell(
                0,
                .nodeDefined(
                    node,
                    NodeDescription(name: "kv-\(index + 1)", group: "kv", address: "10.66.0.2")))
            tell(0.5, .nodeChanged(node, NodeChange(phase: .ready, starts: 1)))
            let role: Role = index == 0 ? .leader : .follower
            tell(0.6, .roleChanged(node, RoleChange(role: role, own: "", term: 1)))
        }
        let one = [NodeID(0)]
        let others = [NodeID(1), NodeID(2)]
        tell(
            5,
            .faultBegan(
                FaultRecord(
                    id: FaultID(1), name: "split", text: "partition kv-1 / rest as split",
                    links: LinkSet([.init(from: one, to: others), .init(from: others, to: one)]))))
        tell(7, .roleChanged(NodeID(1), RoleChange(role: .leader, own: "", term: 2)))
        tell(
            8,
            .faultBegan(
                FaultRecord(id: FaultID(2), text: "pause kv-3", nodes: [NodeID(2)])))
        tell(10, .faultEnded(FaultID(1), .healed))
        core = state.core
    }

    private func lines(_ names: [String], _ from: Double, _ to: Double) -> [String] {
        Circumstances(core).lines(
            about: names, from: Stamp(seconds: from), to: Stamp(seconds: to))
    }

    @Test("faults that held somebody meanwhile are told with who was elected under them")
    func told() {
        #expect(
            lines(["kv-1"], 6, 9) == [
                "split: partition kv-1 / rest as split, 00:05.000 to 00:10.000",
                "kv-2 led from 00:07.000 on",
            ])
        #expect(lines(["kv-3"], 8.5, 9).last == "f2: pause kv-3, 00:08.000 on")
    }

    @Test("who led already, and was seen to lead a moment later, is told")
    func unseen() {
        #expect(lines(["kv-1", "kv-2"], 5.5, 6).last == "kv-2 led from 00:07.000 on")
        #expect(lines(["kv-1", "kv-2"], 4.5, 4.9).isEmpty)
        #expect(lines(["kv-1", "kv-3"], 5.5, 6).count == 1)
    }

    @Test("what was over, what came later, and what is about others is not told")
    func untold() {
        #expect(lines(["kv-1"], 0, 4).isEmpty)
        #expect(lines(["kv-1"], 11, 12).isEmpty)
        #expect(lines(["kv-1"], 5, 6).count == 1)
        #expect(lines(["nobody"], 0, 12).isEmpty)
        #expect(!lines(["kv-1"], 8, 9).contains { $0.contains("pause") })
    }
}
