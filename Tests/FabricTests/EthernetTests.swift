import Cluster
import Fabric
import Faults
import Testing

@Suite("Ethernet ports", .serialized)
struct EthernetTests {
    private func hardware(_ node: Int) -> [UInt8] {
        IPv4Address(Wire.address(node)).hardwareAddress
    }

    /// A packet as a veth has it: its header counts from the Ethernet header.
    private func framed(
        _ wire: Wire, to: [UInt8], from: [UInt8], type: [UInt8] = [8, 0]
    ) -> [UInt8] {
        var header = Array(wire.bytes.prefix(10))
        if header[0] & 1 != 0 { header[6] += 14 }
        if header[1] != 0 { header[2] += 14 }
        return header + to + from + type + wire.ip
    }

    private func question(_ asker: Int, for wanted: UInt32) -> [UInt8] {
        let body =
            [0, 1, 8, 0, 6, 4, 0, 1] + hardware(asker) + Wire.put32(Wire.address(asker))
            + [0, 0, 0, 0, 0, 0] + Wire.put32(wanted)
        return [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 0xff, count: 6)
            + hardware(asker) + [8, 6] + body
    }

    @Test(
        "every pair of kinds understands each other, checksum offsets included",
        arguments: [Set([0]), [1], [0, 1], []])
    func kinds(frames: Set<Int>) async throws {
        let rig = try await Rig(2, frames: frames)
        let wires = [
            Wire.tcp(from: Wire.address(0), to: Wire.address(1), payload: [1, 2, 3]),
            Wire.tcp(
                from: Wire.address(0), to: Wire.address(1),
                payload: [UInt8](repeating: 3, count: 30_000), flags: 0x98),
            Wire.icmp(from: Wire.address(0), to: Wire.address(1), payload: [9]),
        ]
        for wire in wires {
            rig.send(
                frames.contains(0)
                    ? framed(wire, to: hardware(1), from: hardware(0)) : wire.bytes, from: 0)
            let wanted =
                frames.contains(1)
                ? framed(wire, to: hardware(1), from: hardware(0)) : wire.bytes
            #expect(rig.receive(at: 1)?.bytes == wanted)
        }
    }

    @Test("a cut run keeps its header right on an Ethernet port")
    func runs() async throws {
        let rig = try await Rig(2, seed: 3, frames: [0, 1])
        await rig.install([try fault(1, .loss(percent(30)), [link(0, 1)])])
        let payload = [UInt8](repeating: 3, count: 40_000)
        let wire = Wire.tcp(from: Wire.address(0), to: Wire.address(1), payload: payload)
        rig.send(framed(wire, to: hardware(1), from: hardware(0)), from: 0)
        _ = try await rig.counters("28 packets") { $0.link(0, 1)?.packets == 28 }
        let pieces = rig.drain(at: 1)
        #expect(pieces.count > 1)
        for piece in pieces {
            var header = Array(piece.bytes.prefix(10))
            header[6] -= 14
            if header[1] != 0 { header[2] -= 14 }
            let plain = Wire(bytes: header + piece.bytes.dropFirst(24))
            #expect(plain.wirePackets.allSatisfy { $0.isValid })
        }
    }

    @Test("multicast and broadcast have the Ethernet addresses that belong to them")
    func groups() async throws {
        let rig = try await Rig(2, frames: [1])
        for (to, hardware) in [
            (0xe001_0203, [0x01, 0x00, 0x5e, 0x01, 0x02, 0x03]),
            (0xef81_0203, [0x01, 0x00, 0x5e, 0x01, 0x02, 0x03]),
            (0x0a42_ffff, [UInt8](repeating: 0xff, count: 6)),
        ] as [(UInt32, [UInt8])] {
            rig.send(Wire.udp(from: Wire.address(0), to: to, payload: [1]), from: 0)
            let frame = try #require(rig.receive(at: 1))
            #expect(Array(frame.bytes[10..<16]) == hardware)
        }
    }

    @Test("the switch answers for every machine, and forwards no question")
    func addressQuestions() async throws {
        let rig = try await Rig(3, frames: [0, 1, 2])
        rig.send(question(0, for: Wire.address(1)), from: 0)
        let answer = try #require(rig.receive(at: 0)).bytes
        #expect(Array(answer[10..<24]) == hardware(0) + hardware(1) + [8, 6])
        #expect(
            Array(answer[24...])
                == [0, 1, 8, 0, 6, 4, 0, 2] + hardware(1) + Wire.put32(Wire.address(1))
                + hardware(0) + Wire.put32(Wire.address(0)))
        #expect(rig.drain(at: 1).isEmpty)
        #expect(rig.drain(at: 2).isEmpty)
        let counters = try await rig.fabric.counters()
        #expect(counters.ports[0].answered == 1)
    }

    @Test("nobody answers for strangers, for oneself, or to a muted machine")
    func unanswered() async throws {
        let rig = try await Rig(2, frames: [0, 1])
        rig.send(question(0, for: Wire.address(40)), from: 0)
        rig.send(question(0, for: Wire.address(0)), from: 0)
        rig.send(question(0, for: 0x0808_0808), from: 0)
        let machines = [NodeID(0), NodeID(1)]
        rig.send([UInt8](repeating: 0, count: 22) + [0x86, 0xdd, 1, 2, 3], from: 0)
        _ = try await rig.counters("read so far") { $0.ports[0].foreign == 1 }
        await rig.install([.mute(FaultID(1), ports: [machines[0]], among: machines)])
        rig.send(question(0, for: Wire.address(1)), from: 0)
        rig.send([UInt8](repeating: 0, count: 23), from: 0)
        rig.send([UInt8](repeating: 0, count: 22) + [0x86, 0xdd, 1, 2, 3], from: 0)
        let counters = try await rig.counters("all read") { $0.ports[0].foreign == 2 }
        #expect(counters.ports[0].answered == 0)
        #expect(counters.ports[0].malformed == 1)
        #expect(rig.drain(at: 0).isEmpty)
    }
}
