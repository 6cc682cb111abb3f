internal import CLinux
internal import Faults

/// What the switch knows of the packet in a frame, after checking that nothing in it points outside.
struct Packet: BitwiseCopyable {
    /// Bytes of the IP packet.
    var length: Int
    /// Bytes of the IP header.
    var ipHeader: Int
    /// Bytes of the IP and, where it is known, transport header.
    var header: Int
    /// Wire packets that it stands for; at least 1.
    var segments: Int
    /// Payload bytes in each of them but the last; 0 when it is one.
    var segmentSize: Int
    /// Receiver, in host order.
    var destination: UInt32
    /// What filters look at.
    var facts: PacketFacts
    /// TCP flags; 0 for other protocols.
    var flags: UInt8

    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let rst: UInt8 = 4
    static let psh: UInt8 = 8
    static let ack: UInt8 = 16
    static let cwr: UInt8 = 128

    /// Bytes on the wire: the headers are sent with each segment.
    var wireBytes: Int { length + (segments - 1) * header }

    /// Whether it begins a TCP connection.
    var opens: Bool { flags & (Self.syn | Self.ack) == Self.syn }

    /// Looks at the IPv4 packet in a frame, of which `available` bytes were read after the virtio
    /// header (and Ethernet header). Tidies the virtio header up: flags that mean nothing here are
    /// cleared, and `hdr_len` becomes the headers' true length. `nil` when it is broken.
    static func parse(_ frame: FramePointer, available: Int) -> Packet? {
        let ip = frame + Frame.ip
        guard available >= 20, ip[0] >> 4 == 4 else { return nil }
        let ipHeader = Int(ip[0] & 15) * 4
        let length = Int(squall_get16(ip + 2))
        guard ipHeader >= 20, length >= ipHeader, length <= available else { return nil }

        var packet = Packet(
            length: length, ipHeader: ipHeader, header: ipHeader, segments: 1, segmentSize: 0,
            destination: squall_get32(ip + 16),
            facts: PacketFacts(transport: ip[9], begins: ip[9] != 6 && ip[9] != 1), flags: 0)
        let fragment = squall_get16(ip + 6)
        if fragment & 0x1fff == 0 { packet.readTransport(ip) }
        if fragment & 0x3fff != 0 { packet.facts.carries = false }

        frame[Frame.flags] &= Frame.needsChecksum
        if frame[Frame.flags] != 0 {
            let start = Int(squall_get16_native(frame + Frame.checksumStart))
            let offset = Int(squall_get16_native(frame + Frame.checksumOffset))
            guard start >= ipHeader, start + offset + 2 <= length else { return nil }
        }
        guard frame[Frame.gsoType] != Frame.gsoNone else {
            squall_put16_native(frame + Frame.headerLength, 0)
            squall_put16_native(frame + Frame.gsoSize, 0)
            return packet
        }
        return packet.readSegments(frame, fragmented: fragment & 0x3fff != 0) ? packet : nil
    }

    private mutating func readTransport(_ ip: FramePointer) {
        let at = ip + ipHeader
        let rest = length - ipHeader
        switch facts.transport {
        case 6:
            guard rest >= 20 else { return }
            let bytes = Int(at[12] >> 4) * 4
            guard bytes >= 20, bytes <= rest else { return }
            header = ipHeader + bytes
            flags = at[13]
            facts.begins = opens
        case 17:
            guard rest >= 8 else { return }
            header = ipHeader + 8
        case 1:
            // Questions: echo, timestamp, address mask.
            guard rest >= 8 else { return }
            facts.begins = at[0] == 8 || at[0] == 13 || at[0] == 17
            facts.carries = rest > 8
            return
        default: return
        }
        facts.carries = length > header
        facts.source = squall_get16(at)
        facts.destination = squall_get16(at + 2)
    }

    /// Several segments in one: only TCP, and UDP whose sender asked for it, and only with the
    /// checksum left open, are understood.
    private mutating func readSegments(_ frame: FramePointer, fragmented: Bool) -> Bool {
        let kind = frame[Frame.gsoType] & ~Frame.gsoECN
        let size = Int(squall_get16_native(frame + Frame.gsoSize))
        let known =
            kind == Frame.gsoTCP4 && facts.transport == 6
            || kind == Frame.gsoUDP && facts.transport == 17
        let payload = length - header
        guard known, header > ipHeader, !fragmented, size > 0, payload > 0,
            frame[Frame.flags] & Frame.needsChecksum != 0,
            Int(squall_get16_native(frame + Frame.checksumStart)) == ipHeader
        else { return false }
        segments = (payload + size - 1) / size
        segmentSize = size
        squall_put16_native(frame + Frame.headerLength, UInt16(header))
        return segments <= Frame.mostSegments
    }
}
