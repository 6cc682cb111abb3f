import Cluster
import Testing

@testable import Lab

@Suite struct BackoffTests {
    private func backoff(
        _ policy: RestartPlan.Policy = .onFailure, limit: Int? = nil, seed: UInt64 = 1,
        node: UInt16 = 0
    ) -> Backoff {
        let plan = RestartPlan(
            policy: policy, first: .milliseconds(100), longest: .seconds(1), limit: limit)
        return Backoff(plan: plan, seed: seed, node: NodeID(node))
    }

    /// The pauses of a node that fails at once every time.
    private func pauses(_ count: Int, _ backoff: Backoff) -> [Duration?] {
        var backoff = backoff
        var now = Stamp.zero
        return (0..<count).map { _ in
            let pause = backoff.next(succeeded: false, at: now)
            now = now + (pause ?? .zero)
            return pause
        }
    }

    @Test func `pauses double up to the longest, each within a fifth`() throws {
        let bases: [Double] = [100, 200, 400, 800, 1_000, 1_000, 1_000]
        for seed in 1...50 as ClosedRange<UInt64> {
            for (pause, base) in zip(pauses(bases.count, backoff(seed: seed)), bases) {
                let milliseconds = try #require(pause).inSeconds * 1_000
                #expect(milliseconds >= base * 0.8 && milliseconds <= base * 1.2)
            }
        }
    }

    @Test func `the same seed draws the same pauses, another node other ones`() {
        #expect(pauses(6, backoff(seed: 5)) == pauses(6, backoff(seed: 5)))
        #expect(pauses(6, backoff(seed: 5)) != pauses(6, backoff(seed: 6)))
        #expect(pauses(6, backoff(seed: 5)) != pauses(6, backoff(seed: 5, node: 1)))
    }

    @Test func `the policy decides who is started again`() {
        var never = backoff(.never)
        #expect(never.next(succeeded: false, at: .zero) == nil)
        var failing = backoff(.onFailure)
        #expect(failing.next(succeeded: true, at: .zero) == nil)
        #expect(failing.next(succeeded: false, at: .zero) != nil)
        var always = backoff(.always)
        #expect(always.next(succeeded: true, at: .zero) != nil)
        #expect(always.next(succeeded: false, at: .zero) != nil)
    }

    @Test func `the limit counts restarts in a row`() {
        #expect(pauses(5, backoff(limit: 3)).map { $0 != nil } == [true, true, true, false, false])
        #expect(pauses(2, backoff(limit: 0)) == [nil, nil])
    }

    @Test func `who was up for long enough begins anew`() throws {
        var backoff = backoff(limit: 2)
        var now = Stamp.zero
        for _ in 1...2 {
            let pause = backoff.next(succeeded: false, at: now)
            now = now + (try #require(pause))
        }
        var tired = backoff
        #expect(tired.next(succeeded: false, at: now + Backoff.forgiven) == nil)
        let pause = backoff.next(succeeded: false, at: now + Backoff.forgiven + .milliseconds(1))
        #expect(try #require(pause) <= .milliseconds(120))
    }

    @Test func `many failures do not overflow`() throws {
        let last = pauses(2_000, backoff()).last
        #expect(try #require(last ?? nil) <= .milliseconds(1_200))
    }
}
