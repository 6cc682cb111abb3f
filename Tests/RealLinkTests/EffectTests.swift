import CLinux
import Cluster
import Fabric
import Faults
import Glibc
import Supervisor
import Testing

/// Every effect between the kernels of real machines: what they feel, and that its proof says so.
@Suite("Effects on links of real machines", .serialized)
struct EffectTests {
    static let kinds = attachments.map { [$0, $0] }
    static let port: UInt16 = 7_000

    private func connected(_ machines: Machines) async throws -> (Stream, Stream) {
        let listener = try await machines.stream(on: 1)
        try listener.listen(on: Self.port)
        let sender = try await machines.stream(on: 0)
        #expect(sender.connect(to: 1, Self.port) == 0)
        return (sender, try listener.accept())
    }

    /// Asks in the way that feels the fault, before it and while it acts, and judges.
    private func proof(
        _ machines: Machines, _ wanted: LinkFault, count: Int? = nil
    ) async throws -> Proof {
        let expected = Faults.Expectation(of: wanted, asking: link(0, 1))
        let before = try await machines.feel(expected.feeler, count: 5, expected)
        let fault = wanted.beginning(at: squall_monotonic_ns())
        try await machines.install([fault])
        let during = try await machines.feel(
            expected.feeler, count: count ?? expected.echoesWanted, expected)
        let counts = try await machines.fabric.counters().faults[fault.id]?.total
        let moments = during.echoes.map { $0.sent - fault.began }
        return Judge.proof(
            Faults.Expectation(of: wanted, asking: link(0, 1), at: moments),
            Evidence(applied: counts ?? TermCount(), before: before, during: during))
    }

    private func only(_ transport: Only.Transport?, _ port: UInt16? = nil) -> Only {
        Only(transport: transport, port: port)
    }

    // MARK: Proofs

    @Test("what each effect does to echoes is felt and proved", arguments: kinds)
    func proofs(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds, seed: 3) { machines in
            let both = machines.both
            let out = [link(0, 1)]
            let normal = Delay(
                .milliseconds(20), jitter: .milliseconds(3), bell: .normal,
                correlation: percent(30))
            let effects: [LinkFault] = [
                try fault(1, .duplicate(percent(20)), out),
                try fault(2, .reorder(percent(25), within: .milliseconds(10)), out),
                try fault(3, .corrupt(percent(20)), both),
                try fault(4, .corrupt(percent(20), right: true), out),
                try fault(5, .limit(Limit(Bandwidth(bitsPerSecond: 8_000_000))), both),
                try fault(6, .mtu(1_200), out),
                try fault(7, .mtu(600, silent: true), both),
                try fault(8, .refuse, out),
                try fault(9, .hold, both),
                try fault(10, .loss(percent(25), burst: Fixed(2)), both),
                try fault(11, .delay(normal), both),
                try fault(
                    12, .delay(Delay(.milliseconds(30))), both, only: only(.icmp)),
                try LinkFault(FaultID(13), .profile(.continent), on: both),
                try LinkFault(
                    FaultID(14),
                    [
                        .init(
                            .delay(Delay(.zero)), on: both,
                            course: Course(
                                .ramp, to: .time(.milliseconds(60)), period: .milliseconds(600)))
                    ]),
            ]
            for effect in effects {
                let found = try await proof(machines, effect)
                #expect(found.verdict == .proved, "\(effect.id): \(found.words)")
                try await machines.install([])
            }
            // Nothing is left behind: an echo is as fast as one can be.
            #expect(try await machines.fabric.counters().held == 0)
            #expect(await machines.echoes(10).answered == 10)
        }
    }

    @Test(
        "what is only about TCP or a port is felt by connections and not by echoes",
        arguments: kinds)
    func filters(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let listener = try await machines.stream(on: 1)
            try listener.listen(on: Self.port)
            let both = machines.both
            let here = only(.tcp, Self.port)
            for effect in [
                try fault(1, .cut, both, only: here),
                try fault(2, .hold, both, only: only(nil, Self.port)),
                try fault(3, .delay(Delay(.milliseconds(40))), both, only: here),
                try fault(4, .refuse, [link(0, 1)], only: here),
                try fault(5, .loss(percent(40)), both, only: only(.tcp)),
            ] {
                let found = try await proof(machines, effect, count: 20)
                #expect(found.verdict == .proved, "\(effect.id): \(found.words)")
                let echoes = await machines.echoes(10)
                #expect(echoes.answered == 10)
                #expect(try #require(echoes.median) < 20e6, "\(effect.id)")
                try await machines.install([])
            }
            // Who asks another port is not refused by the switch, but by the machine.
            try await machines.install([try fault(6, .cut, both, only: here)])
            #expect(try await machines.stream(on: 0).connect(to: 1, 9) == ECONNREFUSED)
        }
    }

    // MARK: Streams

    @Test(
        "duplicated, altered and overtaken segments of a real stream lie in the 99% interval, segmented by the kernel or by us, and not a byte is wrong",
        arguments: kinds, [true, false])
    func stream(_ kinds: [Supervisor.Attachment], offload: Bool) async throws {
        try await Machines.with(kinds, offload: offload, seed: 12) { machines in
            let (sender, receiver) = try await connected(machines)
            let bytes = 12_000_000
            for (number, effect) in [
                Effect.duplicate(percent(10)), .corrupt(percent(3)),
                .reorder(percent(5), within: .milliseconds(1)),
            ].enumerated() {
                let id = FaultID(UInt32(number + 1))
                try await machines.install([try fault(id.number, effect, [link(0, 1)])])
                #expect(pump(bytes, from: sender, to: receiver) == bytes, "\(effect)")
                let total = try #require(try await machines.fabric.counters().faults[id]?.total)
                #expect(total.matched >= 8_000)
                let share = number == 0 ? 0.1 : number == 1 ? 0.03 : 0.05
                let wanted = Binomial.interval(trials: Int(total.matched), probability: share)
                #expect(
                    wanted.contains(Int(total.altered)),
                    "\(effect): \(total.altered) of \(total.matched), not in \(wanted)")
            }
            let ports = try await machines.fabric.counters().ports
            #expect(ports.allSatisfy { $0.unasked == 0 }, "\(ports)")
        }
    }

    @Test(
        "a packet altered under a right checksum reaches the application, wrong bytes and all",
        arguments: kinds)
    func wrongBytes(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds, seed: 2) { machines in
            let (sender, receiver) = try await connected(machines)
            try await machines.install([
                try fault(1, .corrupt(percent(10), right: true), [link(0, 1)])
            ])
            #expect(pump(5_000_000, from: sender, to: receiver) < 5_000_000)
            let datagrams = try await machines.datagram(on: 1, port: 9_000)
            let from = try await machines.datagram(on: 0, port: 9_001)
            try await machines.install([
                try fault(2, .corrupt(percent(100), right: true), [link(0, 1)])
            ])
            #expect(from.send("HELLO", to: address(1), port: 9_000))
            let heard = try #require(datagrams.receive())
            #expect(heard != "HELLO")
            try await machines.install([try fault(3, .corrupt(percent(100)), [link(0, 1)])])
            #expect(from.send("HELLO", to: address(1), port: 9_000))
            #expect(datagrams.receive(milliseconds: 100) == nil)
        }
    }

    @Test(
        "goodput at 5% loss agrees within 20% whether the kernel or the switch cuts segments",
        arguments: kinds)
    func goodput(_ kinds: [Supervisor.Attachment]) async throws {
        // A line that is the same for both: what differs is only who cuts.
        var rates: [Bool: Double] = [:]
        for offload in [true, false] {
            try await Machines.with(kinds, offload: offload, seed: 31) { machines in
                let (sender, receiver) = try await connected(machines)
                try await machines.install([
                    try fault(1, .loss(percent(5)), [link(0, 1)]),
                    try fault(2, .delay(Delay(.milliseconds(10))), machines.both),
                ])
                let bytes = 15_000_000
                let began = squall_monotonic_ns()
                #expect(pump(bytes, from: sender, to: receiver) == bytes)
                rates[offload] = Double(bytes) / Double(squall_monotonic_ns() - began)
            }
        }
        let (with, without) = (try #require(rates[true]), try #require(rates[false]))
        #expect((0.8...1.25).contains(with / without), "\(with) against \(without) GB/s")
    }

    @Test("a real stream keeps a limit of 100 MB/s within 2%", arguments: kinds)
    func limit(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            for rate: Int64 in [100_000_000, 5_000_000] {
                // A queue that holds all that the sockets do: nothing is dropped, nothing sent again.
                let line = Limit(Bandwidth(bitsPerSecond: rate * 8), queue: .seconds(3))
                try await machines.install([try fault(UInt32(rate), .limit(line), [link(0, 1)])])
                var transfer = Transfer(from: sender, to: receiver, bytes: Int(rate * 4))
                // The stream finds its pace first.
                transfer.go(seconds: 1)
                // A machine that is busy otherwise may leave the line empty for a moment: of some stretches
                // the best is what the line gives; none may have more than its share.
                var best = 0.0
                for _ in 0..<3 where best < 0.98 {
                    let (first, began) = (transfer.received, squall_monotonic_ns())
                    transfer.go(seconds: 1)
                    let seconds = Double(squall_monotonic_ns() - began) / 1e9
                    // 52 bytes of headers to 1,448 of payload.
                    let felt = Double(transfer.received - first) * 1_500 / 1_448 / seconds
                    best = max(best, felt / Double(rate))
                    #expect(felt / Double(rate) <= 1.02, "\(felt / 1e6) MB/s")
                }
                #expect(best >= 0.98, "\(best) of \(rate / 1_000_000) MB/s")
                // The rest, so that the next one begins with the first byte.
                try await machines.install([])
                transfer.go(seconds: 20)
                #expect(transfer.received == transfer.bytes)
            }
        }
    }

    @Test(
        "a large transfer fits itself to a narrow line, and stands still before a black hole",
        arguments: kinds)
    func narrow(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            try await machines.install([try fault(1, .mtu(900), machines.both)])
            #expect(pump(2_000_000, from: sender, to: receiver) == 2_000_000)
            let told = try #require(
                try await machines.fabric.counters().faults[FaultID(1)]?.total)
            // A handful, then the sender knows.
            #expect(told.dropped > 0 && told.dropped < told.matched / 4, "\(told)")
        }
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            try await machines.install([try fault(1, .mtu(900, silent: true), machines.both)])
            #expect(pump(1_000_000, from: sender, to: receiver, seconds: 2) < 100_000)
            #expect(await machines.echoes(5).answered == 5)
        }
    }

    @Test(
        "a transfer of 5 MB that is cut or held for a second goes on and ends with the right bytes",
        arguments: kinds, [Effect.cut, .hold])
    func stalled(_ kinds: [Supervisor.Attachment], effect: Effect) async throws {
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            var transfer = Transfer(from: sender, to: receiver, bytes: 5_000_000)
            // Slow enough to be in the middle of it.
            let slow = try fault(
                2, .limit(Limit(Bandwidth(bitsPerSecond: 16_000_000))), [link(0, 1)])
            try await machines.install([slow])
            transfer.go(seconds: 1)
            try await machines.install([slow, try fault(1, effect, machines.both)])
            // What the socket had already may still be read; then nothing comes.
            transfer.go(seconds: 1)
            let stalled = transfer.received
            #expect((500_000..<4_900_000).contains(stalled))
            transfer.go(seconds: 1)
            #expect(transfer.received == stalled)
            try await machines.install([])
            transfer.go(seconds: 60)
            #expect(transfer.received == 5_000_000)
        }
    }

    @Test(
        "refused means refused: a connection, a datagram, and not an old stream", arguments: kinds)
    func refuse(_ kinds: [Supervisor.Attachment]) async throws {
        try await Machines.with(kinds) { machines in
            let (sender, receiver) = try await connected(machines)
            try await machines.install([try fault(1, .refuse, [link(0, 1)])])
            #expect(try await machines.stream(on: 0).connect(to: 1, Self.port) == ECONNREFUSED)
            #expect(pump(100_000, from: sender, to: receiver) == 100_000)
            let datagram = try await machines.datagram(on: 0, port: 9_001)
            #expect(datagram.connect(to: 1, 9_000) == 0)
            #expect(datagram.send("hello") == 5)
            #expect(datagram.receive() == "errno \(ECONNREFUSED)")
        }
    }
}
