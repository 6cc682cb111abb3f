internal import CLinux
internal import Faults

/// What a bad cable, switch or memory does to a packet: one bit of it turns over.
enum Damage {
    /// Turns one bit of the packet of one segment in a frame, chosen by `draw`, after its checksum was
    /// completed: a receiving kernel believes an open one without looking. It is one of the payload's, or
    /// where there is none one that the transport's checksum is about. `right` computes that checksum
    /// anew, so that the altered bytes arrive. Otherwise the packet must not reach a reader: one bit is
    /// always seen by the checksum, and where there is none (UDP may leave it out, fragments have it in
    /// another one, other protocols are not known) the IP header's is spoilt.
    static func turnBit(of packet: Packet, in frame: FramePointer, right: Bool, draw: UInt32) {
        guard Checksum.complete(frame, length: packet.length) else { return }
        let ip = frame + Frame.ip
        let place = place(of: packet, ip)
        if !place.isEmpty {
            let bit = Int((UInt64(draw) * UInt64(place.count * 8)) >> 32)
            ip[place.lowerBound + bit / 8] ^= 1 << UInt8(bit % 8)
        }
        let field = checksumField(of: packet, ip)
        if right {
            if let field { setChecksum(of: packet, ip, at: field) }
        } else if field == nil || place.isEmpty {
            ip[10] ^= 1
        }
    }

    private static func isFragment(_ ip: FramePointer) -> Bool {
        squall_get16(ip + 6) & 0x3fff != 0
    }

    /// Bytes of which one may be altered.
    private static func place(of packet: Packet, _ ip: FramePointer) -> Range<Int> {
        let (start, length) = (packet.ipHeader, packet.length)
        if isFragment(ip) { return start..<length }
        switch packet.facts.transport {
        case 1 where length >= start + 8:
            return length > start + 8 ? start + 8..<length : start + 4..<length
        case 6 where packet.header > start:
            // Ports, sequence and acknowledgement numbers.
            return length > packet.header ? packet.header..<length : start..<start + 12
        case 17 where packet.header > start:
            return length > packet.header ? packet.header..<length : start..<start + 4
        default: return start..<length
        }
    }

    /// Where the checksum is that speaks for the whole packet, if it has one.
    private static func checksumField(of packet: Packet, _ ip: FramePointer) -> Int? {
        guard !isFragment(ip) else { return nil }
        let start = packet.ipHeader
        switch packet.facts.transport {
        case 1: return packet.length >= start + 8 ? start + 2 : nil
        case 6: return packet.header > start ? start + 16 : nil
        case 17:
            return packet.header > start && squall_get16(ip + start + 6) != 0 ? start + 6 : nil
        default: return nil
        }
    }

    private static func setChecksum(of packet: Packet, _ ip: FramePointer, at field: Int) {
        let (start, length) = (packet.ipHeader, packet.length)
        squall_put16(ip + field, 0)
        var sum = Checksum.sum(ip + start, length - start)
        if packet.facts.transport != 1 {
            sum += UInt64(Checksum.pseudo(ip, length: length - start))
        }
        var checksum = ~Checksum.fold(sum)
        // In UDP zero means "none was made".
        if checksum == 0, packet.facts.transport == 17 { checksum = 0xffff }
        squall_put16(ip + field, checksum)
    }
}
