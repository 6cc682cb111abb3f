import Cluster
import Testing

@Suite struct `The state of health` {
    @Test func `it starts, is healthy, and ends`() {
        var course = Course()
        #expect(course.core.health.status == .starting)
        course.comeUp()
        #expect(course.core.health.status == .healthy)
        #expect(course.core.health.words == "HEALTHY   voters 3/3")
        #expect(course.core.health.leaders == [NodeID(0)])
        #expect(course.core.allReadyAt == Stamp(seconds: 1))
        course.at(9, .runEnded(RunEnd(reason: "quit")))
        #expect(course.core.health.status == .ended)
    }

    @Test func `who is gone still counts in the majority that it is missing from`() {
        var course = Course()
        course.comeUp()
        course.phase(5, 0, .failed)
        #expect(course.core.health.status == .degraded)
        #expect(course.core.leaders.isEmpty, "who is gone leads nobody")
        #expect(course.core.quorum == true)
        course.phase(6, 1, .unready)
        #expect(course.core.health.status == .noQuorum)
        #expect(course.core.health.words == "NO QUORUM   voters 1/3")
    }

    @Test func `a majority that cannot talk is none`() {
        var course = Course()
        course.comeUp()
        course.fault(5, 1, "isolate kv", links: [([0, 1, 2], [0, 1, 2])])
        #expect(course.core.health.status == .noQuorum)
        #expect(course.core.groups == 3)
        course.over(6, 1, .healed)
        #expect(course.core.quorum == true && course.core.groups == 1)
        course.fault(7, 2, "partition kv-1 / rest", links: [([0], [1, 2]), ([1, 2], [0])])
        #expect(course.core.quorum == true && course.core.groups == 2)
        #expect(course.core.health.status == .degraded)
        course.fault(8, 3, "delay between kv-2 and kv-3 by 1s", links: [([1], [2]), ([2], [1])])
        #expect(course.core.groups == 2, "slow is not apart")
        course.fault(9, 4, "cut from kv-2 to kv-3", links: [([1], [2])])
        #expect(course.core.groups == 3 && course.core.quorum == false)
    }

    @Test func `two leaders are a split, but one a shard is not`() {
        var course = Course()
        course.comeUp()
        course.role(5, 1, .leader, term: 2)
        #expect(course.core.health.status == .split)
        #expect(course.core.leadersPerTerm == 1, "two terms")
        course.role(6, 2, .leader, term: 2)
        #expect(course.core.leadersPerTerm == 2)

        var sharded = ClusterState()
        for (index, shard) in ["a", "b"].enumerated() {
            let node = NodeID(UInt16(index))
            sharded.apply(
                Entry(
                    number: UInt64(index), at: .zero,
                    event: .nodeDefined(
                        node,
                        NodeDescription(
                            name: "n\(index)", group: "n", address: "",
                            labels: [NodeDescription.Label(key: "shard", value: shard)]))))
        }
        for index in 0..<2 {
            let node = NodeID(UInt16(index))
            let number = UInt64(2 + 2 * index)
            sharded.apply(
                Entry(
                    number: number, at: .zero,
                    event: .nodeChanged(node, NodeChange(phase: .ready))))
            sharded.apply(
                Entry(
                    number: number + 1, at: .zero,
                    event: .roleChanged(node, RoleChange(role: .leader, own: "master"))))
        }
        #expect(sharded.core.health.status == .healthy)
        #expect(sharded.core.leaders.count == 2)
    }

    @Test func `sentinels and clients do not vote, and where nobody does nodes count`() {
        var course = Course(nodes: 2, clients: 1)
        course.phase(1, 0, .ready)
        course.phase(1, 1, .ready)
        #expect(course.core.health.status == .healthy && course.core.health.voters == 0)
        #expect(course.core.health.words == "HEALTHY   ready 2/2")
        course.role(2, 0, .leader)
        course.role(2, 1, .observer)
        #expect(course.core.voters == [NodeID(0)])
    }
}
