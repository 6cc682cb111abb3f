internal import Dispatch
internal import NodeKit
internal import Synchronization
internal import Testing

@Suite("Batch queue") struct BatchQueueTests {
    /// A worker that stands still until it is told to go on, as a disk does during an fsync.
    private final class SlowDisk: Sendable {
        let batches = Mutex<[[Int]]>([])
        let gate = DispatchSemaphore(value: 0)

        func write(_ items: [Int]) -> [Int] {
            gate.wait()
            batches.withLock { $0.append(items) }
            return items.map { $0 * 10 }
        }
    }

    private func queue(_ disk: SlowDisk, limit: Int) -> BatchQueue<Int, Int> {
        BatchQueue(limit: limit, largestBatch: 4, queue: DispatchQueue(label: "test")) {
            disk.write($0)
        }
    }

    @Test("takes everything that gathered while the worker was busy in one batch, in order")
    func gathers() async {
        let disk = SlowDisk()
        let queue = queue(disk, limit: 100)
        let answers = await withTaskGroup(of: Int?.self) { group in
            for item in 0..<10 { group.addTask { await queue.submit(item) } }
            for _ in 0..<10 { disk.gate.signal() }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers) == Set((0..<10).map { $0 * 10 }))
        let batches = disk.batches.withLock { $0 }
        #expect(batches.flatMap { $0 }.sorted() == Array(0..<10))
        #expect(batches.allSatisfy { $0.count <= 4 })
    }

    @Test("refuses at once what does not fit")
    func bounded() async {
        let disk = SlowDisk()
        let queue = queue(disk, limit: 3)
        await withTaskGroup(of: Int?.self) { group in
            for item in 0..<20 { group.addTask { await queue.submit(item) } }
            // At most one batch of 4 is with the worker and 3 wait; the rest hears no before it moves.
            for _ in 0..<13 { #expect(await group.next() == .some(nil)) }
            for _ in 0..<20 { disk.gate.signal() }
            for await _ in group {}
        }
        let done = disk.batches.withLock { $0.joined().count }
        #expect((3...7).contains(done))
    }
}
