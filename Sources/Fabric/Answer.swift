internal import CLinux
internal import Cluster
internal import Faults

/// What the switch itself tells a sender, as a router or a firewall in the line would: a TCP reset, or
/// "unreachable" of ICMP with the beginning of the packet that it is about. Never about errors of ICMP,
/// fragments but the first, or what was sent to many (RFC 1122, §3.2.2), and never more than one for a
/// packet. The answer comes from the address that was asked, crosses no link, and is left out when the
/// sender's kernel does not take it at once.
extension Switch {
    /// Headers of the longest kind, and what is quoted.
    static let answerRoom = Frame.ip + 160

    private static let unreachable: UInt8 = 3
    private static let port: UInt8 = 3
    private static let tooBig: UInt8 = 4
    private static let prohibited: UInt8 = 13

    /// Answers the packet in the buffer, about its segment of that number.
    mutating func answer(
        _ packet: Packet, _ segment: Int, _ answer: Decision.Answer, fits: UInt16,
        from sender: UInt16
    ) {
        let question = buffer + Frame.ip
        guard squall_get32(question + 12) == ports[Int(sender)].address,
            squall_get16(question + 6) & 0x1fff == 0, packet.destination >> 28 < 14,
            packet.destination != Self.network << 16 | 0xffff,
            ports[Int(sender)].blockedHead == Slab.none
        else { return }
        let length: Int
        switch packet.facts.transport {
        case 6 where answer == .refusal:
            guard packet.header > packet.ipHeader, packet.flags & Packet.rst == 0 else { return }
            length = writeReset(packet)
        case 1 where !Self.isQuestion(question[packet.ipHeader], packet): return
        default:
            let code =
                answer == .tooBig
                ? Self.tooBig : packet.facts.transport == 17 ? Self.port : Self.prohibited
            length = writeUnreachable(packet, segment, code, fits: answer == .tooBig ? fits : 0)
        }
        guard ports[Int(sender)].write(answerFrame, head: length) == 0 else { return }
        noteAnswer(length, to: sender)
    }

    /// Errors of ICMP are not answered; its questions and their answers are.
    private static func isQuestion(_ type: UInt8, _ packet: Packet) -> Bool {
        packet.length >= packet.ipHeader + 8 && [0, 8, 13, 14, 17, 18].contains(type)
    }

    /// RFC 9293, §3.5.2: a packet without ACK gets its length acknowledged.
    private func writeReset(_ packet: Packet) -> Int {
        let question = buffer + Frame.ip
        let asked = question + packet.ipHeader
        let length = 40
        writeHeader(of: length, transport: 6)
        let reset = answerFrame + Frame.ip + 20
        reset.update(repeating: 0, count: 20)
        squall_put16(reset, squall_get16(asked + 2))
        squall_put16(reset + 2, squall_get16(asked))
        reset[12] = 0x50
        if packet.flags & Packet.ack != 0 {
            squall_put32(reset + 4, squall_get32(asked + 8))
            reset[13] = Packet.rst
        } else {
            let flags = UInt32(packet.flags & Packet.syn) >> 1 + UInt32(packet.flags & Packet.fin)
            let taken = UInt32(packet.length - packet.header) + flags
            squall_put32(reset + 8, squall_get32(asked + 4) &+ taken)
            reset[13] = Packet.rst | Packet.ack
        }
        let ip = answerFrame + Frame.ip
        let sum = Checksum.sum(reset, 20, adding: UInt64(Checksum.pseudo(ip, length: 20)))
        squall_put16(reset + 16, ~Checksum.fold(sum))
        return length
    }

    /// RFC 792 and 1191: the IP header and eight bytes of what was sent.
    private func writeUnreachable(
        _ packet: Packet, _ segment: Int, _ code: UInt8, fits: UInt16
    ) -> Int {
        var quoted = buffer + Frame.ip
        if packet.segments > 1 {
            _ = packet.writeHeaders(of: segment..<segment + 1, from: buffer, into: scratch)
            quoted = scratch + Frame.ip
        }
        let quote = min(packet.ipHeader + 8, packet.length)
        let length = 28 + quote
        writeHeader(of: length, transport: 1)
        let message = answerFrame + Frame.ip + 20
        message.update(repeating: 0, count: 8)
        message[0] = Self.unreachable
        message[1] = code
        squall_put16(message + 6, fits)
        (message + 8).update(from: quoted, count: quote)
        squall_put16(message + 2, ~Checksum.fold(Checksum.sum(message, length - 20)))
        return length
    }

    /// From the one who was asked to the one who asked.
    private func writeHeader(of length: Int, transport: UInt8) {
        let question = buffer + Frame.ip
        answerFrame.update(repeating: 0, count: Frame.ip + 20)
        let ip = answerFrame + Frame.ip
        ip[0] = 0x45
        squall_put16(ip + 2, UInt16(length))
        ip[8] = 64
        ip[9] = transport
        (ip + 12).update(from: question + 16, count: 4)
        (ip + 16).update(from: question + 12, count: 4)
        Checksum.setHeader(ip, 20)
    }

    private mutating func noteAnswer(_ length: Int, to sender: UInt16) {
        guard logRoom > 0, let packet = Packet.parse(answerFrame, available: length) else { return }
        let asked = squall_get32(answerFrame + Frame.ip + 12)
        let link = links.number(owners[Int(asked & 0xffff)], sender)
        note(packet, 0..<1, links.state(link), .passed, at: squall_monotonic_ns())
    }
}
