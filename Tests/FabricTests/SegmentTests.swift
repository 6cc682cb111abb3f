import Testing

@testable import Fabric

/// A frame in memory, filled from a wire.
final class FrameMemory {
    let pointer: FramePointer

    init(_ wire: Wire? = nil) {
        pointer = .allocate(capacity: Frame.room)
        pointer.initialize(repeating: 0xee, count: Frame.room)
        guard let wire else { return }
        for (index, byte) in wire.bytes.prefix(10).enumerated() { pointer[index] = byte }
        for (index, byte) in wire.ip.enumerated() { pointer[Frame.ip + index] = byte }
    }

    deinit { pointer.deallocate() }

    func wire(_ length: Int) -> Wire {
        Wire(
            bytes: (0..<10).map { pointer[$0] }
                + (0..<length).map { pointer[Frame.ip + $0] })
    }
}

@Suite("Wire packets")
struct SegmentTests {
    static let flags: [UInt8] = [0x10, 0x18, 0x11, 0x90, 0x99]

    private func random(_ dice: inout Dice) -> Wire {
        let (from, to) = (Wire.address(dice.below(9)), Wire.address(9 + dice.below(9)))
        let size = 1 + dice.below(2_000)
        let payload = dice.bytes(size + 1 + dice.below(min(20 * size, 60_000 - size)))
        if dice.below(4) == 0 { return .udp(from: from, to: to, payload: payload, segment: size) }
        return .tcp(
            from: from, to: to, payload: payload, segment: size,
            sequence: UInt32(truncatingIfNeeded: dice.bits()),
            flags: Self.flags[dice.below(Self.flags.count)], options: dice.below(11),
            ipOptions: dice.below(3), id: dice.below(65_536))
    }

    @Test("runs stand for exactly the wire packets they were cut from", arguments: 0..<200)
    func runs(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let whole = random(&dice)
        let memory = FrameMemory(whole)
        let packet = try #require(
            Packet.parse(memory.pointer, available: whole.ip.count), "seed \(seed)")
        let wanted = whole.wirePackets
        #expect(packet.segments == wanted.count)
        #expect(packet.wireBytes == wanted.reduce(0) { $0 + $1.ip.count })

        var pieces: [Wire] = []
        var first = 0
        while first < packet.segments {
            let run = first..<first + 1 + dice.below(packet.segments - first)
            let other = FrameMemory()
            defer { withExtendedLifetime(other) {} }
            let cut = packet.copy(run, from: memory.pointer, into: other.pointer)
            let piece = other.wire(cut.length)
            #expect(piece.segments == run.count)
            #expect(piece.isWhole == (run.count == 1))
            pieces += piece.wirePackets
            // What was cut out is again a packet that the switch understands.
            let again = Packet.parse(other.pointer, available: cut.length)
            #expect(again?.segments == run.count)
            #expect(again?.header == packet.header)
            first = run.upperBound
        }
        #expect(pieces.map(\.completed) == wanted.map(\.completed), "seed \(seed)")
        #expect(pieces.allSatisfy { $0.isValid }, "seed \(seed)")
    }

    @Test("a completed checksum is the one that the plain method gives", arguments: 0..<200)
    func completion(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let payload = dice.bytes(dice.below(1_400))
        let (from, to) = (Wire.address(0), Wire.address(1))
        let wire =
            dice.below(2) == 0
            ? Wire.udp(from: from, to: to, payload: payload)
            : Wire.tcp(from: from, to: to, payload: payload, ipOptions: dice.below(3))
        let memory = FrameMemory(wire)
        #expect(Checksum.complete(memory.pointer, length: wire.ip.count))
        #expect(memory.wire(wire.ip.count) == wire.completed, "seed \(seed)")
        #expect(wire.completed.isValid)
    }

    @Test("a UDP checksum that comes out as zero is sent as all ones")
    func zeroUDP() {
        // The payload is chosen so that everything adds up to all ones.
        var wire = Wire.udp(from: Wire.address(0), to: Wire.address(1), payload: [0, 0])
        let sum = wire.completed
        let field = Wire.get16(sum.transport, 6)
        wire = Wire.udp(from: Wire.address(0), to: Wire.address(1), payload: Wire.put16(field))
        let memory = FrameMemory(wire)
        Checksum.complete(memory.pointer, length: wire.ip.count)
        #expect(Wire.get16(memory.wire(wire.ip.count).transport, 6) == 0xffff)
    }

    @Test("a packet of many segments is not completed as a whole")
    func refusesGSO() {
        let wire = Wire.tcp(
            from: Wire.address(0), to: Wire.address(1),
            payload: [UInt8](repeating: 1, count: 5_000))
        let memory = FrameMemory(wire)
        withExtendedLifetime(memory) {
            #expect(!Checksum.complete(memory.pointer, length: wire.ip.count))
        }
    }
}
