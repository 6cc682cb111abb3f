import Cluster
import Testing

@testable import Journal

@Suite struct `Chapters` {
    private var entries: [Entry] = []

    init() {
        add(0, .runBegan(RunDescription(run: "r", topology: "kv", seed: 1)))
        for number in 0..<3 {
            add(
                0,
                .nodeDefined(
                    NodeID(UInt16(number)),
                    NodeDescription(name: "kv-\(number + 1)", group: "kv", address: "")))
        }
        for number in 0..<3 {
            add(0.5, .nodeChanged(NodeID(UInt16(number)), NodeChange(phase: .ready)))
        }
        add(0.6, .roleChanged(NodeID(0), RoleChange(role: .candidate, own: "", term: 1)))
        add(0.7, .roleChanged(NodeID(0), RoleChange(role: .leader, own: "", term: 1)))
        add(0.8, .roleChanged(NodeID(1), RoleChange(role: .follower, own: "", term: 1)))
    }

    private mutating func add(_ seconds: Double, _ event: Event) {
        entries.append(
            Entry(number: UInt64(entries.count), at: Stamp(seconds: seconds), event: event))
    }

    /// The leader crashes, another one leads, it comes back.
    private mutating func crash() {
        add(
            10,
            .faultBegan(
                FaultRecord(
                    id: FaultID(1), name: "crash", text: "crash kv-1 for 5s as crash",
                    nodes: [NodeID(0)], ends: Stamp(seconds: 15))))
        add(
            10.01,
            .nodeChanged(
                NodeID(0),
                NodeChange(phase: .stopped, reason: "killed", fault: FaultID(1))))
        add(10.9, .roleChanged(NodeID(1), RoleChange(role: .candidate, own: "", term: 2)))
        add(11, .roleChanged(NodeID(1), RoleChange(role: .leader, own: "", term: 2)))
        add(15, .faultEnded(FaultID(1), .elapsed))
        add(15.2, .nodeChanged(NodeID(0), NodeChange(phase: .starting)))
        add(15.4, .nodeChanged(NodeID(0), NodeChange(phase: .started)))
        add(16, .nodeChanged(NodeID(0), NodeChange(phase: .ready)))
    }

    private var recording: Recording {
        var recording = Recording()
        recording.append(entries)
        return recording
    }

    @Test func `a run in which nothing happens has none: first roles are no elections`() {
        #expect(recording.chapters.isEmpty)
        #expect(recording.marks.contains { $0.kind == .role })
    }

    @Test mutating func `a fault, an election, the end of the fault and the recovery are chapters`()
    {
        crash()
        let chapters = recording.chapters
        #expect(chapters.map(\.kind) == [.fault, .role, .back, .heal])
        #expect(
            chapters.map(\.at)
                == [10, 11, 11, 15].map { Stamp(seconds: $0) })
        #expect(chapters[0].text == "f1 crash kv-1 for 5s as crash")
        #expect(chapters[1].text.contains("kv-2 leads now"))
        #expect(chapters[2].text == "recovered 1.0 s after crash")
    }

    @Test mutating func `a remark and a broken promise have chapters of their own`() {
        crash()
        add(16.01, .note("look here", by: "key"))
        add(
            17,
            .judged(
                Judgement(
                    kind: .check, text: "linearizable", verdict: .broken,
                    violations: [
                        .init(text: "k1 is odd", at: Stamp(seconds: 10.005)),
                        .init(text: "k2 is odd", at: Stamp(seconds: 10.006)),
                    ])))
        let chapters = recording.chapters
        #expect(chapters.filter { $0.kind == .violation }.count == 2)
        #expect(chapters.contains { $0.kind == .note && $0.text.contains("look here") })
        #expect(chapters.map(\.at) == chapters.map(\.at).sorted())
    }

    @Test mutating func `what was done by hand and the end of the run are no chapters`() {
        crash()
        let before = recording.chapters
        add(18, .asked(AskRecord(node: NodeID(0), verb: .put, key: "k", outcome: .ok)))
        add(19, .runEnded(RunEnd(reason: "quit")))
        #expect(recording.chapters == before)
    }
}
