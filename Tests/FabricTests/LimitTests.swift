import CLinux
import Cluster
import Fabric
import Faults
import Testing

@Suite("Limited, narrow and refusing links", .serialized)
struct LimitTests {
    private func data(_ count: Int, sequence: UInt32 = 1, flags: UInt8 = 0x10) -> Wire {
        Wire.tcp(
            from: Wire.address(0), to: Wire.address(1),
            payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }, sequence: sequence,
            flags: flags)
    }

    private func limit(
        _ bytesPerSecond: Int64, burst: Int64 = 0, queue: Duration = .seconds(10)
    ) throws -> LinkFault {
        try fault(
            1,
            .limit(
                Limit(
                    Bandwidth(bitsPerSecond: bytesPerSecond * 8), burst: ByteCount(bytes: burst),
                    queue: queue)), [link(0, 1)])
    }

    /// Bytes of a packet of the log on the wire, the headers of each of its segments included.
    private func wireBytes(_ packet: PacketSummary) -> Int {
        Int(packet.length) + (Int(packet.segments) - 1) * Int(packet.length - packet.payload)
    }

    @Test(
        "a limit is kept within 1% in wire bytes, headers of every segment included, however large the packets are",
        arguments: [
            (100_000_000, 40_000), (10_000_000, 40_000), (1_000_000, 40_000), (2_000_000, 1_000),
        ])
    func rate(rate: Int64, payload: Int) async throws {
        let rig = try await Rig(2, log: 60_000)
        await rig.install([try limit(rate)])
        // Half a second of the line.
        let segments = (payload + 1_447) / 1_448
        let count = min(Int(rate / 2) / (payload + segments * 52), 9_900 / segments)
        let asked = count * (payload + segments * 52)
        for number in 0..<count {
            rig.send(data(payload, sequence: UInt32(truncatingIfNeeded: number * payload)), from: 0)
            if number % 8 == 7 { _ = rig.drain(at: 1) }
        }
        let deadline = squall_monotonic_ns() + 20_000_000_000
        var counters = try await rig.fabric.counters()
        while counters.held > 0 || counters.link(0, 1)?.bytes ?? 0 < UInt64(asked),
            squall_monotonic_ns() < deadline
        {
            _ = rig.drain(at: 1)
            await Task.yield()
            counters = try await rig.fabric.counters()
        }
        #expect(counters.link(0, 1)?.bytes == UInt64(asked))
        let log = try await rig.fabric.log()
        let came = log.filter { $0.fate == .queued }
        let left = log.filter { $0.fate == .released }
        #expect(came.count == left.count)
        #expect(left.reduce(0) { $0 + wireBytes($1) } == asked)
        // A plain clock of the line: it is busy as long as the bytes take that came.
        var free = Double(came[0].at)
        for (came, left) in zip(came, left) {
            free = max(free, Double(came.at)) + Double(wireBytes(came)) * 1e9 / Double(rate)
            #expect(Double(left.at) >= free - 1_000, "too early")
        }
        let wanted = free - Double(came[0].at)
        let took = Double(left[left.count - 1].at - came[0].at)
        // The last one may be late by what the scheduler is; the rate is that of the whole.
        #expect(took < wanted * 1.01 + 2e6, "it took \(took / 1e9) s instead of \(wanted / 1e9)")
        // Never more at once than a millisecond of the rate, or one wire packet.
        let most = max(1_500, Int(rate / 1_000) + 1_500)
        #expect(left.allSatisfy { wireBytes($0) <= most })
    }

    @Test("no window of a limited line holds more than its rate and its burst")
    func windows() async throws {
        let rig = try await Rig(2, log: 20_000)
        await rig.install([try limit(1_000_000, burst: 20_000)])
        for number in UInt32(0)..<100 { rig.send(data(1_448, sequence: number), from: 0) }
        _ = try await rig.counters("all gone") {
            $0.link(0, 1)?.packets == 100 && $0.held == 0
        }
        let log = try await rig.fabric.log()
        let left = log.filter { $0.fate == .released || $0.fate == .passed }
        #expect(left.count == 100)
        // Thirteen at once, and what the clock allows while they come; then one each 1.5 ms.
        #expect((13...25).contains(log.count { $0.fate == .passed }))
        for (number, first) in left.enumerated() {
            var bytes = 0
            for later in left[number...] {
                bytes += Int(later.length)
                let room = 20_000 + Double(later.at - first.at) / 1e9 * 1_000_000
                // Packets of a window may have been due just before it.
                #expect(Double(bytes) <= room + 3_000 + 5_000)
            }
        }
    }

    @Test("what would wait longer than the queue is dropped and counted; the rest comes in order")
    func queue() async throws {
        let rig = try await Rig(2)
        await rig.install([try limit(1_000_000, queue: .milliseconds(30))])
        for number in UInt32(0)..<200 { rig.send(data(948, sequence: number), from: 0) }
        let counters = try await rig.counters("all counted") {
            $0.link(0, 1)?.packets == 200 && $0.held == 0
        }
        let total = try #require(counters.faults[FaultID(1)]?.total)
        let came = rig.drain(at: 1).map(\.sequence)
        #expect(came == came.sorted())
        #expect(came.count + Int(total.dropped) == 200)
        // Thirty fit into the queue; a few more while they come.
        #expect((30...90).contains(came.count), "\(came.count)")
        #expect(counters.link(0, 1)?.dropped == total.dropped)
        #expect(counters.link(0, 1)?.queueFull == 0)
    }

    @Test("a limit that is healed lets go at once; a delay healed beside it leaves the rate")
    func heal() async throws {
        let rig = try await Rig(2, log: 1_000)
        let slow = try fault(2, .delay(Delay(.seconds(3_600))), [link(0, 1)])
        await rig.install([try limit(100_000), slow])
        for number in UInt32(0)..<10 { rig.send(data(948, sequence: number), from: 0) }
        _ = try await rig.counters("held") { $0.held == 10 }
        let since = squall_monotonic_ns()
        await rig.install([try limit(100_000)])
        for number in UInt32(0)..<5 { #expect(rig.receive(at: 1)?.sequence == number) }
        // 10 ms each: the fifth not before 50 ms are over since the first came, which was before.
        let log = try await rig.fabric.log()
        let fifth = log.filter { $0.fate == .released }[4]
        #expect(fifth.at - log[0].at >= 50_000_000)
        await rig.install([])
        for number in UInt32(5)..<10 { #expect(rig.receive(at: 1)?.sequence == number) }
        #expect(squall_monotonic_ns() > since)
        #expect(try await rig.fabric.counters().held == 0)
    }

    @Test("a limit of one port leaves the others alone")
    func filtered() async throws {
        let rig = try await Rig(2)
        let narrow = Limit(Bandwidth(bitsPerSecond: 80_000), queue: .seconds(60))
        await rig.install([
            try fault(
                1, .limit(narrow), [link(0, 1)], only: Only(transport: .tcp, port: 6_379))
        ])
        for number in UInt32(0)..<20 { rig.send(data(948, sequence: number), from: 0) }
        let other = Wire.udp(from: Wire.address(0), to: Wire.address(1), payload: [1])
        rig.send(other, from: 0)
        #expect(rig.receive(at: 1) == other)
        await rig.install([])
        for number in UInt32(0)..<20 { #expect(rig.receive(at: 1)?.sequence == number) }
    }

    // MARK: Narrow lines

    @Test("above the mtu a sender is told what fits, in the kernel's own terms; what fits passes")
    func fragmentationNeeded() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .mtu(1_400), [link(0, 1)])])
        let fits = data(1_348)
        rig.send(fits, from: 0)
        #expect(rig.receive(at: 1) == fits)
        for wire in [data(1_349), data(40_000, sequence: 900)] {
            rig.send(wire, from: 0)
            let answer = try #require(rig.receive(at: 0))
            #expect(answer.bytes[19] == 1 && answer.isWhole)
            #expect(answer.from == Wire.address(1) && answer.to == Wire.address(0))
            #expect(Wire.checksum(Array(answer.ip.prefix(20))) == 0)
            let message = Array(answer.ip.dropFirst(20))
            #expect(Wire.checksum(message) == 0)
            #expect(message[0] == 3 && message[1] == 4)
            #expect(Wire.get16(message, 6) == 1_400)
            // The first segment's header and eight bytes of TCP: ports and sequence number.
            let first = try #require(wire.wirePackets.first)
            #expect(message.count == 8 + 28)
            #expect(Array(message.dropFirst(8)) == Array(first.ip.prefix(28)))
            #expect(rig.receive(at: 0, within: 20) == nil, "one answer for a packet")
        }
        // Of the large packet only the last, shorter segment fitted.
        let last = try #require(rig.receive(at: 1))
        #expect(last.sequence == 900 + 27 * 1_448 && last.isValid)
        let count = try #require(try await rig.fabric.counters().faults[FaultID(1)]?.total)
        #expect(count == TermCount(matched: 30, dropped: 28))
    }

    @Test("a silent mtu is a black hole")
    func blackHole() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .mtu(576, silent: true), [link(0, 1)])])
        rig.send(data(1_000), from: 0)
        rig.send(data(40_000), from: 0)
        let small = data(500)
        rig.send(small, from: 0)
        // The last segment of the large one is of 904 bytes: it does not fit either.
        #expect(rig.receive(at: 1) == small)
        #expect(rig.drain(at: 0).isEmpty)
    }

    // MARK: Refusals

    @Test("a new connection is answered by a reset that its kernel believes; an old one goes on")
    func refuseTCP() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .refuse, [link(0, 1)])])
        rig.send(data(0, sequence: 77, flags: 2), from: 0)
        let reset = try #require(rig.receive(at: 0))
        #expect(reset.isTCP && reset.isValid && reset.flags == 0x14)
        #expect(reset.from == Wire.address(1) && reset.to == Wire.address(0))
        #expect(Wire.get16(reset.transport, 0) == 6_379)
        #expect(Wire.get16(reset.transport, 2) == 40_000)
        // The SYN takes a number.
        #expect(Wire.get32(reset.transport, 8) == 78)
        let old = data(3_000)
        rig.send(old, from: 0)
        #expect(rig.receive(at: 1) == old)
        // The other way nobody is refused.
        let back = Wire.tcp(from: Wire.address(1), to: Wire.address(0), payload: [], flags: 2)
        rig.send(back, from: 1)
        #expect(rig.receive(at: 0) == back)
        let count = try #require(try await rig.fabric.counters().faults[FaultID(1)]?.total)
        #expect(count == TermCount(matched: 1, dropped: 1))
    }

    @Test(
        "UDP is answered by an unreachable port, questions of ICMP by a prohibition, errors by nothing"
    )
    func refuseOthers() async throws {
        let rig = try await Rig(2)
        await rig.install([try fault(1, .refuse, [link(0, 1)])])
        let (a, b) = (Wire.address(0), Wire.address(1))
        let udp = Wire.udp(from: a, to: b, payload: [UInt8](repeating: 1, count: 100))
        let ping = Wire.icmp(from: a, to: b, payload: [1, 2, 3])
        for (wire, code) in [(udp, UInt8(3)), (ping, 13)] {
            rig.send(wire, from: 0)
            let answer = try #require(rig.receive(at: 0))
            let message = Array(answer.ip.dropFirst(20))
            #expect(message[0] == 3 && message[1] == code && Wire.checksum(message) == 0)
            #expect(Array(message.dropFirst(8)) == Array(wire.ip.prefix(28)))
        }
        // An echo reply begins nothing; an error is never answered; neither is what went to many.
        var reply = ping
        reply.bytes[30] = 0
        rig.send(reply, from: 0)
        #expect(rig.receive(at: 1) == reply)
        rig.send(Wire.udp(from: a, to: 0xffff_ffff, payload: [1]), from: 0)
        rig.send(Wire.udp(from: b, to: b, payload: [1]), from: 0)
        var strange = udp
        // A forged sender is not told anything.
        strange.bytes.replaceSubrange(22..<26, with: Wire.put32(0x0a42_0099))
        rig.send(strange, from: 0)
        _ = try await rig.counters("all dropped") {
            $0.faults[FaultID(1)]?.total.dropped == 5
        }
        #expect(rig.drain(at: 0).isEmpty && rig.drain(at: 1).isEmpty)
    }
}
