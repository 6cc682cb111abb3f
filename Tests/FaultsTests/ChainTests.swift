import Cluster
import Faults
import Testing

/// Decisions that depend on the packets before.
@Suite("Correlated delays, bursts and limits")
struct ChainTests {
    let link = LinkID(from: NodeID(0), to: NodeID(1))
    let tcp = PacketFacts(transport: 6, source: 40_000, destination: 6_379)

    private func fault(_ number: UInt32, _ effect: Effect) throws -> LinkFault {
        try LinkFault(FaultID(number), [.init(effect, on: [link])])
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double, lag: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let centred = values.map { $0 - mean }
        let variance = centred.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        let lag = zip(centred, centred.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        return (mean, variance.squareRoot(), lag / Double(values.count) / variance)
    }

    @Test(
        "correlation makes each wait like the one before and leaves mean and deviation as asked",
        arguments: [
            (Bell.uniform, 100.0, 11.547), (.normal, 100, 20), (.exponential, 120, 20),
            (.pareto, 120, 28.28),
        ])
    func correlation(bell: Bell, mean: Double, deviation: Double) throws {
        for share: Int64 in [250_000_000, 800_000_000] {
            let delay = Delay(
                .milliseconds(100), jitter: .milliseconds(20), bell: bell,
                correlation: Share(billionths: share))
            var replay = Replay([try fault(1, .delay(delay))], link: link)
            let found = moments((0..<200_000).map { _ in Double(replay.decide(tcp).delay) / 1e6 })
            let rho = Double(share) / 1e9
            #expect(abs(found.mean - mean) < 0.8, "\(bell) \(rho): mean \(found.mean)")
            if bell == .pareto {
                // Its fourth moment does not exist: the deviation of a sample is a rough figure.
                #expect((20...45).contains(found.deviation), "\(found.deviation)")
            } else {
                #expect(
                    abs(found.deviation / deviation - 1) < 0.03,
                    "\(bell) \(rho): deviation \(found.deviation)")
            }
            // Of other shapes than the normal a little of it is lost.
            #expect(
                (rho * 0.6...rho + 0.03).contains(found.lag), "\(bell) \(rho): lag \(found.lag)")
        }
    }

    @Test("without correlation a wait tells nothing about the next")
    func uncorrelated() throws {
        let delay = Delay(.milliseconds(100), jitter: .milliseconds(20), bell: .normal)
        var replay = Replay([try fault(1, .delay(delay))], link: link)
        let found = moments((0..<100_000).map { _ in Double(replay.decide(tcp).delay) })
        #expect(abs(found.lag) < 0.02)
    }

    @Test(
        "bursts have the mean length that was asked for, and the share is kept in the long run",
        arguments: [(0.05, 10.0), (0.3, 4), (0.01, 3), (0.5, 1), (0.9, 20)])
    func bursts(share: Double, burst: Double) throws {
        let loss = Effect.loss(
            Share(billionths: Int64((share * 1e9).rounded())),
            burst: Fixed(millionths: Int64(burst * 1e6)))
        var replay = Replay([try fault(1, loss)], link: link)
        let trials = 400_000
        let fates = (0..<trials).map { _ in replay.decide(tcp).dropped }
        let lost = fates.count { $0 }
        var runs = fates[0] ? 1 : 0
        for (before, after) in zip(fates, fates.dropFirst()) where !before && after { runs += 1 }
        // Clumps widen the interval: so many times the variance of single losses.
        let turning = 1 / (burst * (1 - share))
        let factor = (2 - turning) / turning
        let deviation = (Double(trials) * share * (1 - share) * factor).squareRoot()
        #expect(
            abs(Double(lost) - Double(trials) * share) <= 3.3 * deviation,
            "\(lost) of \(trials), ± \(deviation)")
        let mean = Double(lost) / Double(runs)
        #expect(
            abs(mean / burst - 1) < 3.5 / Double(runs).squareRoot() + 0.01, "mean burst \(mean)")
        #expect(replay.counts[0].dropped == UInt64(lost))
    }

    @Test("a burst of 100% loses all, one of 0% nothing")
    func ends() throws {
        for (billionths, wanted) in [(Int64(1_000_000_000), 500), (0, 0)] {
            let loss = Effect.loss(Share(billionths: billionths), burst: Fixed(5))
            var replay = Replay([try fault(1, loss)], link: link)
            #expect((0..<500).count { _ in replay.decide(tcp).dropped } == wanted)
        }
    }

    @Test("the same packets get the same decisions, also beside another fault")
    func repeats() throws {
        let delay = Delay(
            .milliseconds(10), jitter: .milliseconds(5), correlation: Share(billionths: 500_000_000)
        )
        let faults = [
            try fault(2, .delay(delay)),
            try fault(3, .loss(Share(billionths: 200_000_000), burst: Fixed(4))),
            try fault(4, .limit(Limit(Bandwidth(bitsPerSecond: 8_000_000)))),
            try fault(5, .duplicate(Share(billionths: 100_000_000))),
            try fault(6, .reorder(Share(billionths: 100_000_000))),
            try fault(7, .corrupt(Share(billionths: 100_000_000))),
        ]
        var first = Replay(faults, link: link)
        var again = Replay(faults, link: link)
        var beside = Replay(
            [try fault(1, .loss(Share(billionths: 500_000_000)))] + faults
                + [.cut(FaultID(9), [link])], link: link)
        for number in 0..<5_000 {
            let now = Int64(number) * 900_000
            let one = first.decide(tcp, now: now, bytes: 40 + number % 1_400)
            #expect(one == again.decide(tcp, now: now, bytes: 40 + number % 1_400))
            var other = beside.decide(tcp, now: now, bytes: 40 + number % 1_400)
            other.dropped = one.dropped
            #expect(one == other)
        }
        #expect(Array(beside.counts[1...6]) == first.counts)
        #expect(first.counts.allSatisfy { $0.matched == 5_000 })
    }

    @Test("a limited line sends at its rate, queues as long as was said, and drops the rest")
    func limit() throws {
        let rate = Bandwidth(bitsPerSecond: 8_000_000)
        var replay = Replay([try fault(1, .limit(Limit(rate)))], link: link)
        // 1,000 bytes a millisecond is what fits; twice as much comes.
        var last: Int64 = 0
        var dropped = 0
        var passed = 0
        for number in 0..<10_000 {
            let now = Int64(number) * 500_000
            let decision = replay.decide(tcp, now: now, bytes: 1_000)
            if decision.dropped {
                dropped += 1
                continue
            }
            passed += 1
            #expect(decision.departure >= last + 1_000_000 || last == 0)
            #expect(decision.departure - now <= 200_000_000)
            last = decision.departure
        }
        // Five seconds, and the queue of 200 ms that is left at the end.
        #expect((5_190...5_201).contains(passed), "\(passed)")
        #expect(replay.counts[0].dropped == UInt64(dropped))
        #expect(replay.counts[0].delayed == UInt64(passed))
    }

    @Test("after a pause a burst passes at once, and then the rate again")
    func burst() throws {
        let limit = Limit(
            Bandwidth(bitsPerSecond: 8_000_000), burst: ByteCount(bytes: 10_000), queue: .seconds(1)
        )
        var replay = Replay([try fault(1, .limit(limit))], link: link)
        let now: Int64 = 5_000_000_000
        let waits = (0..<20).map { _ in
            replay.decide(tcp, now: now, bytes: 1_000).departure - now
        }
        #expect(waits.prefix(10).allSatisfy { $0 == 0 })
        #expect(waits.dropFirst(10).elementsEqual((1...10).map { Int64($0) * 1_000_000 }))
    }

    @Test("the lowest of several limits wins")
    func limits() throws {
        func limit(_ number: UInt32, _ bits: Int64) throws -> LinkFault {
            try fault(number, .limit(Limit(Bandwidth(bitsPerSecond: bits), queue: .seconds(60))))
        }
        var replay = Replay([try limit(1, 80_000_000), try limit(2, 8_000_000)], link: link)
        let leaves = (0..<100).map { _ in replay.decide(tcp, now: 0, bytes: 1_000).departure }
        #expect(leaves.last == 100_000_000)
    }

    @Test("packets of one filter keep to themselves: what they match is told by bits")
    func queues() throws {
        func slow(_ number: UInt32, _ only: Only?) throws -> LinkFault {
            try LinkFault(
                FaultID(number),
                [.init(.delay(Delay(.milliseconds(1))), on: [link], only: only)])
        }
        let faults = [
            try slow(1, nil), try slow(2, Only(transport: .tcp, port: nil)),
            try slow(3, Only(transport: nil, port: 6_379)),
        ]
        var replay = Replay(faults, link: link)
        #expect(replay.decide(tcp).queues == 3)
        #expect(replay.decide(PacketFacts(transport: 6)).queues == 1)
        #expect(replay.decide(PacketFacts(transport: 17, source: 6_379)).queues == 2)
        #expect(replay.decide(PacketFacts(transport: 1)).queues == 0)
    }

    @Test("only what begins something is refused, only what is too big is told so")
    func answers() throws {
        var refusing = Replay([try fault(1, .refuse)], link: link)
        #expect(refusing.decide(tcp).answer == .refusal)
        let later = PacketFacts(transport: 6, begins: false)
        #expect(refusing.decide(later) == Decision())
        var narrow = Replay([try fault(1, .mtu(1_000)), try fault(2, .mtu(900))], link: link)
        #expect(narrow.decide(tcp, bytes: 900) == Decision())
        let big = narrow.decide(tcp, bytes: 950)
        #expect(big.dropped && big.answer == .tooBig && big.fits == 900)
        var hole = Replay([try fault(1, .mtu(1_000, silent: true))], link: link)
        let lost = hole.decide(tcp, bytes: 1_001)
        #expect(lost.dropped && lost.answer == .none)
    }

    @Test("headers alone hold nothing to be altered under a right checksum")
    func carries() throws {
        var right = Replay(
            [try fault(1, .corrupt(Share(billionths: 1_000_000_000), right: true))], link: link)
        #expect(right.decide(tcp).corruption == .right)
        #expect(right.decide(PacketFacts(transport: 6, carries: false)) == Decision())
        #expect(right.counts[0].matched == 1)
    }
}
