import CLinux
import Cluster
import Fabric
import Faults
import Testing

/// Faults that do more to packets than drop them and keep them waiting in one queue.
@Suite("Altered, doubled, overtaken and filtered packets", .serialized)
struct AlterTests {
    private func data(
        _ count: Int, from: Int = 0, to: Int = 1, sequence: UInt32 = 1,
        ports: (Int, Int) = (40_000, 6_379)
    ) -> Wire {
        Wire.tcp(
            from: Wire.address(from), to: Wire.address(to),
            payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }, sequence: sequence,
            ports: ports)
    }

    private func datagram(_ payload: [UInt8], ports: (Int, Int) = (5_000, 53)) -> Wire {
        Wire.udp(from: Wire.address(0), to: Wire.address(1), payload: payload, ports: ports)
    }

    /// Sends until so many wire packets went into a link, and gives what comes out.
    private func flood(
        _ rig: Rig, payload: Int, wirePackets: Int, each: (Wire) -> Void
    ) async throws -> Int {
        let segments = max(1, (payload + 1_447) / 1_448)
        let sends = wirePackets / segments
        for number in 0..<sends {
            rig.send(data(payload, sequence: UInt32(number * payload)), from: 0)
            if number % 16 == 15 || number == sends - 1 {
                _ = try await rig.counters("all counted, none held") {
                    $0.link(0, 1)?.packets == UInt64((number + 1) * segments) && $0.held == 0
                }
                for piece in rig.drain(at: 1) { each(piece) }
            }
        }
        return sends * segments
    }

    @Test(
        "10% duplicates lie in the 99% binomial interval over 20,000 wire packets, segmented or not, each behind its own",
        arguments: [1_000, 40_000])
    func duplicate(payload: Int) async throws {
        let rig = try await Rig(2, seed: 21)
        await rig.install([try fault(1, .duplicate(percent(10)), [link(0, 1)])])
        var seen: [UInt32: Int] = [:]
        var last: UInt32 = 0
        let total = try await flood(rig, payload: payload, wirePackets: 20_000) { piece in
            for packet in piece.wirePackets {
                #expect(packet.sequence >= last)
                last = packet.sequence
                seen[packet.sequence, default: 0] += 1
                if seen.count < 300 { #expect(packet.isValid) }
            }
        }
        let twice = seen.values.count { $0 == 2 }
        #expect(seen.count == total && seen.values.allSatisfy { $0 <= 2 })
        let wanted = Binomial.interval(trials: total, probability: 0.1)
        #expect(wanted.contains(twice), "\(twice) of \(total), not in \(wanted)")
        let counters = try await rig.fabric.counters()
        #expect(
            counters.faults[FaultID(1)]?.total
                == TermCount(matched: UInt64(total), altered: UInt64(twice)))
        #expect(counters.link(0, 1)?.packets == UInt64(total))
    }

    @Test(
        "5% corruption lies in the 99% interval over 20,000 wire packets, segmented or not; a wrong checksum tells it, a right one does not",
        arguments: [1_000, 40_000], [true, false])
    func corrupt(payload: Int, right: Bool) async throws {
        let rig = try await Rig(2, seed: 5)
        await rig.install([try fault(1, .corrupt(percent(5), right: right), [link(0, 1)])])
        var (altered, invalid) = (0, 0)
        let total = try await flood(rig, payload: payload, wirePackets: 20_000) { piece in
            for packet in piece.wirePackets {
                // The place in the pattern is known from the sequence number.
                let start = Int(packet.sequence) % payload
                let wanted = packet.payload.indices.map {
                    UInt8(truncatingIfNeeded: (start + $0) &* 31)
                }
                let turned = zip(packet.payload, wanted).reduce(0) {
                    $0 + ($1.0 ^ $1.1).nonzeroBitCount
                }
                #expect(turned <= 1)
                altered += turned
                // Completing the checksum of all of them in the tests' plain way takes its time.
                if turned > 0, !packet.isValid { invalid += 1 }
                if turned > 0 { #expect(packet.bytes[0] == 0, "the receiver looks at it") }
            }
        }
        let wanted = Binomial.interval(trials: total, probability: 0.05)
        #expect(wanted.contains(altered), "\(altered) of \(total), not in \(wanted)")
        #expect(invalid == (right ? 0 : altered))
        let count = try await rig.fabric.counters().faults[FaultID(1)]?.total
        #expect(count == TermCount(matched: UInt64(total), altered: UInt64(altered)))
    }

    @Test("every packet that is altered under a wrong checksum is one that a kernel drops")
    func wrong() async throws {
        let rig = try await Rig(2, seed: 77)
        await rig.install([try fault(1, .corrupt(percent(100)), [link(0, 1)])])
        var fragment = datagram([UInt8](repeating: 9, count: 64)).completed
        fragment.bytes.replaceSubrange(16..<18, with: [0x20, 0x00])
        fragment.bytes.replaceSubrange(20..<22, with: [0, 0])
        let sum = Int(Wire.checksum(Array(fragment.ip.prefix(20))))
        fragment.bytes.replaceSubrange(20..<22, with: Wire.put16(sum))
        var unsummed = datagram([1, 2, 3]).completed
        unsummed.bytes.replaceSubrange(36..<38, with: [0, 0])
        let packets = [
            data(100), data(0), datagram([1]), datagram([]), fragment, unsummed,
            Wire.icmp(from: Wire.address(0), to: Wire.address(1), payload: [1, 2, 3]),
            Wire.icmp(from: Wire.address(0), to: Wire.address(1), payload: []),
        ]
        for _ in 0..<200 {
            for (number, packet) in packets.enumerated() {
                rig.send(packet, from: 0)
                let came = try #require(rig.receive(at: 1))
                let header = Wire.checksum(Array(came.ip.prefix(came.ipHeaderLength)))
                let body: UInt16
                switch came.bytes[19] {
                case 1: body = Wire.checksum(came.transport)
                default:
                    body = Wire.checksum(
                        came.transport, adding: Wire.pseudo(came.ip, came.transport.count))
                }
                #expect(header != 0 || body != 0, "packet \(number)")
                if number == 4 || number == 5 {
                    #expect(header != 0, "packet \(number) has no sum of its own")
                }
                #expect(came.bytes[0] == 0 && came != packet)
            }
        }
    }

    @Test("overtaken packets are late by the time that was said and all others keep their order")
    func reorder() async throws {
        let rig = try await Rig(2, seed: 9, log: 4_096)
        await rig.install([
            try fault(1, .reorder(percent(20), within: .milliseconds(30)), [link(0, 1)])
        ])
        for number in UInt32(0)..<500 {
            rig.send(data(10, sequence: number), from: 0)
        }
        var order: [UInt32] = []
        while order.count < 500, let piece = rig.receive(at: 1) { order.append(piece.sequence) }
        #expect(order.sorted() == Array(0..<500))
        let counts = try #require(try await rig.fabric.counters().faults[FaultID(1)]?.total)
        #expect(Binomial.interval(trials: 500, probability: 0.2).contains(Int(counts.altered)))
        // Two rising sequences: those that pass, and those that are overtaken.
        var straight: UInt32?
        var late: [UInt32] = []
        for sequence in order {
            if straight.map({ sequence > $0 }) ?? true {
                straight = sequence
            } else {
                late.append(sequence)
            }
        }
        #expect(late == late.sorted())
        #expect(late.count > 50)
        let log = try await rig.fabric.log()
        let queued = log.filter { $0.fate == .queued }
        let released = log.filter { $0.fate == .released }
        #expect(queued.count == Int(counts.altered) && released.count == queued.count)
        for (before, after) in zip(queued, released) {
            #expect(after.at - before.at >= 30_000_000)
        }
        #expect(try await rig.fabric.counters().held == 0)
    }

    @Test("a reorder cuts single segments out of a large packet, and what arrives is whole")
    func reorderSegments() async throws {
        let rig = try await Rig(2, seed: 10)
        await rig.install([
            try fault(1, .reorder(percent(10), within: .milliseconds(5)), [link(0, 1)])
        ])
        for number in UInt32(0)..<20 {
            rig.send(data(40_000, sequence: number * 40_000), from: 0)
        }
        var bytes: [UInt32: Int] = [:]
        while bytes.values.reduce(0, +) < 800_000, let piece = rig.receive(at: 1) {
            for packet in piece.wirePackets {
                bytes[packet.sequence] = packet.payload.count
                if bytes.count < 200 { #expect(packet.isValid) }
            }
        }
        var next: UInt32 = 0
        for sequence in bytes.keys.sorted() {
            #expect(sequence == next)
            next = sequence + UInt32(bytes[sequence] ?? 0)
        }
        #expect(next == 800_000)
    }

    @Test("what a filter delays keeps its own order, and everything else passes by")
    func filteredDelay() async throws {
        let rig = try await Rig(2, seed: 4)
        let jitter = Delay(.milliseconds(200), jitter: .milliseconds(15), bell: .normal)
        let only = Only(transport: .tcp, port: 6_379)
        await rig.install([try fault(1, .delay(jitter), [link(0, 1)], only: only)])
        for number in UInt32(0)..<200 {
            rig.send(data(10, sequence: number), from: 0)
            rig.send(data(10, sequence: 1_000 + number, ports: (1, 2)), from: 0)
        }
        var order: [UInt32] = []
        while order.count < 400, let piece = rig.receive(at: 1) { order.append(piece.sequence) }
        let slow = order.filter { $0 < 1_000 }
        let fast = order.filter { $0 >= 1_000 }
        #expect(slow == Array(0..<200) && fast == Array(1_000..<1_200))
        #expect(try #require(order.firstIndex { $0 < 1_000 }) > 50, "nobody overtook")
    }

    @Test("two filters that overlap keep the order of each stream")
    func overlappingFilters() async throws {
        let rig = try await Rig(2, seed: 8)
        let jitter = Delay(.milliseconds(4), jitter: .milliseconds(3), bell: .uniform)
        await rig.install([
            try fault(1, .delay(jitter), [link(0, 1)], only: Only(transport: .tcp, port: nil)),
            try fault(2, .delay(jitter), [link(0, 1)], only: Only(transport: nil, port: 80)),
            try fault(3, .delay(Delay(.milliseconds(1))), [link(0, 1)]),
        ])
        let streams: [(UInt32) -> Wire] = [
            { self.data(5, sequence: $0, ports: (1, 80)) },
            { self.data(5, sequence: $0 + 1_000, ports: (1, 81)) },
            { self.datagram(Wire.put32($0 + 2_000), ports: (9, 80)) },
            { self.datagram(Wire.put32($0 + 3_000), ports: (9, 81)) },
        ]
        for number in UInt32(0)..<150 {
            for stream in streams { rig.send(stream(number), from: 0) }
        }
        var order: [UInt32] = []
        while order.count < 600, let piece = rig.receive(at: 1) {
            order.append(piece.isTCP ? piece.sequence : Wire.get32(piece.payload, 0))
        }
        for stream in UInt32(0)..<4 {
            let mine = order.filter { $0 / 1_000 == stream }
            #expect(mine == Array(stream * 1_000..<stream * 1_000 + 150), "stream \(stream)")
        }
    }

    @Test("a hold of one port keeps its packets in order until it is taken away; others pass")
    func filteredHold() async throws {
        let rig = try await Rig(2)
        let only = Only(transport: .tcp, port: 6_379)
        let hold = try fault(1, .hold, [link(0, 1)], only: only)
        await rig.install([hold])
        for number in UInt32(0)..<50 { rig.send(data(3_000, sequence: number), from: 0) }
        let other = datagram([1, 2])
        rig.send(other, from: 0)
        #expect(rig.receive(at: 1) == other)
        _ = try await rig.counters("150 held") { $0.held == 150 }
        // A fault that has nothing to do with it changes nothing.
        await rig.install([hold, try fault(2, .delay(Delay(.milliseconds(1))), [link(0, 1)])])
        #expect(rig.receive(at: 1, within: 30) == nil)
        await rig.install([])
        for number in UInt32(0)..<50 { #expect(rig.receive(at: 1)?.sequence == number) }
        #expect(try await rig.fabric.counters().held == 0)
    }

    @Test("healing a filtered delay lets go at once what it kept, in order, before what comes then")
    func healFiltered() async throws {
        let rig = try await Rig(2)
        let only = Only(transport: .tcp, port: nil)
        let short = try fault(2, .delay(Delay(.milliseconds(40))), [link(0, 1)], only: only)
        await rig.install([
            try fault(1, .delay(Delay(.seconds(3_600))), [link(0, 1)], only: only), short,
        ])
        for number in UInt32(0)..<20 { rig.send(data(10, sequence: number), from: 0) }
        _ = try await rig.counters("20 held") { $0.held == 20 }
        await rig.install([short])
        for number in UInt32(20)..<40 { rig.send(data(10, sequence: number), from: 0) }
        for number in UInt32(0)..<40 { #expect(rig.receive(at: 1)?.sequence == number) }
        await rig.install([])
        rig.send(data(10, sequence: 40), from: 0)
        #expect(rig.receive(at: 1)?.sequence == 40)
    }

    @Test("what is held and then cut is lost, all of it or only what the cut is about")
    func cutWhileHeld() async throws {
        let rig = try await Rig(2)
        let hold = try fault(1, .hold, [link(0, 1)])
        await rig.install([hold])
        let udp = datagram([7])
        for number in UInt32(0)..<5 {
            rig.send(data(10, sequence: number), from: 0)
            rig.send(udp, from: 0)
        }
        _ = try await rig.counters("10 held") { $0.held == 10 }
        // For a moment: this is how connections are reset, what they have on the line goes first.
        let tcp = Only(transport: .tcp, port: nil)
        await rig.install([hold, try fault(2, .cut, [link(0, 1)], only: tcp)])
        await rig.install([hold])
        #expect(rig.fabric.ended()[FaultID(2)]?.total == TermCount(matched: 5, dropped: 5))
        #expect(try await rig.fabric.counters().held == 5)
        await rig.install([])
        for _ in 0..<5 { #expect(rig.receive(at: 1) == udp) }
        #expect(rig.receive(at: 1, within: 20) == nil)
    }

    @Test("copies of a broadcast go each under their own link's program, and none spoils another")
    func broadcast() async throws {
        let rig = try await Rig(5, seed: 3)
        await rig.install([
            try fault(1, .corrupt(percent(100), right: true), [link(0, 1)]),
            try fault(2, .duplicate(percent(100)), [link(0, 2)]),
            try fault(3, .delay(Delay(.milliseconds(20))), [link(0, 3)]),
        ])
        for to: UInt32 in [0xffff_ffff, 0xe000_0005] {
            let wire = Wire.udp(from: Wire.address(0), to: to, payload: [1, 2, 3, 4])
            rig.send(wire, from: 0)
            let altered = try #require(rig.receive(at: 1))
            #expect(altered != wire && altered.isValid)
            #expect(rig.receive(at: 2) == wire && rig.receive(at: 2) == wire)
            #expect(rig.receive(at: 3) == wire)
            #expect(rig.receive(at: 4) == wire)
        }
    }

    @Test(
        "any order of injecting and healing ends with an open link and nothing held, and loses only what faults lose",
        arguments: 0..<6)
    func anyOrder(seed: Int) async throws {
        var dice = Dice(seed: UInt64(seed) &+ 900)
        let rig = try await Rig(2, seed: UInt64(seed))
        let tcp = Only(transport: .tcp, port: 6_379)
        let on = [link(0, 1)]
        let mild = Delay(
            .milliseconds(3), jitter: .milliseconds(2), bell: .exponential,
            correlation: percent(40))
        let faults = [
            try fault(1, .delay(mild), on), try fault(2, .delay(mild), on, only: tcp),
            try fault(3, .hold, on), try fault(4, .hold, on, only: tcp),
            try fault(5, .duplicate(percent(20)), on), try fault(6, .reorder(percent(30)), on),
            try fault(7, .corrupt(percent(10), right: true), on),
            try fault(
                8, .limit(Limit(Bandwidth(bitsPerSecond: 80_000_000), queue: .seconds(60))), on),
            try fault(
                9, .limit(Limit(Bandwidth(bitsPerSecond: 40_000_000), queue: .seconds(60))), on,
                only: tcp),
        ]
        var active: [LinkFault] = []
        var sent = 0
        for _ in 0..<40 {
            let fault = faults[dice.below(faults.count)]
            if active.contains(where: { $0.id == fault.id }) {
                active.removeAll { $0.id == fault.id }
            } else {
                active.append(fault)
            }
            await rig.install(active)
            for _ in 0..<5 {
                let size = dice.below(2) == 0 ? 10 : 5_000
                rig.send(
                    dice.below(2) == 0
                        ? data(size, sequence: UInt32(sent)) : datagram([1, 2, 3]), from: 0)
                sent += 1
            }
        }
        while let fault = active.popLast() {
            await rig.install(active)
            _ = fault
        }
        let counters = try await rig.counters("nothing is held, seed \(seed)") {
            $0.held == 0 && $0.heldBytes == 0
        }
        #expect(counters.faults.isEmpty)
        #expect(counters.link(0, 1)?.dropped == 0 && counters.link(0, 1)?.queueFull == 0)
        _ = rig.drain(at: 1)
        // The link is open again: straight through, in order.
        for number in UInt32(0)..<20 { rig.send(data(100, sequence: number), from: 0) }
        for number in UInt32(0)..<20 { #expect(rig.receive(at: 1)?.sequence == number) }
    }

    @Test("decisions are the same beside a fault that comes and goes")
    func unrelated() async throws {
        let mixed = [
            try fault(1, .loss(percent(20), burst: Fixed(3)), [link(0, 1)]),
            try fault(2, .duplicate(percent(20)), [link(0, 1)]),
            try fault(3, .corrupt(percent(20), right: true), [link(0, 1)]),
        ]
        func course(_ unrelated: Bool) async throws -> [[UInt8]] {
            let rig = try await Rig(2, seed: 6)
            await rig.install(mixed)
            var all: [[UInt8]] = []
            for number in 0..<120 {
                if unrelated, number % 10 == 5 {
                    let other = UInt32(10 + number)
                    await rig.install(
                        number % 20 == 5
                            ? mixed + [
                                try fault(other, .duplicate(percent(0)), [link(0, 1)]),
                                try fault(other + 1, .corrupt(percent(50)), [link(1, 0)]),
                            ] : mixed)
                }
                rig.send(data(20, sequence: UInt32(number)), from: 0)
                _ = try await rig.counters("packet \(number)") {
                    $0.link(0, 1)?.packets == UInt64(number + 1)
                }
                all += rig.drain(at: 1).map { Array($0.completed.ip) }
            }
            return all
        }
        let alone = try await course(false)
        #expect(try await course(true) == alone)
        #expect(Set(alone).count < alone.count && alone.count > 60)
    }
}
