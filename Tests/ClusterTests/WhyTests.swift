import Testing

@testable import Cluster

@Suite struct WhyTests {
    private var state = ClusterState()
    private var number: UInt64 = 0

    private mutating func tell(_ seconds: Double, _ event: Event) {
        state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
        number += 1
    }

    init() {
        tell(0, .runBegan(RunDescription(run: "x", topology: "kv", seed: 1)))
        for index in 0..<4 {
            tell(
                0,
                .nodeDefined(
                    NodeID(UInt16(index)),
                    NodeDescription(name: "kv-\(index + 1)", group: "kv", address: "10.66.0.2")))
        }
    }

    private func why(_ index: UInt16, at seconds: Double) -> [String] {
        Why(state.core).lines(about: NodeID(index), at: Stamp(seconds: seconds))
    }

    @Test("Who is ready says so, and what it is")
    mutating func ready() {
        tell(1, .nodeChanged(NodeID(0), NodeChange(phase: .ready, starts: 1)))
        tell(1, .roleChanged(NodeID(0), RoleChange(role: .leader, own: "master", term: 4)))
        #expect(
            why(0, at: 5.2) == [
                "kv-1 is ready, for 4.2 s: its probe says yes.",
                "It says that it is the leader (master) in term 4.",
            ])
    }

    @Test("What is waited for is told with its own reason, as far as it goes, and never in circles")
    mutating func waiting() {
        tell(1, .nodeChanged(NodeID(0), NodeChange(phase: .unready, reason: "connection refused")))
        tell(1, .nodeChanged(NodeID(1), NodeChange(phase: .waiting, reason: "waits for kv-1")))
        tell(
            1, .nodeChanged(NodeID(2), NodeChange(phase: .waiting, reason: "waits for kv-2, kv-4")))
        tell(1, .nodeChanged(NodeID(3), NodeChange(phase: .waiting, reason: "waits for kv-3")))
        #expect(
            why(2, at: 3) == [
                "kv-3 is not started yet: it waits for kv-2, kv-4, for 3.0 s.",
                "kv-2 is not started yet: it waits for kv-1, for 3.0 s.",
                "kv-1 is not ready: its probe says no for 2.0 s (connection refused).",
                "kv-4 is not started yet: it waits for kv-3, for 3.0 s.",
            ])
    }

    @Test("A fault that holds it down is named, with its end, and what was noticed")
    mutating func held() {
        for index: UInt16 in 0..<3 {
            tell(1, .nodeChanged(NodeID(index), NodeChange(phase: .ready, starts: 1)))
        }
        let record = FaultRecord(
            id: FaultID(3), text: "crash kv-1 for 8s", nodes: [NodeID(0)], ends: Stamp(seconds: 18))
        tell(10, .faultBegan(record))
        tell(
            10.1,
            .nodeChanged(
                NodeID(0),
                NodeChange(
                    phase: .stopped, reason: "killed by SIGKILL, injected by f3", fault: FaultID(3),
                    until: Stamp(seconds: 18), starts: 1)))
        let lines = why(0, at: 12.1)
        #expect(
            lines.first
                == "kv-1 does not run: f3 holds it down until 00:18.0 (killed by SIGKILL, injected by f3)."
        )
        #expect(lines.contains("f3 acts on it, for another 5.9 s: crash kv-1 for 8s."))
        #expect(lines.last?.hasPrefix("kv-1 crashed: ") == true, "\(lines)")
    }

    @Test("A fault on its links is told, and one on others is not")
    mutating func links() {
        for index: UInt16 in 0..<3 {
            tell(1, .nodeChanged(NodeID(index), NodeChange(phase: .ready, starts: 2)))
        }
        let block = LinkSet.Block(from: [NodeID(0)], to: [NodeID(1)])
        tell(
            2,
            .faultBegan(
                FaultRecord(
                    id: FaultID(1), name: "slow", text: "delay from kv-1 to kv-2 by 1s as slow",
                    links: LinkSet([block]))))
        #expect(
            why(1, at: 5) == [
                "kv-2 is ready, for 4.0 s: its probe says yes; started 2 times.",
                "slow acts on the links of kv-2, until it is healed: delay from kv-1 to kv-2 by 1s as slow.",
            ])
        #expect(why(2, at: 5).count == 1)
        #expect(why(40, at: 5).isEmpty)
    }
}
