import Cluster
import Faults
import Testing

/// Runs a recorded list of packets through the terms of one link.
struct Replay {
    var table: LinkTable
    var link: LinkID
    var counts: [TermCount]
    let random = KeyedRandom(seed: 99)

    init(_ faults: [LinkFault], link: LinkID) {
        table = LinkTable(faults, nodes: 4)
        self.link = link
        counts = Array(repeating: TermCount(), count: table.terms(link).count)
    }

    mutating func decide(
        _ packet: PacketFacts, now: Int64 = 0, bytes: Int = 0, wirePackets: UInt64 = 1
    ) -> Decision {
        let terms = Array(table.terms(link))
        return terms.withUnsafeBufferPointer { terms in
            counts.withUnsafeMutableBufferPointer { counts in
                guard let first = terms.baseAddress, let count = counts.baseAddress else {
                    return Decision()
                }
                return Decision.decide(
                    first, count, count: terms.count, packet: packet, link: link, random: random,
                    now: now, bytes: bytes, wirePackets: wirePackets)
            }
        }
    }
}

@Suite("Decisions")
struct DecisionTests {
    let link = LinkID(from: NodeID(0), to: NodeID(1))
    let tcp = PacketFacts(transport: 6, source: 40_000, destination: 6_379)

    private func loss(_ number: UInt32, _ percent: Int64) throws -> LinkFault {
        try LinkFault(
            FaultID(number), [.init(.loss(Share(billionths: percent * 10_000_000)), on: [link])])
    }

    private func delay(_ number: UInt32, _ delay: Delay) throws -> LinkFault {
        try LinkFault(FaultID(number), [.init(.delay(delay), on: [link])])
    }

    @Test("an unrelated fault moves nobody's decisions")
    func independence() throws {
        let jitter = Delay(.milliseconds(10), jitter: .milliseconds(5), bell: .normal)
        var alone = Replay([try delay(2, jitter)], link: link)
        var together = Replay(
            [try loss(1, 50), try delay(2, jitter), try loss(3, 10)], link: link)
        for _ in 0..<2_000 {
            #expect(alone.decide(tcp).delay == together.decide(tcp).delay)
        }
        var lossy = Replay([try loss(3, 10)], link: link)
        var all = Replay([try loss(1, 50), try delay(2, jitter), try loss(3, 10)], link: link)
        for _ in 0..<2_000 {
            let before = all.counts[2].dropped
            _ = all.decide(tcp)
            #expect(lossy.decide(tcp).dropped == (all.counts[2].dropped > before))
        }
    }

    @Test("the same packets get the same decisions")
    func repeats() throws {
        var first = Replay([try loss(1, 30)], link: link)
        var second = Replay([try loss(1, 30)], link: link)
        let decisions = (0..<1_000).map { _ in first.decide(tcp) }
        #expect(decisions == (0..<1_000).map { _ in second.decide(tcp) })
        #expect(Set(decisions).count == 2)
    }

    @Test("losses combine as 1-(1-p)(1-q), delays add, any cut cuts")
    func composition() throws {
        var replay = Replay([try loss(1, 20), try loss(2, 30)], link: link)
        let trials = 50_000
        let lost = (0..<trials).filter { _ in replay.decide(tcp).dropped }.count
        let wanted = Binomial.interval(trials: trials, probability: 0.44, mass: 0.999_9)
        #expect(wanted.contains(lost), "\(lost) not in \(wanted)")

        var slow = Replay(
            [
                try delay(1, Delay(.milliseconds(20))), try delay(2, Delay(.milliseconds(3))),
            ], link: link)
        #expect(slow.decide(tcp) == Decision(delay: 23_000_000))

        var cut = Replay([try loss(1, 0), .cut(FaultID(2), [link])], link: link)
        #expect((0..<100).allSatisfy { _ in cut.decide(tcp).dropped })
    }

    @Test("0% loses nothing and 100% everything")
    func ends() throws {
        var none = Replay([try loss(1, 0)], link: link)
        var all = Replay([try loss(1, 100)], link: link)
        for _ in 0..<20_000 {
            #expect(!none.decide(tcp).dropped)
            #expect(all.decide(tcp).dropped)
        }
    }

    @Test("a filter counts and keys only what it matches")
    func filters() throws {
        let part = LinkFault.Part(
            .loss(Share(billionths: 300_000_000)), on: [link],
            only: Only(transport: .tcp, port: 6_379))
        let fault = try LinkFault(FaultID(1), [part])
        var pure = Replay([fault], link: link)
        var mixed = Replay([fault], link: link)
        let others = [
            PacketFacts(transport: 17, source: 6_379, destination: 1),
            PacketFacts(transport: 6, source: 1, destination: 2), PacketFacts(transport: 1),
        ]
        for _ in 0..<500 {
            for other in others { #expect(mixed.decide(other) == Decision()) }
            #expect(pure.decide(tcp) == mixed.decide(tcp))
        }
        #expect(mixed.counts[0].matched == 500)
    }

    @Test("packets that share a fate can be counted at once")
    func weight() {
        var replay = Replay([.cut(FaultID(1), [link])], link: link)
        #expect(replay.decide(tcp, wirePackets: 45).dropped)
        #expect(replay.counts[0] == TermCount(matched: 45, dropped: 45))
    }

    @Test(
        "jitter has the mean and the deviation that it promises",
        arguments: [Bell.uniform, .normal, .exponential, .pareto])
    func jitter(bell: Bell) throws {
        let asked = Delay(.milliseconds(100), jitter: .milliseconds(20), bell: bell)
        var replay = Replay([try delay(1, asked)], link: link)
        let count = 40_000
        let delays = (0..<count).map { _ in Double(replay.decide(tcp).delay) / 1e6 }
        let mean = delays.reduce(0, +) / Double(count)
        let variance =
            delays.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        let deviation = variance.squareRoot()
        switch bell {
        case .uniform:
            #expect(abs(mean - 100) < 0.5)
            #expect(abs(deviation - 20 / 3.0.squareRoot()) < 0.3)
            #expect(delays.allSatisfy { (80...120).contains($0) })
        case .normal:
            #expect(abs(mean - 100) < 0.5)
            #expect(abs(deviation - 20) < 0.3)
        case .exponential:
            #expect(abs(mean - 120) < 0.5)
            #expect(abs(deviation - 20) < 0.6)
            #expect(delays.allSatisfy { $0 >= 100 })
        case .pareto:
            #expect(abs(mean - 120) < 0.8)
            // Its fourth moment does not exist: the deviation of a sample is a rough figure.
            #expect((22...40).contains(deviation))
            #expect(delays.allSatisfy { $0 >= 100 })
        }
    }

    @Test("no packet waits less than nothing")
    func notNegative() throws {
        let wild = Delay(.milliseconds(1), jitter: .milliseconds(50), bell: .normal)
        var replay = Replay([try delay(1, wild)], link: link)
        let delays = (0..<5_000).map { _ in replay.decide(tcp).delay }
        #expect(delays.allSatisfy { $0 >= 0 })
        #expect(delays.contains(0))
    }
}
