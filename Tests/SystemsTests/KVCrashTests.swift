internal import Foundation
internal import NodeKit
internal import Synchronization
internal import Testing

@Suite("kv under kill -9", .serialized) struct KVCrashTests {
    /// Writes a key of its own each time and remembers what was answered.
    private final class Writer: Sendable {
        private struct Record: Sendable {
            var acknowledged: Set<String> = []
            var refused: Set<String> = []
            var unknown = 0
        }

        private let record = Mutex(Record())
        private let client: PeerClient
        private let name: String

        init(_ name: String, _ client: PeerClient) {
            self.name = name
            self.client = client
        }

        var acknowledged: Set<String> { record.withLock { $0.acknowledged } }
        var refused: Set<String> { record.withLock { $0.refused } }

        func run() async {
            var number = 0
            while !Task.isCancelled {
                number += 1
                await write("\(name)-\(number)")
            }
        }

        private func write(_ key: String) async {
            let request = PeerRequest("PUT", "/kv/\(key)", text: "{\"value\":1}")
            do {
                let answer = try await client.send(request, within: .seconds(2))
                record.withLock { record in
                    if answer.status == 200 {
                        record.acknowledged.insert(key)
                    } else if answer.text.contains("\"outcome\":\"refused\"") {
                        record.refused.insert(key)
                    } else {
                        record.unknown += 1
                    }
                }
            } catch {
                record.withLock { record in
                    if case .notSent = error {
                        record.refused.insert(key)
                    } else {
                        record.unknown += 1
                    }
                }
                // Nobody is there: let the member come back instead of spinning.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("ten kills of the leader under load lose nothing that was acknowledged")
    func tenKills() async throws {
        let kv = try KVProcesses()
        for index in 1...3 { try await kv.start(index) }
        let writers = (1...3).flatMap { index in
            (0..<3).map { Writer("w\(index)\($0)", kv.client(index)) }
        }
        let tasks = writers.map { writer in Task { await writer.run() } }
        func count() -> Int { writers.map(\.acknowledged.count).reduce(0, +) }
        for _ in 1...10 {
            let before = count()
            try await eventually("another 60 writes") { count() >= before + 60 }
            kv.end(1, SIGKILL)
            try await kv.start(1)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        try await judge(kv, writers)
    }

    private func judge(_ kv: KVProcesses, _ writers: [Writer]) async throws {
        struct Snapshot: Decodable {
            struct Store: Decodable { var pairs: [String: Pair] }
            struct Pair: Decodable { var position: UInt64 }
            var store: Store
        }
        let answer = try await kv.get(1, "/snapshot")
        let there = Set(try JSON.read(Snapshot.self, answer.body).store.pairs.keys)
        let acknowledged = writers.reduce(into: Set<String>()) { $0.formUnion($1.acknowledged) }
        let refused = writers.reduce(into: Set<String>()) { $0.formUnion($1.refused) }
        #expect(acknowledged.count >= 600)
        #expect(acknowledged.subtracting(there).isEmpty, "acknowledged, and lost")
        #expect(refused.intersection(there).isEmpty, "refused, and there")
        #expect(try await kv.metric(1, "kv_term") == 11)
        let position = try #require(try await kv.metric(1, "kv_applied_index"))
        for follower in 2...3 {
            try await eventually("kv-\(follower) has everything") {
                try await kv.metric(follower, "kv_applied_index") == position
            }
            let key = try #require(acknowledged.randomElement())
            let here = try await kv.get(1, "/kv/\(key)").text
            #expect(try await kv.get(follower, "/kv/\(key)").text == here)
        }
    }

    @Test("a follower that was away catches up, whether it was killed or its disk was lost")
    func catchUp() async throws {
        let kv = try KVProcesses(count: 2)
        for index in 1...2 { try await kv.start(index) }
        let writer = Writer("w", kv.client(1))
        let task = Task { await writer.run() }
        for wipe in [false, true] {
            kv.end(2, SIGKILL)
            if wipe { try FileManager.default.removeItem(atPath: kv.data(2)) }
            let before = writer.acknowledged.count
            try await eventually("300 writes while it is away") {
                writer.acknowledged.count >= before + 300
            }
            try await kv.start(2)
            try await eventually("kv-2 has caught up under load") {
                try await kv.metric(2, "kv_lag_seconds").map { $0 < 0.2 } ?? false
            }
        }
        task.cancel()
        await task.value
        let last = try await kv.metric(1, "kv_applied_index")
        try await eventually("kv-2 has everything") {
            try await kv.metric(2, "kv_applied_index") == last
        }
        let keys = try await kv.metric(1, "kv_keys")
        #expect(try await kv.metric(2, "kv_keys") == keys)
    }

    @Test("a leader that lost its disk is followed as it is, and said so")
    func leaderLostItsDisk() async throws {
        let kv = try KVProcesses(count: 2)
        for index in 1...2 { try await kv.start(index) }
        for number in 1...20 {
            _ = try await kv.send(2, "PUT", "/kv/old\(number)", "{\"value\":1}")
        }
        try await eventually("kv-2 has it") { try await kv.metric(2, "kv_keys") == 20 }
        kv.end(1, SIGKILL)
        try FileManager.default.removeItem(atPath: kv.data(1))
        try await kv.start(1)
        for number in 1...30 {
            _ = try await kv.send(1, "PUT", "/kv/new\(number)", "{\"value\":1}")
        }
        try await eventually("kv-2 has what the leader has") {
            let old = try await kv.get(2, "/kv/old1").status
            let new = try await kv.get(2, "/kv/new30").status
            return old == 404 && new == 200
        }
        #expect(try await kv.metric(2, "kv_keys") == 30)
        #expect(try kv.log(2).contains("dropping my 20 entries"))
    }
}
