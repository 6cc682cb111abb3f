internal import Testing

@testable internal import Workload

@Suite("Mix of operations") struct OperationMixTests {
    private func operations(
        client: Int, driver: ClientConfiguration.Driver = .kv, seed: UInt64 = 7, _ count: Int
    ) -> [Operation.Action] {
        var mix = OperationMix(
            ClientConfiguration(client: client, driver: driver, targets: [], keys: 20, seed: seed))
        return (0..<count).map { _ in mix.next(intended: 0).action }
    }

    @Test("is the same for the same seed and client, and another one for others")
    func seeded() {
        #expect(operations(client: 1, 100) == operations(client: 1, 100))
        #expect(operations(client: 1, 100) != operations(client: 2, 100))
        #expect(operations(client: 1, 100) != operations(client: 1, seed: 8, 100))
    }

    @Test("half reads, half writes, all keys, no value twice", arguments: [1, 2])
    func shares(client: Int) {
        var reads = 0
        var compares = 0
        var keys: Set<Int> = []
        var values: [Int64] = []
        for action in operations(client: client, 10_000) {
            switch action {
            case .read(let key):
                reads += 1
                keys.insert(key)
            case .write(_, let value): values.append(value)
            case .compareAndSet(_, _, let value):
                compares += 1
                values.append(value)
            default: Issue.record("\(action) among registers")
            }
        }
        #expect((4_700...5_300).contains(reads))
        #expect((850...1_150).contains(compares))
        #expect(keys == Set(0..<20))
        #expect(Set(values).count == values.count)
        #expect(values.allSatisfy { $0 >> 40 == client })
    }

    @Test("has no compare-and-set where the driver has none")
    func redis() {
        for action in operations(client: 1, driver: .redis, 1_000) {
            if case .compareAndSet = action { Issue.record("a compare-and-set for Redis") }
        }
    }

    @Test("a compare-and-set expects what was last seen of its key")
    func learns() throws {
        var mix = OperationMix(ClientConfiguration(client: 1, targets: [], keys: 1))
        mix.learn(Operation(action: .read(key: 0), intended: 0), .ok(42))
        mix.learn(Operation(action: .read(key: 0), intended: 0), .refused)
        for _ in 0..<200 {
            if case .compareAndSet(_, let expect, _) = mix.next(intended: 0).action {
                #expect(expect == 42)
                return
            }
        }
        Issue.record("no compare-and-set among 200 operations")
    }
}
