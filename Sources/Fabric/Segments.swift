internal import CLinux
internal import Faults

/// Cutting a packet of many segments into runs whose segments share a fate. Each run is again one
/// packet of many segments, so that a lost segment does not cost its neighbours their speed.
extension Packet {
    /// Payload bytes of the segments in `run`, counted from the first payload byte.
    func bytes(of run: Range<Int>) -> Range<Int> {
        let payload = length - header
        return run.lowerBound
            * segmentSize..<(run.upperBound == segments ? payload : run.upperBound * segmentSize)
    }

    /// Writes the headers of one run of segments into another frame, as the sender's kernel would have
    /// written them: IP length, identification and checksum, TCP sequence number, FIN and PSH only on
    /// the last segment, CWR only on the first, UDP length, the open checksum's seed. A run of one is
    /// an ordinary packet. The payload is not copied. The answer describes the new packet.
    func writeHeaders(
        of run: Range<Int>, from frame: FramePointer, into other: FramePointer
    ) -> Packet {
        let part = bytes(of: run)
        other.update(from: frame, count: Frame.ip + header)
        let ip = other + Frame.ip
        let transport = ip + ipHeader

        var cut = self
        cut.length = header + part.count
        cut.segments = run.count
        squall_put16(ip + 2, UInt16(cut.length))
        squall_put16(ip + 4, squall_get16(ip + 4) &+ UInt16(run.lowerBound))
        Checksum.setHeader(ip, ipHeader)

        let seed = Checksum.pseudo(ip, length: cut.length - ipHeader)
        if facts.transport == 6 {
            let sequence = squall_get32(transport + 4) &+ UInt32(part.lowerBound)
            squall_put32(transport + 4, sequence)
            if run.upperBound < segments { transport[13] &= ~(Packet.fin | Packet.psh) }
            if run.lowerBound > 0 {
                transport[13] &= ~Packet.cwr
                other[Frame.gsoType] &= ~Frame.gsoECN
            }
            cut.flags = transport[13]
            squall_put16(transport + 16, seed)
        } else {
            squall_put16(transport + 4, UInt16(cut.length - ipHeader))
            squall_put16(transport + 6, seed)
        }
        if run.count == 1 {
            cut.segmentSize = 0
            other[Frame.gsoType] = Frame.gsoNone
            squall_put16_native(other + Frame.gsoSize, 0)
            squall_put16_native(other + Frame.headerLength, 0)
        }
        return cut
    }

    /// Copies one run of segments into another frame, payload included.
    func copy(_ run: Range<Int>, from frame: FramePointer, into other: FramePointer) -> Packet {
        let cut = writeHeaders(of: run, from: frame, into: other)
        let part = bytes(of: run)
        (other + Frame.ip + header).update(
            from: frame + Frame.ip + header + part.lowerBound, count: part.count)
        return cut
    }
}
