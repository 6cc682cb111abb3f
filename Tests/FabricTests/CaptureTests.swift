import CLinux
import Cluster
import Fabric
import Faults
import Foundation
import Synchronization
import Testing

/// What is in a capture, and what it never does to the packets.
@Suite("A capture", .serialized)
struct CaptureTests {
    private func data(
        _ count: Int, from: Int = 0, to: Int = 1, sequence: UInt32 = 1, flags: UInt8 = 0x18
    ) -> Wire {
        Wire.tcp(
            from: Wire.address(from), to: Wire.address(to),
            payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }, sequence: sequence,
            flags: flags)
    }

    private func bytes(_ wire: Wire) -> [UInt8] { Array(wire.completed.ip) }

    @Test("a packet that passes stands in the file once, where it arrived")
    func passes() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        let before = Date.now.timeIntervalSince1970
        rig.send(data(100), from: 0)
        try #require(rig.receive(at: 1) != nil)
        let file = try taken.end()
        let after = Date.now.timeIntervalSince1970

        #expect(file.application == "squall tests" && file.comment == "a run")
        #expect(file.interfaces.map(\.name) == ["n0", "n1"])
        #expect(file.interfaces[1].address == [10, 66, 0, 3, 255, 255, 0, 0])
        #expect(file.interfaces.allSatisfy { $0.resolution == 9 && $0.linkType == 101 })
        #expect(file.names == ["10.66.0.2 n0", "10.66.0.3 n1"])
        #expect(file.packets.map(\.interface) == [1])
        #expect(file.packets.allSatisfy { !$0.isOutbound && $0.comments.isEmpty })
        #expect(file.packets.map(\.data) == [bytes(data(100))])
        let at = Double(file.packets[0].at) / 1e9
        #expect(at > before - 0.001 && at < after + 0.001)
        #expect(file.statistics.map(\.received) == [0, 1])
        #expect(file.statistics.map(\.lost) == [0, 0])
    }

    @Test("a reader sees it leave and arrive, under one number")
    func bothEnds() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig, file: false)
        let readers = try [taken.reader(of: 0), taken.reader(of: 1)]
        rig.send(data(3_000), from: 0)
        try #require(rig.receive(at: 1) != nil)
        taken.capture.stop()
        let shown = try readers.map { try CaptureFile($0.rest()).packets }
        #expect(shown[0].map(\.isOutbound) == [true, true, true])
        #expect(shown[1].map(\.isOutbound) == [false, false, false])
        #expect(shown[0].map(\.data) == data(3_000).wirePackets.map(bytes))
        #expect(shown[0].map(\.data) == shown[1].map(\.data))
        #expect(shown[0].map(\.id) == shown[1].map(\.id) && Set(shown[0].map(\.id)).count == 3)
    }

    @Test("what a kernel hands over in one piece is told as wire packets, checksums complete")
    func segments() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        var wanted: [[UInt8]] = []
        for number in 0..<200 {
            let payload = dice.bytes(dice.below(3) == 0 ? dice.below(1_400) : dice.below(60_000))
            var wire: Wire
            switch dice.below(4) {
            case 0: wire = Wire.icmp(from: Wire.address(0), to: Wire.address(1), payload: [1, 2])
            case 1:
                let segment = payload.count > 1_000 ? 1_000 : nil
                wire = Wire.udp(
                    from: Wire.address(0), to: Wire.address(1),
                    payload: Array(payload.prefix(50_000)), segment: segment)
            default:
                wire = Wire.tcp(
                    from: Wire.address(0), to: Wire.address(1), payload: payload,
                    segment: 500 + dice.below(1_000), sequence: UInt32(number * 70_000),
                    flags: dice.below(2) == 0 ? 0x19 : 0x98)
            }
            if wire.segments > 2_000 { wire = data(10) }
            rig.send(wire, from: 0)
            try #require(rig.receive(at: 1) != nil, "seed \(seed)")
            wanted += wire.wirePackets.map(bytes)
        }
        let file = try taken.end()
        #expect(file.packets(at: 1, outbound: false).map(\.data) == wanted, "seed \(seed)")
        #expect(file.packets.count == wanted.count, "seed \(seed)")
        // Wire knows no checksum of ICMP.
        let valid = file.packets.filter { $0.data[9] != 1 }.allSatisfy {
            Wire(bytes: [UInt8](repeating: 0, count: 10) + $0.data).isValid
        }
        #expect(valid, "seed \(seed)")
    }

    @Test("a dropped packet is seen at its sender alone, with the fault that did it")
    func dropped() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        taken.capture.name(FaultID(4), "f4 split")
        let slow = try fault(
            3, .delay(Delay(.milliseconds(1))), [link(0, 1)])
        await rig.install([slow, .cut(FaultID(4), [link(0, 1)])])
        rig.send(data(5_000), from: 0)
        rig.send(data(10, from: 1, to: 0), from: 1)
        _ = rig.receive(at: 0)
        let file = try taken.end()
        let lost = file.packets(at: 0, outbound: true)
        #expect(lost.map(\.data) == data(5_000).wirePackets.map(bytes))
        #expect(lost.allSatisfy { $0.comments == ["dropped by f4 split"] })
        #expect(lost.allSatisfy { $0.verdict == [0, 4, 0, 0, 0] })
        #expect(file.packets(at: 1, outbound: false).isEmpty)
        #expect(file.packets(at: 0, outbound: false).map(\.verdict) == [nil])
    }

    @Test("of two losses on one link each packet names the one that dropped it")
    func blame() async throws {
        let rig = try await Rig(2, seed: 3)
        let taken = try CaptureRig(rig)
        let reader = try taken.reader(of: 0)
        let faults = try [7, 9].map { try fault($0, .loss(percent(30)), [link(0, 1)]) }
        await rig.install(faults)
        for number in 0..<20 {
            rig.send(data(40_000, sequence: UInt32(number) * 40_000), from: 0)
        }
        let counters = try await rig.counters("all decided") {
            $0.link(0, 1)?.packets == 20 * 28
        }
        _ = rig.drain(at: 1)
        let file = try taken.end()
        let left = try CaptureFile(reader.rest()).packets
        let arrived = file.packets(at: 1, outbound: false)
        #expect(left.count == 20 * 28)
        #expect(
            file.packets(at: 0, outbound: true).map(\.id)
                == left.filter { $0.verdict != nil }.map(\.id))
        func dropped(by fault: UInt8) -> Int { left.count { $0.verdict?[1] == fault } }
        // Where both would have dropped it the first is named.
        #expect(UInt64(dropped(by: 7)) == counters.faults[FaultID(7)]?.total.dropped)
        #expect(
            UInt64(dropped(by: 7) + dropped(by: 9)) == counters.link(0, 1)?.dropped)
        #expect(dropped(by: 9) > 20)
        // What is not dropped arrives, the same packet under the same number.
        let passed = left.filter { $0.verdict == nil }
        #expect(passed.map(\.id) == arrived.map(\.id))
        #expect(passed.map(\.data) == arrived.map(\.data))
    }

    @Test("a delayed packet stands where it arrived, with how long ago it left")
    func delayed() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        let reader = try taken.reader(of: 0)
        await rig.install([try fault(1, .delay(Delay(.milliseconds(30))), [link(0, 1)])])
        rig.send(data(3_000), from: 0)
        try #require(rig.receive(at: 1) != nil)
        let arrived = try taken.end().packets
        let left = try CaptureFile(reader.rest()).packets
        #expect(left.map(\.id) == arrived.map(\.id) && left.count == 3)
        #expect(left.allSatisfy { $0.comments.isEmpty })
        for (out, back) in zip(left, arrived) {
            let waited = back.at - out.at
            #expect(waited >= 30_000_000)
            let rest = String(waited % 1_000_000)
            let padded = String(repeating: "0", count: 6 - rest.count) + rest
            #expect(back.comments == ["left n0 \(waited / 1_000_000).\(padded) ms before"])
        }
    }

    @Test("what is cut while it waits is told, and so is a packet that nobody can receive")
    func lostOnTheWay() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        let reader = try taken.reader(of: 0)
        await rig.install([try fault(1, .hold, [link(0, 1)])])
        for _ in 0..<3 { rig.send(data(10), from: 0) }
        _ = try await rig.counters("three held") { $0.held == 3 }
        await rig.install([.cut(FaultID(2), [link(0, 1)])])
        rig.send(
            Wire.udp(from: Wire.address(0), to: 0x0808_0808, payload: [1]), from: 0)
        _ = try await rig.counters("a stray") { $0.ports.first?.unknown == 1 }
        let file = try taken.end()
        let shown = try CaptureFile(reader.rest())
        let told = "3 packets that waited between n0 and n1 were lost"
        #expect(file.marks == [told] && shown.marks == [told])
        #expect(file.packets.count == 4 && shown.packets.count == 4)
        for packet in file.packets.dropLast() {
            #expect(packet.verdict == [0, 0, 0, 0, 0])
            #expect(packet.comments.last?.hasPrefix("dropped while it waited: left n0 ") == true)
        }
        #expect(shown.packets.dropLast().allSatisfy { $0.verdict == nil && $0.isOutbound })
        let stray = try #require(file.packets.last)
        #expect(stray.comments.last == "dropped: no machine has this address")
        #expect(stray.verdict == [0, 0, 0, 0, 0])
    }

    @Test("a packet to many leaves once and arrives everywhere but where it is dropped")
    func toMany() async throws {
        let rig = try await Rig(4)
        let taken = try CaptureRig(rig)
        let reader = try taken.reader(of: 0)
        await rig.install([.cut(FaultID(1), [link(0, 2)])])
        let wire = Wire.udp(from: Wire.address(0), to: 0xe000_0001, payload: [1, 2, 3])
        rig.send(wire, from: 0)
        for node in [1, 3] { try #require(rig.receive(at: node) != nil) }
        let file = try taken.end()
        let shown = try CaptureFile(reader.rest()).packets
        #expect(shown.map(\.verdict) == [nil, [0, 1, 0, 0, 0]])
        #expect(shown.last?.comments == ["the copy for n2 was dropped by f1"])
        let arrived = file.packets.filter { !$0.isOutbound }
        #expect(arrived.map(\.interface) == [1, 3])
        #expect(arrived.allSatisfy { $0.id == shown[0].id })
        #expect(file.packets(at: 0, outbound: true).map(\.verdict) == [[0, 1, 0, 0, 0]])
        // One machine's view of the file has it once, too.
        #expect(try taken.view(of: 0).packets.map(\.verdict).count == 2)
    }

    @Test("out of the file comes what each machine saw: as a reader of its port was shown it")
    func views() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        let rig = try await Rig(3, seed: seed)
        let taken = try CaptureRig(rig)
        let readers = try (0..<3).map { try taken.reader(of: $0).readOnThread() }
        for round in 0..<40 {
            if round % 8 == 0 {
                let slow = Delay(.milliseconds(2), jitter: .milliseconds(1))
                await rig.install(
                    try [
                        fault(UInt32(round * 3 + 1), .delay(slow), [link(dice.below(3), 0)]),
                        fault(UInt32(round * 3 + 2), .loss(percent(20)), [link(0, dice.below(3))]),
                    ].filter { _ in dice.below(4) > 0 })
            }
            let from = dice.below(3)
            let to = (from + 1 + dice.below(2)) % 3
            rig.send(
                data(dice.below(20_000), from: from, to: to, sequence: UInt32(round * 20_000)),
                from: from)
        }
        _ = try await rig.counters("all sent and none held") {
            $0.links.filter { $0.packets > 0 }.count > 0 && $0.held == 0
        }
        _ = try taken.end()
        for (node, reader) in readers.enumerated() {
            let shown = try CaptureFile(reader.take()).packets.sorted { $0.at < $1.at }
            let seen = try taken.view(of: node).packets
            #expect(seen.map(\.at) == shown.map(\.at), "n\(node), seed \(seed)")
            #expect(seen.map(\.isOutbound) == shown.map(\.isOutbound), "n\(node), seed \(seed)")
            #expect(seen.map(\.data) == shown.map(\.data), "n\(node), seed \(seed)")
            #expect(seen.map(\.verdict) == shown.map(\.verdict), "n\(node), seed \(seed)")
        }
        #expect(taken.noView(of: "n9"))
    }

    @Test("what happened stands in a line of its own and beside the next packet")
    func marks() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        rig.send(data(10), from: 0)
        _ = rig.receive(at: 1)
        taken.capture.mark(at: squall_monotonic_ns(), "f1 began: cut between n0 and n1")
        rig.send(data(20), from: 0)
        _ = rig.receive(at: 1)
        let file = try taken.end()
        #expect(file.marks == ["f1 began: cut between n0 and n1"])
        #expect(file.packets.map(\.comments) == [[], file.marks])
    }

    @Test("one machine's capture is what crosses its own port, and only what was asked for")
    func oneMachine() async throws {
        let rig = try await Rig(3)
        let taken = try CaptureRig(rig, file: false)
        let reader = try taken.reader(of: 1, only: Only(transport: .tcp, port: 6_379), snap: 60)
        let other = Wire.tcp(
            from: Wire.address(0), to: Wire.address(1), payload: [1], ports: (40_000, 80))
        for (wire, from) in [(data(900), 0), (other, 0), (data(10, from: 2, to: 0), 2)] {
            rig.send(wire, from: from)
        }
        rig.send(data(700, from: 1, to: 2), from: 1)
        for (node, count) in [(1, 2), (0, 1), (2, 1)] {
            for _ in 0..<count { _ = rig.receive(at: node) }
        }
        taken.capture.stop()
        let file = try CaptureFile(reader.rest())
        #expect(file.interfaces.map(\.name) == ["n1"])
        #expect(file.interfaces[0].snap == 60)
        #expect(file.packets.map(\.isOutbound) == [false, true])
        #expect(file.packets.map(\.length) == [952, 752])
        #expect(
            file.packets.map(\.data) == [
                Array(bytes(data(900)).prefix(60)),
                Array(bytes(data(700, from: 1, to: 2)).prefix(60)),
            ])
    }

    @Test("a reader that shuts its side gets whole blocks; its port is watched no longer")
    func leaves() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig, file: false)
        let reader = try taken.reader(of: 0)
        rig.send(data(10), from: 0)
        _ = rig.receive(at: 1)
        reader.shut()
        let file = try CaptureFile(reader.rest())
        #expect(file.packets.count == 1 && file.statistics.count == 1)
        // A second one begins anew, and sees nothing of what was between them.
        rig.send(data(20), from: 0)
        _ = rig.receive(at: 1)
        let second = try taken.reader(of: 0)
        rig.send(data(30), from: 0)
        _ = rig.receive(at: 1)
        taken.capture.stop()
        #expect(try CaptureFile(second.rest()).packets.map(\.length) == [82])
    }

    @Test("a ring without room loses packets, never time: all arrive, the lost ones are counted")
    func overflow() async throws {
        let rig = try await Rig(2)
        // A pipe that nobody reads holds the capture's thread up.
        let pipe = try Pipe()
        let taken = try CaptureRig(rig, path: pipe.path, room: 1)
        for number in 0..<100 {
            rig.send(data(40_000, sequence: UInt32(number) * 40_000), from: 0)
            try #require(rig.receive(at: 1) != nil)
        }
        let received = pipe.reader.readOnThread()
        taken.capture.stop()
        pipe.close()
        let file = try CaptureFile(received.take())
        #expect(file.packets.count < 2_800)
        #expect(file.statistics[1].lost == UInt64(2_800 - file.packets.count))
        #expect(file.statistics[1].received == 2_800 && file.statistics[0].received == 0)
        #expect(taken.told.lost == file.statistics[1].lost)
    }

    @Test("whoever reads on behind a gap sees beside the next packet how many are missing")
    func gap() async throws {
        let rig = try await Rig(2)
        let pipe = try Pipe()
        let taken = try CaptureRig(rig, path: pipe.path, room: 1)
        for number in 0..<100 {
            rig.send(data(40_000, sequence: UInt32(number) * 40_000), from: 0)
            try #require(rig.receive(at: 1) != nil)
        }
        let received = pipe.reader.readOnThread()
        try await taken.waitUntilLost()
        rig.send(data(10), from: 0)
        try #require(rig.receive(at: 1) != nil)
        taken.capture.stop()
        pipe.close()
        let file = try CaptureFile(received.take())
        #expect(file.packets.last?.length == 62)
        #expect(file.packets.last?.lost == file.statistics[1].lost)
        #expect(file.packets.dropLast().allSatisfy { $0.lost == 0 })
    }

    @Test("a reader that does not read loses packets; the file beside it loses none")
    func slowReader() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig)
        let reader = try taken.reader(of: 0)
        // More than the reader's socket and its patience hold.
        for number in 0..<600 {
            rig.send(data(60_000, sequence: UInt32(number) * 60_000), from: 0)
            try #require(rig.receive(at: 1) != nil)
        }
        let received = reader.readOnThread()
        let file = try taken.end()
        let shown = try CaptureFile(received.take())
        #expect(file.packets(at: 1, outbound: false).count == 600 * 42)
        #expect(file.statistics.allSatisfy { $0.lost == 0 })
        let lost = try #require(shown.statistics.first?.lost)
        #expect(lost > 0 && UInt64(shown.packets.count) + lost == 600 * 42)
        #expect(taken.told.lost == lost)
    }

    @Test("a file ends before its limit, says so, and is whole")
    func limit() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig, limit: 1_000_000)
        for number in 0..<40 {
            rig.send(data(60_000, sequence: UInt32(number) * 60_000), from: 0)
            try #require(rig.receive(at: 1) != nil)
        }
        try await taken.waitUntilFull()
        let file = try taken.end()
        let size = try Data(contentsOf: URL(filePath: taken.path)).count
        #expect(size > 800_000 && size <= 1_000_000)
        #expect(file.packets.count > 500 && file.statistics.count == 2)
        #expect(taken.told.limit == 1_000_000)
    }

    @Test("a file that the disk refuses is told, and ends with a whole block")
    func fullDisk() async throws {
        let rig = try await Rig(2)
        let taken = try CaptureRig(rig, path: "/dev/full")
        rig.send(data(10), from: 0)
        _ = rig.receive(at: 1)
        taken.capture.stop()
        #expect(taken.told.failure == "No space left on device")
    }
}
