import Cluster
import Fabric
import Faults
import Testing

@Suite("Hostile packets", .serialized)
struct HostilePacketTests {
    private func seedPackets() -> [[UInt8]] {
        let (a, b) = (Wire.address(0), Wire.address(1))
        let large = [UInt8](repeating: 5, count: 9_000)
        let arp: [UInt8] =
            [UInt8](repeating: 0, count: 22) + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
            + [UInt8](repeating: 2, count: 20)
        return [
            Wire.tcp(from: a, to: b, payload: [1, 2, 3]).bytes,
            Wire.tcp(from: a, to: b, payload: large, flags: 0x9b, ipOptions: 2).bytes,
            Wire.udp(from: a, to: b, payload: [1]).bytes,
            Wire.udp(from: a, to: 0xe000_0001, payload: large, segment: 700).bytes,
            Wire.icmp(from: a, to: b, payload: [1, 2]).bytes,
            arp,
        ]
    }

    /// Changes some bytes, mostly in headers; sometimes cuts the packet or lengthens it.
    private func mutate(_ packet: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var packet = packet
        for _ in 0..<dice.below(6) {
            let reach = dice.below(3) == 0 ? packet.count : min(80, packet.count)
            guard reach > 0 else { continue }
            let interesting: [UInt8] = [0, 1, 0x45, 0x4f, 0x7f, 0x80, 0xff, 14, 20]
            packet[dice.below(reach)] =
                dice.below(2) == 0
                ? interesting[dice.below(interesting.count)]
                : UInt8(truncatingIfNeeded: dice.bits())
        }
        switch dice.below(8) {
        case 0: packet.removeLast(dice.below(packet.count))
        case 1: packet += dice.bytes(dice.below(200))
        case 2: packet = dice.bytes(1 + dice.below(120))
        default: break
        }
        return packet.isEmpty ? [0] : packet
    }

    @Test(
        "40,000 mutated packets, under every kind of fault: none crashes the switch, what comes out is whole",
        arguments: [false, true])
    func fuzz(frames: Bool) async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var dice = Dice(seed: seed)
        let rig = try await Rig(3, frames: frames ? [0] : [])
        let machines = (0..<3).map { NodeID(UInt16($0)) }
        let all = Links.between(machines, and: machines)
        let tables: [[LinkFault]] = [
            [], [try fault(1, .loss(percent(30)), all)],
            [
                try fault(
                    2, .delay(Delay(.microseconds(300), jitter: .microseconds(200))), all),
                try fault(3, .loss(percent(10)), all),
            ],
            [try fault(4, .hold, all)],
            [try fault(5, .cut, all, only: Only(transport: .tcp, port: 6_379))],
            [try fault(6, .corrupt(percent(60)), all), try fault(7, .duplicate(percent(30)), all)],
            [
                try fault(8, .corrupt(percent(60), right: true), all),
                try fault(9, .reorder(percent(30), within: .microseconds(300)), all),
            ],
            [try fault(10, .mtu(300), all), try fault(11, .refuse, all)],
            [
                try fault(12, .limit(Limit(Bandwidth(bitsPerSecond: 800_000_000))), all),
                try fault(
                    13, .delay(Delay(.microseconds(200))), all,
                    only: Only(transport: .udp, port: nil)),
                try fault(14, .hold, all, only: Only(transport: nil, port: 53)),
                try fault(15, .corrupt(percent(50)), all),
            ],
        ]
        let packets = seedPackets()
        for round in 0..<200 {
            await rig.install(tables[round % tables.count])
            for _ in 0..<100 {
                rig.send(mutate(packets[dice.below(packets.count)], &dice), from: 0)
            }
            for node in 1..<3 {
                for piece in rig.drain(at: node) {
                    #expect(piece.bytes.count >= 30, "seed \(seed)")
                    #expect(piece.ipLength == piece.ip.count, "seed \(seed)")
                }
            }
        }
        // It still works.
        await rig.install([])
        let marker = Wire.udp(from: Wire.address(1), to: Wire.address(2), payload: [77, 78, 79])
        rig.send(marker, from: 1)
        var found = false
        while !found, let piece = rig.receive(at: 2) { found = piece == marker }
        #expect(found, "seed \(seed)")
        let counters = try await rig.fabric.counters()
        #expect(counters.ports[0].malformed > 0)
    }

    @Test("broken packets are counted and go nowhere")
    func broken() async throws {
        let rig = try await Rig(2)
        let good = Wire.tcp(from: Wire.address(0), to: Wire.address(1), payload: [1, 2, 3]).bytes
        func changed(_ at: Int, _ value: UInt8) -> [UInt8] {
            var bytes = good
            bytes[at] = value
            return bytes
        }
        let broken: [[UInt8]] = [
            Array(good.prefix(9)), Array(good.prefix(29)), Array(good.dropLast()),
            changed(10, 0x65),  // version 6
            changed(10, 0x44),  // a header of 16 bytes
            changed(10, 0x4f),  // a header longer than the packet
            changed(13, 3),  // shorter than its header
            changed(1, 4),  // an unknown kind of many segments
            changed(1, 1),  // many segments of size 0
            changed(6, 60),  // a checksum beyond the end
            changed(6, 2),  // a checksum inside the IP header
        ]
        for bytes in broken { rig.send(bytes, from: 0) }
        let counters = try await rig.counters("all are counted") {
            $0.ports[0].malformed == UInt64(broken.count)
        }
        #expect(counters.links.isEmpty)
        #expect(rig.drain(at: 1).isEmpty)
    }

    @Test("fragments pass, and only their first has ports")
    func fragments() async throws {
        let rig = try await Rig(2)
        await rig.install([
            try fault(1, .cut, [link(0, 1)], only: Only(transport: .tcp, port: 6_379))
        ])
        var wire = Wire.tcp(from: Wire.address(0), to: Wire.address(1), payload: [1, 2, 3])
        wire.bytes.replaceSubrange(16..<18, with: [0x00, 0x10])
        rig.send(wire, from: 0)
        #expect(rig.receive(at: 1) == wire)
    }

    @Test("what lies behind the IP packet in a frame is not passed on")
    func padding() async throws {
        let rig = try await Rig(2)
        let wire = Wire.icmp(from: Wire.address(0), to: Wire.address(1), payload: [1])
        rig.send(wire.bytes + [0xde, 0xad], from: 0)
        #expect(rig.receive(at: 1) == wire)
    }
}
