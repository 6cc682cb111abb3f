internal import Foundation
internal import NodeKit
internal import Testing

@testable internal import Systems

@Suite("Mistakes on purpose") final class FlawTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        UUID().uuidString)
    private let replica: Replica
    private let leader: Leader

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        replica = try Replica(
            log: DurableLog(path: folder.path + "/kv.sqlite"),
            broken: { Issue.record("\($0)") })
        leader = Leader(replica)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func put(_ value: Int64) -> Write { .put(key: "x", value: .integer(value)) }

    /// Puts 1 … count, each after the one before; those whose value was not there afterwards.
    private func missing(_ flaw: Flaw, count: Int64) async -> [Int64] {
        var missing: [Int64] = []
        for value in 1...count {
            let result = await flaw.submit(put(value), to: leader, replica)
            guard case .done = result else {
                Issue.record("\(value): \(result)")
                continue
            }
            if replica.read("x")?.value != .integer(value) { missing.append(value) }
        }
        return missing
    }

    @Test("one acknowledged put in forty is not done")
    func lostWrite() async {
        #expect(await missing(Flaw(.lostWrite), count: 120) == [40, 80, 120])
        #expect(replica.facts.position == 117)
    }

    @Test("one read in forty answers what was there before the last change")
    func staleRead() async {
        let flaw = Flaw(.staleRead)
        #expect(await missing(flaw, count: 3) == [])
        let answers = (1...80).map { _ in flaw.read("x", replica.read("x"))?.value }
        #expect(answers.count { $0 == .integer(3) } == 78)
        #expect(answers[39] == .integer(2) && answers[79] == .integer(2))
        // What was never changed has no past.
        let other = (1...40).map { _ in flaw.read("y", nil) }
        #expect(other.allSatisfy { $0 == nil })
    }

    @Test("a put is acknowledged before it is done, and done in the end, in the order of coming")
    func earlyAcknowledge() async throws {
        let flaw = Flaw(.earlyAcknowledge)
        #expect(await missing(flaw, count: 20).count == 20)
        let result = await flaw.submit(
            .compareAndSet(key: "x", expect: .integer(20), value: .integer(21)), to: leader, replica
        )
        #expect(result == .done(21) && replica.read("x")?.value == .integer(21))
    }

    @Test("one put in forty is done once more, on top of what was written since")
    func doubleApply() async throws {
        let flaw = Flaw(.doubleApply)
        #expect(await missing(flaw, count: 41) == [])
        #expect(replica.read("x")?.value == .integer(41))
        try await eventually("the fortieth put is back") {
            self.replica.read("x")?.value == .integer(40)
        }
        #expect(replica.facts.position == 42)
    }
}
