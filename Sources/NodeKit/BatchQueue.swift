public import Dispatch
internal import Synchronization

/// A bounded queue whose worker takes everything that has gathered at once.
///
/// This is *group commit*: one fsync costs a millisecond or more, whether it makes one write durable or a
/// hundred. While the worker waits for the disk, writes gather; the next round takes them all together. So
/// the busier the node, the bigger the batches, and nobody waits for a timer.
///
/// The worker runs on a serial dispatch queue, never on the threads that serve requests: it may block.
public final class BatchQueue<Item: Sendable, Answer: Sendable>: Sendable {
    private struct State: Sendable {
        var items: [Item] = []
        var waiting: [CheckedContinuation<Answer?, Never>] = []
        var working = false
    }

    private enum Step { case refuse, gather, startWorker }

    private let limit: Int
    private let largestBatch: Int
    private let queue: DispatchQueue
    private let work: @Sendable ([Item]) -> [Answer]
    private let state = Mutex(State())

    /// A queue that holds at most `limit` items and hands at most `largestBatch` to the worker.
    /// - Parameters:
    ///   - queue: where the worker runs; it must be serial.
    ///   - work: gives one answer for each item, in the same order.
    public init(
        limit: Int, largestBatch: Int, queue: DispatchQueue,
        work: @escaping @Sendable ([Item]) -> [Answer]
    ) {
        self.limit = limit
        self.largestBatch = largestBatch
        self.queue = queue
        self.work = work
    }

    /// Waits for the answer to `item`; nil, at once, when the queue is full.
    public func submit(_ item: Item) async -> Answer? {
        await withCheckedContinuation { continuation in
            let step = state.withLock { state -> Step in
                if state.items.count >= limit { return .refuse }
                state.items.append(item)
                state.waiting.append(continuation)
                if state.working { return .gather }
                state.working = true
                return .startWorker
            }
            switch step {
            case .refuse: continuation.resume(returning: nil)
            case .gather: break
            case .startWorker: queue.async { self.workUntilEmpty() }
            }
        }
    }

    private func workUntilEmpty() {
        while let (items, waiting) = nextBatch() {
            let answers = work(items)
            for (index, continuation) in waiting.enumerated() {
                continuation.resume(returning: index < answers.count ? answers[index] : nil)
            }
        }
    }

    private func nextBatch() -> ([Item], [CheckedContinuation<Answer?, Never>])? {
        state.withLock { state in
            if state.items.isEmpty {
                state.working = false
                return nil
            }
            let count = min(largestBatch, state.items.count)
            let batch = (Array(state.items.prefix(count)), Array(state.waiting.prefix(count)))
            state.items.removeFirst(count)
            state.waiting.removeFirst(count)
            return batch
        }
    }
}
