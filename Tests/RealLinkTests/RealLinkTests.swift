import Cluster
import Fabric
import Faults
import Supervisor
import Testing

/// The switch between the kernels of real machines, over each attachment and over one of each.
@Suite("Links of real machines", .serialized)
struct RealLinkTests {
    static let kinds = attachments.flatMap { first in attachments.map { [first, $0] } }

    private func connected(_ machines: Machines) async throws -> (Stream, Stream) {
        let listener = try await machines.stream(on: 1)
        try listener.listen(on: 7_000)
        let sender = try await machines.stream(on: 0)
        #expect(sender.connect(to: 1, 7_000) == 0)
        return (sender, try listener.accept())
    }

    @Test(
        "a delay of 100 ms adds 100 to 103 ms to a round trip one way, twice that both ways, and its proof says so",
        arguments: kinds)
    func delay(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let before = await machines.echoes()
            let usual = try #require(before.median)
            for (links, least) in [
                (Links.from([NodeID(0)], to: [NodeID(1)]), 100.0), (machines.both, 200.0),
            ] {
                let slow = try fault(1, .delay(Delay(.milliseconds(100))), links)
                try await machines.install([slow])
                let during = await machines.echoes()
                let gain = (try #require(during.median) - usual) / 1e6
                // Both medians are measured: on a busy machine the one before is not quite still.
                #expect((least - 0.5...least * 1.03).contains(gain), "\(gain) ms")
                let applied = try await machines.fabric.counters().faults[FaultID(1)]
                let proof = Judge.proof(
                    Expectation(of: slow, asking: link(0, 1)),
                    Evidence(
                        applied: applied?.total ?? TermCount(), before: before, during: during))
                #expect(proof.verdict == .proved, "\(proof.words)")
                try await machines.install([])
                let after = try #require(await machines.echoes().median)
                #expect(after < usual + 3e6)
            }
        }
    }

    @Test(
        "5% loss of a real stream lies in the 99% binomial interval over 20,000 wire packets, segmented by the kernel or by us, and not a byte is wrong",
        arguments: kinds, [true, false])
    func loss(_ kinds: [Supervisor.Attachment], offload: Bool) async throws {
        try await Machines.with(kinds, offload: offload, seed: 4) { machines in
            let (sender, receiver) = try await connected(machines)
            let lossy = try fault(1, .loss(percent(5)), [link(0, 1)])
            try await machines.install([lossy])
            let bytes = 30_000_000
            #expect(pump(bytes, from: sender, to: receiver) == bytes)
            let counters = try await machines.fabric.counters()
            let total = try #require(counters.faults[FaultID(1)]?.total)
            #expect(total.matched >= 20_000)
            let wanted = Binomial.interval(trials: Int(total.matched), probability: 0.05)
            #expect(
                wanted.contains(Int(total.dropped)),
                "\(total.dropped) of \(total.matched), not in \(wanted)")
            #expect(counters.ports.allSatisfy { $0.unasked == 0 }, "\(counters.ports)")
        }
    }

    @Test("an unfaulted stream arrives whole and unsplit", arguments: kinds)
    func clean(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds, log: 10_000) { machines in
            let (sender, receiver) = try await connected(machines)
            let bytes = 50_000_000
            #expect(pump(bytes, from: sender, to: receiver) == bytes)
            let log = try await machines.fabric.log()
            #expect(log.contains { $0.segments > 10 })
            let row = try #require(try await machines.fabric.counters().link(0, 1))
            #expect(row.connections == 1)
            #expect(row.bytes > UInt64(bytes))
            // 52 bytes of headers to 1,448 of payload; retransmissions are rare here.
            #expect(row.bytes < UInt64(bytes) * 107 / 100)
        }
    }

    @Test("jitter and loss together cost no byte, and the order is kept", arguments: kinds)
    func rough(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            let jitter = Delay(.milliseconds(2), jitter: .milliseconds(1), bell: .pareto)
            try await machines.install([
                try fault(1, .delay(jitter), machines.both),
                try fault(2, .loss(percent(1)), machines.both),
            ])
            #expect(pump(5_000_000, from: sender, to: receiver) == 5_000_000)
        }
    }

    @Test(
        "a cut is felt by no echo coming back, and over at once when it is healed", arguments: kinds
    )
    func cut(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let before = await machines.echoes(10)
            let cut = LinkFault.cut(FaultID(1), [link(1, 0)])
            try await machines.install([cut])
            let during = await machines.echoes(10)
            let counts = try await machines.fabric.counters().faults[FaultID(1)]
            let proof = Judge.proof(
                Expectation(of: cut, asking: link(0, 1)),
                Evidence(applied: counts?.total ?? TermCount(), before: before, during: during))
            #expect(proof.verdict == .proved)
            #expect(proof.words == "cut: 10 dropped, 0 of 10 echoes came back")
            try await machines.install([])
            #expect(await machines.echoes(10).answered == 10)
        }
    }

    @Test("broadcast from one machine reaches the others", arguments: kinds)
    func broadcast(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let receiver = try await machines.datagram(on: 1, port: 9_000)
            let sender = try await machines.datagram(on: 0, port: 9_001)
            #expect(sender.send("hello", to: 0x0a42_ffff, port: 9_000))
            #expect(receiver.receive() == "hello")
            #expect(sender.send("group", to: 0xe000_0001, port: 9_000))
            #expect(receiver.receive() == "group")
        }
    }
}
