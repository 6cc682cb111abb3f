import Cluster
import Fabric
import Faults
import Glibc
import Testing

@Suite("The switch", .serialized)
struct SwitchTests {
    private func data(_ count: Int, from: Int = 0, to: Int = 1, sequence: UInt32 = 1) -> Wire {
        Wire.tcp(
            from: Wire.address(from), to: Wire.address(to),
            payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }, sequence: sequence)
    }

    @Test("an unfaulted link passes packets on as they are, one or many segments")
    func passes() async throws {
        let rig = try await Rig(2)
        for wire in [data(100), data(40_000), data(0)] {
            rig.send(wire, from: 0)
            #expect(rig.receive(at: 1) == wire)
        }
        let counters = try await rig.fabric.counters()
        let row = try #require(counters.link(0, 1))
        #expect(row.packets == 1 + 28 + 1)
        #expect(row.bytes == UInt64(40_100 + 30 * 52))
        #expect(counters.link(1, 0) == nil)
    }

    @Test("multicast and broadcast reach every other machine, and never the sender")
    func copies() async throws {
        let rig = try await Rig(4)
        await rig.install([.cut(FaultID(1), [link(0, 2)])])
        for to: UInt32 in [0xe000_0001, 0xffff_ffff, 0x0a42_ffff] {
            let wire = Wire.udp(from: Wire.address(0), to: to, payload: [1, 2, 3])
            rig.send(wire, from: 0)
            #expect(rig.receive(at: 1) == wire)
            #expect(rig.receive(at: 3) == wire)
        }
        #expect(rig.drain(at: 0).isEmpty)
        // Each copy goes under its own link's policy.
        #expect(rig.drain(at: 2).isEmpty)
        let counters = try await rig.fabric.counters()
        #expect(counters.faults[FaultID(1)]?.total == TermCount(matched: 3, dropped: 3))
    }

    @Test("addresses that nobody has, and one's own, lead nowhere")
    func unknown() async throws {
        let rig = try await Rig(2)
        for to: UInt32 in [Wire.address(0), Wire.address(50), 0x0808_0808, 0x0a43_0003] {
            rig.send(
                Wire.udp(from: Wire.address(0), to: to, payload: [1]), from: 0)
        }
        let counters = try await rig.counters("four strays") {
            $0.ports.first?.unknown == 4
        }
        #expect(counters.links.isEmpty)
        #expect(rig.drain(at: 0).isEmpty)
        #expect(rig.drain(at: 1).isEmpty)
    }

    @Test("a cut holds from the moment its table is adopted, and until it is taken away")
    func cut() async throws {
        let rig = try await Rig(2)
        for round in 0..<50 {
            rig.send(data(10, sequence: UInt32(round)), from: 0)
            #expect(rig.receive(at: 1)?.sequence == UInt32(round))
            await rig.install([.cut(FaultID(UInt32(round + 1)), [link(0, 1)])])
            rig.send(data(5_000), from: 0)
            let counters = try await rig.counters("the cut dropped 4") {
                $0.faults[FaultID(UInt32(round + 1))]?.total.dropped == 4
            }
            #expect(counters.link(0, 1)?.dropped == UInt64(4 * (round + 1)))
            await rig.install([])
            #expect(
                rig.fabric.ended()[FaultID(UInt32(round + 1))]?.total
                    == TermCount(matched: 4, dropped: 4))
        }
        #expect(rig.drain(at: 1).isEmpty)
    }

    @Test("a cut of one port leaves the others alone")
    func portCut() async throws {
        let rig = try await Rig(2)
        let only = Only(transport: .tcp, port: 6_379)
        await rig.install([try fault(1, .cut, [link(0, 1)], only: only)])
        let other = Wire.udp(from: Wire.address(0), to: Wire.address(1), payload: [5])
        rig.send(data(10), from: 0)
        rig.send(other, from: 0)
        #expect(rig.receive(at: 1) == other)
        #expect(rig.drain(at: 1).isEmpty)
    }

    @Test("counts and draws go on where they were when an unrelated fault comes and goes")
    func goesOn() async throws {
        let loss = try fault(1, .loss(percent(50)), [link(0, 1)])
        func survivors(_ unrelated: Bool) async throws -> [UInt32] {
            let rig = try await Rig(3, seed: 5)
            await rig.install([loss])
            var all: [UInt32] = []
            for number in UInt32(0)..<60 {
                if unrelated, number % 10 == 5 {
                    await rig.install(
                        number % 20 == 5
                            ? [loss, .cut(FaultID(2 + number), [link(1, 0), link(0, 2)])] : [loss])
                }
                rig.send(data(10, sequence: number), from: 0)
                _ = try await rig.counters("packet \(number) counted") {
                    $0.link(0, 1)?.packets == UInt64(number + 1)
                }
                all += rig.drain(at: 1).map(\.sequence)
            }
            return all
        }
        let alone = try await survivors(false)
        #expect(try await survivors(true) == alone)
        #expect((15...45).contains(alone.count))
    }

    @Test(
        "5% loss lies in the 99% binomial interval over 20,000 wire packets, segmented or not",
        arguments: [1_000, 40_000])
    func loss(payload: Int) async throws {
        let rig = try await Rig(2, seed: 11)
        await rig.install([try fault(1, .loss(percent(5)), [link(0, 1)])])
        let segments = (payload + 1_447) / 1_448
        let sends = 20_000 / segments
        var arrived = 0
        var bytes: [UInt8] = []
        for number in 0..<sends {
            let wire = data(payload, sequence: UInt32(number * payload))
            rig.send(wire, from: 0)
            if number % 16 == 15 || number == sends - 1 {
                _ = try await rig.counters("all counted") {
                    $0.link(0, 1)?.packets == UInt64((number + 1) * segments)
                }
                for piece in rig.drain(at: 1) {
                    arrived += piece.segments
                    if payload > 1_448, number < 200 {
                        #expect(piece.wirePackets.allSatisfy { $0.isValid })
                    }
                    bytes = piece.payload
                }
            }
        }
        let total = sends * segments
        let wanted = Binomial.interval(trials: total, probability: 0.05)
        #expect(
            wanted.contains(total - arrived), "\(total - arrived) of \(total), not in \(wanted)")
        let counters = try await rig.fabric.counters()
        #expect(
            counters.faults[FaultID(1)]?.total
                == TermCount(matched: UInt64(total), dropped: UInt64(total - arrived)))
        #expect(!bytes.isEmpty)
    }

    @Test("jitter delays but never reorders, and what arrives is complete")
    func order() async throws {
        let rig = try await Rig(2, seed: 3)
        let jitter = Delay(.milliseconds(10), jitter: .milliseconds(8), bell: .normal)
        await rig.install([try fault(1, .delay(jitter), [link(0, 1)])])
        var sent: UInt32 = 0
        for number in 0..<200 {
            let size = number % 7 == 0 ? 20_000 : 500
            rig.send(data(size, sequence: sent), from: 0)
            sent += UInt32(size)
        }
        var next: UInt32 = 0
        while next < sent, let piece = rig.receive(at: 1) {
            #expect(piece.sequence == next)
            #expect(piece.wirePackets.allSatisfy { $0.isValid })
            next = piece.sequence + UInt32(piece.payload.count)
        }
        #expect(next == sent)
        let counters = try await rig.fabric.counters()
        #expect(counters.held == 0)
        #expect(counters.heldBytes == 0)
        #expect(counters.lateness.count > 0)
    }

    @Test("a constant delay keeps a large packet whole and is not shorter than asked")
    func delay() async throws {
        let rig = try await Rig(2, log: 16)
        await rig.install([try fault(1, .delay(Delay(.milliseconds(30))), [link(0, 1)])])
        let wire = data(40_000)
        rig.send(wire, from: 0)
        #expect(rig.receive(at: 1) == wire)
        let log = try await rig.fabric.log()
        #expect(log.map(\.fate) == [.queued, .released])
        let waited = log[1].at - log[0].at
        #expect(waited >= 30_000_000)
        #expect(log[0].segments == 28)
    }

    @Test("a delay that is healed lets go at once what it kept, in order")
    func healDelay() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .delay(Delay(.seconds(3_600))), [link(0, 1)])])
        for number in UInt32(0)..<20 { rig.send(data(10, sequence: number), from: 0) }
        _ = try await rig.counters("20 held") { $0.held == 20 }
        await rig.install([])
        rig.send(data(10, sequence: 20), from: 0)
        for number in UInt32(0)...20 {
            #expect(rig.receive(at: 1)?.sequence == number)
        }
    }

    @Test("healing one of two delays leaves the other's time")
    func healOneDelay() async throws {
        let rig = try await Rig(2, log: 8)
        let short = try fault(1, .delay(Delay(.milliseconds(50))), [link(0, 1)])
        let long = try fault(2, .delay(Delay(.seconds(3_600))), [link(0, 1)])
        await rig.install([short, long])
        rig.send(data(10), from: 0)
        _ = try await rig.counters("held") { $0.held == 1 }
        await rig.install([short])
        #expect(rig.receive(at: 1) != nil)
        let log = try await rig.fabric.log()
        #expect(log[1].at - log[0].at >= 50_000_000)
    }

    @Test("a hold keeps everything, in order, until it is taken away; other links go on")
    func hold() async throws {
        let rig = try await Rig(3)
        let machines = (0..<3).map { NodeID(UInt16($0)) }
        await rig.install([.hold(FaultID(1), ports: [machines[1]], among: machines)])
        for number in UInt32(0)..<10 { rig.send(data(3_000, sequence: number), from: 0) }
        rig.send(data(5, from: 1, to: 2), from: 1)
        let other = data(5, from: 0, to: 2)
        rig.send(other, from: 0)
        #expect(rig.receive(at: 2) == other)
        let counters = try await rig.counters("all held") { $0.held == 31 }
        #expect(counters.faults[FaultID(1)]?.total.delayed == 31)
        await rig.install([])
        for number in UInt32(0)..<10 {
            #expect(rig.receive(at: 1)?.sequence == number)
        }
        #expect(rig.receive(at: 2)?.from == Wire.address(1))
    }

    @Test("a muted port is silent in both directions, and what was held for it is lost")
    func mute() async throws {
        let rig = try await Rig(2, log: 64)
        let machines = [NodeID(0), NodeID(1)]
        let slow = try fault(
            1, .delay(Delay(.seconds(3_600))), Links.between([machines[0]], and: [machines[1]]))
        await rig.install([slow])
        rig.send(data(10), from: 0)
        rig.send(data(10, from: 1, to: 0), from: 1)
        _ = try await rig.counters("two held") { $0.held == 2 }
        await rig.install([slow, .mute(FaultID(2), ports: [machines[1]], among: machines)])
        rig.send(data(10, from: 1, to: 0), from: 1)
        rig.send(data(10), from: 0)
        let counters = try await rig.counters("all dropped") {
            $0.faults[FaultID(2)]?.total.dropped == 4
        }
        #expect(counters.held == 0)
        await rig.install([])
        #expect(rig.drain(at: 0).isEmpty)
        #expect(rig.drain(at: 1).isEmpty)
        let log = try await rig.fabric.log()
        #expect(!log.contains { $0.fate == .passed || $0.fate == .released })
    }

    @Test("a link holds at most 10,000 wire packets; the newest are dropped and counted by name")
    func bounded() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .hold, [link(0, 1)])])
        for number in UInt32(0)..<10_020 {
            rig.send(data(1, sequence: number), from: 0)
        }
        let counters = try await rig.counters("all counted") {
            $0.link(0, 1)?.packets == 10_020
        }
        #expect(counters.link(0, 1)?.held == 10_000)
        #expect(counters.link(0, 1)?.queueFull == 20)
        #expect(counters.link(0, 1)?.dropped == 0)
        await rig.install([])
        for number in UInt32(0)..<10_000 {
            guard rig.receive(at: 1)?.sequence == number else {
                Issue.record("packet \(number) is missing")
                return
            }
        }
        #expect(rig.receive(at: 1, within: 50) == nil)
    }

    @Test("a link holds at most 64 MB")
    func boundedBytes() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .hold, [link(0, 1)])])
        // A single wire packet of 60 kB takes a slot of 68 kB: 963 of them fit.
        let big = Wire.udp(
            from: Wire.address(0), to: Wire.address(1),
            payload: [UInt8](repeating: 7, count: 60_000))
        for _ in 0..<1_000 { rig.send(big, from: 0) }
        let counters = try await rig.counters("all counted") { $0.link(0, 1)?.packets == 1_000 }
        #expect(counters.link(0, 1)?.held == UInt32((64 << 20) / 69_632))
        #expect(counters.heldBytes <= 64 << 20)
        #expect(counters.link(0, 1)?.queueFull == 1_000 - UInt64((64 << 20) / 69_632))
    }

    @Test("a machine that takes nothing costs a bounded queue, then counted refusals")
    func blocked() async throws {
        let rig = try await Rig(2)
        var sent: UInt32 = 0
        // Nobody reads at machine 1: its socket fills, then the port's queue, then packets are refused.
        var refused: UInt64 = 0
        while refused == 0, sent < 100_000 {
            for _ in 0..<500 {
                rig.send(data(10, sequence: sent), from: 0)
                sent += 1
            }
            let counted = UInt64(sent)
            let counters = try await rig.counters("counted") {
                $0.link(0, 1)?.packets == counted
            }
            refused = counters.ports[1].refused
        }
        #expect(refused > 0)
        let (wanted, lost) = (UInt64(sent), refused)
        var next: UInt32 = 0
        while UInt64(next) < wanted - lost, let wire = rig.receive(at: 1) {
            #expect(wire.sequence == next)
            next += 1
        }
        #expect(UInt64(next) == wanted - lost)
        // It takes packets again.
        rig.send(data(10, sequence: 999_999), from: 0)
        #expect(rig.receive(at: 1)?.sequence == 999_999)
    }

    @Test("an unplugged machine gets nothing; plugged in again it does")
    func replug() async throws {
        let rig = try await Rig(2)
        await rig.fabric.adopted(try rig.fabric.removePort(NodeID(1)))
        rig.send(data(10), from: 0)
        _ = try await rig.counters("nobody there") { $0.ports.first?.unknown == 1 }
        #expect(rig.receive(at: 1, within: 0) == nil)
        let again = try await Rig(1)
        again.fabric.stop()
        #expect(throws: FabricError.stopped) { try again.fabric.install(LinkTable(nodes: 1)) }
        await #expect(throws: FabricError.stopped) { try await again.fabric.counters() }
    }

    @Test("a port whose other end is gone is left alone, and the others go on")
    func goneEnd() async throws {
        let rig = try await Rig(3)
        shutdown(rig.ends[0], Int32(SHUT_RDWR))
        for number in UInt32(0)..<100 {
            rig.send(data(10, from: 1, to: 2, sequence: number), from: 1)
            #expect(rig.receive(at: 2)?.sequence == number)
        }
        // It is asked no more once it has failed often enough: nothing wakes the loop any longer.
        let first = try await rig.fabric.counters()
        #expect(first.ports[0].malformed == 0 && first.ports[0].foreign == 0)
    }

    @Test("new connections are counted by their first packet")
    func connections() async throws {
        let rig = try await Rig(2)
        for flags: UInt8 in [0x02, 0x12, 0x10, 0x02] {
            rig.send(
                Wire.tcp(from: Wire.address(0), to: Wire.address(1), payload: [], flags: flags),
                from: 0)
        }
        let counters = try await rig.counters("four counted") { $0.link(0, 1)?.packets == 4 }
        #expect(counters.link(0, 1)?.connections == 2)
    }
}
