internal import Foundation
internal import NodeKit
internal import Synchronization
internal import Testing

@testable internal import Systems

@Suite("Replica") final class ReplicaTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func replica(_ name: String, largest: Int = 64 << 20) throws -> Replica {
        try Replica(
            log: DurableLog(path: "\(folder.path)/\(name).sqlite", largest: largest),
            entriesBetweenSnapshots: 50, broken: { Issue.record("\($0)") })
    }

    private func put(_ key: String, _ value: Int64) -> Write {
        .put(key: key, value: .integer(value))
    }

    @Test("finds after a restart what reads have seen, also beyond snapshots")
    func restart() throws {
        let first = try replica("a")
        for round in 0..<70 {
            let writes = (0..<7).map { put("k\($0)", Int64(round)) }
            #expect(Leader.commit(writes, to: first).last == .done(UInt64(round * 7 + 7)))
        }
        let store = first.store
        try first.close()
        let again = try replica("a")
        #expect(again.store == store)
        #expect(again.facts.position == 490)
        #expect(try again.entries(after: 0, limit: 10) == nil, "the log was never compacted")
        #expect(try again.entries(after: 485, limit: 10)?.count == 5)
    }

    @Test("the log stays shorter than two snapshots' worth")
    func bounded() throws {
        let replica = try replica("a")
        for round in 0..<1_000 { _ = Leader.commit([put("k", Int64(round))], to: replica) }
        #expect(try replica.entries(after: 1_000 - 101, limit: 1_000) == nil)
    }

    @Test("a disk that is full refuses writes, answers reads, and nothing seen is lost")
    func full() throws {
        let replica = try replica("a", largest: 300_000)
        let text = Scalar.string(String(repeating: "a", count: 8_000))
        var results: [WriteResult] = []
        for number in 0..<200 {
            results += Leader.commit([.put(key: "k\(number)", value: text)], to: replica)
        }
        let done = results.filter { if case .done = $0 { true } else { false } }.count
        guard case .full = try #require(results.last) else {
            Issue.record("the disk never filled up")
            return
        }
        #expect(done > 5 && done < 200)
        #expect(replica.facts.keys == done)
        #expect(replica.read("k0")?.value == text)
        try replica.close()
        #expect(try self.replica("a", largest: 300_000).facts.keys == done)
    }

    @Test("a follower copies page by page and ends with the same state")
    func copies() async throws {
        let source = try replica("leader")
        let leader = Leader(source)
        let copy = try replica("follower")
        try await copyAll(from: leader, to: copy)
        for round in 0..<30 {
            _ = Leader.commit((0..<10).map { put("k\($0)", Int64(round)) }, to: source)
            try await copyAll(from: leader, to: copy)
        }
        #expect(copy.store == source.store)
        #expect(copy.facts.identity == source.facts.identity)
    }

    @Test("a follower that was away too long, or has another log, needs the snapshot")
    func resync() async throws {
        let source = try replica("leader")
        let leader = Leader(source)
        for round in 0..<500 { _ = Leader.commit([put("k", Int64(round))], to: source) }
        let identity = source.facts.identity
        let old = try await leader.page(after: 3, of: identity, limit: 200, wait: .zero)
        #expect(old.entries == nil && old.last == 500)
        let ahead = try await leader.page(after: 501, of: identity, limit: 200, wait: .zero)
        #expect(ahead.entries == nil)
        let other = try await leader.page(after: 500, of: "other", limit: 200, wait: .zero)
        #expect(other.entries == nil)
        let copy = try replica("follower")
        _ = Leader.commit((0..<9).map { put("mine\($0)", 1) }, to: copy)
        try await copyAll(from: leader, to: copy)
        #expect(copy.store == source.store)
        #expect(copy.read("mine1") == nil)
    }

    @Test("a follower that has everything waits until the leader writes")
    func longPoll() async throws {
        let source = try replica("leader")
        let leader = Leader(source)
        let identity = source.facts.identity
        async let page = leader.page(after: 0, of: identity, limit: 10, wait: .milliseconds(250))
        #expect(await leader.submit(put("k", 1)) == .done(1))
        // Either the wait was cut short by the write, or the write came first: never an empty answer.
        #expect(try await page.entries?.count == 1)
    }

    private func copyAll(from leader: Leader, to copy: Replica) async throws {
        while true {
            let page = try await leader.page(
                after: copy.facts.position, of: copy.facts.identity, limit: 7, wait: .zero)
            guard let entries = page.entries else {
                let snapshot = leader.snapshot()
                try copy.become(identity: snapshot.identity, snapshot.store)
                continue
            }
            try copy.append(entries)
            if page.last == copy.facts.position { return }
        }
    }
}
