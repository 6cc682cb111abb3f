internal import NodeKit
internal import Testing

@Suite("Backoff") struct BackoffTests {
    private func waits(seed: UInt64, _ count: Int) -> [Double] {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1), seed: seed)
        return (0..<count).map { _ in backoff.wait().inSeconds }
    }

    @Test("doubles up to its limit, spread by a fifth", arguments: 0..<50 as Range<UInt64>)
    func doubles(seed: UInt64) {
        for (wait, middle) in zip(waits(seed: seed, 7), [0.1, 0.2, 0.4, 0.8, 1, 1, 1]) {
            #expect(wait >= middle * 0.799 && wait <= middle * 1.201)
        }
    }

    @Test("waits the same times from the same seed, and others from another")
    func seeded() {
        #expect(waits(seed: 7, 5) == waits(seed: 7, 5))
        #expect(waits(seed: 7, 5) != waits(seed: 8, 5))
    }

    @Test("starts over after a success")
    func reset() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1), seed: 1)
        for _ in 0..<5 { _ = backoff.wait() }
        backoff.reset()
        #expect(backoff.wait() <= .milliseconds(121))
    }
}
