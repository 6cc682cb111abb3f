internal import Glibc

@testable import Supervisor

/// The least that can be between two ports: what comes from one goes to the other, and address
/// requests are answered. It knows no faults; the switch is another room's.
struct Cable {
    private let ports: [Port]
    /// IP packets that came from each port.
    private(set) var passed = [0, 0]
    /// What came and is neither IPv4 nor a request for an address.
    private(set) var foreign = 0
    /// Bytes of the largest IP packet so far.
    private(set) var largest = 0

    init(_ first: Machine, _ second: Machine) { ports = [first.port, second.port] }

    /// Carries packets until a descriptor is readable; false when the deadline comes first.
    mutating func carry(until descriptor: Int32, within limit: Duration) -> Bool {
        carry(within: limit, descriptor) { _ in false }
    }

    /// Carries packets until so many came from the first port; false when the deadline comes first.
    mutating func carry(packets count: Int, within limit: Duration) -> Bool {
        carry(within: limit, -1) { $0.passed[0] >= count }
    }

    private mutating func carry(
        within limit: Duration, _ descriptor: Int32, until isEnough: (Cable) -> Bool
    ) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isEnough(self) {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            var watched = [descriptor, ports[0].descriptor.number, ports[1].descriptor.number]
                .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard left > 0, poll(&watched, 3, Int32(left)) > 0 else { return false }
            if watched[0].revents != 0 { return true }
            for side in 0...1 where watched[side + 1].revents != 0 { pass(from: side) }
        }
        return true
    }

    private mutating func pass(from side: Int) {
        var packet = [UInt8](repeating: 0, count: 70_000)
        let length = read(ports[side].descriptor.number, &packet, packet.count)
        guard length > 0 else { return }
        packet.removeLast(packet.count - length)
        let header = Port.virtioHeaderSize
        if ports[side].attachment == .veth {
            let kind = packet[header + 12..<header + 14]
            if kind.elementsEqual([0x08, 0x06]) { return answer(packet, from: side) }
        }
        guard packet[header + ports[side].attachment.linkHeaderSize] >> 4 == 4 else {
            foreign += 1
            return
        }
        if ports[side].attachment == .veth { address(&packet) }
        passed[side] += 1
        largest = max(largest, packet.count - header - ports[side].attachment.linkHeaderSize)
        _ = write(ports[1 - side].descriptor.number, packet, packet.count)
    }

    /// A machine's frames are for its router; who gets them is said by the IP address.
    private func address(_ packet: inout [UInt8]) {
        let frame = Port.virtioHeaderSize
        let target = packet[frame + 30..<frame + 34]
        guard let first = target.first, first < 224 else { return }
        packet.replaceSubrange(frame..<frame + 6, with: [0x02, 0x00] + target)
    }

    /// The address of every machine is made from its IPv4 address, so who is asked for is the answer.
    private func answer(_ request: [UInt8], from side: Int) {
        let frame = Array(request[Port.virtioHeaderSize...])
        let sender = Array(frame[6..<12])
        let senderAddress = Array(frame[28..<32])
        let target = Array(frame[38..<42])
        let mac: [UInt8] = [0x02, 0x00] + target
        let reply =
            [UInt8](repeating: 0, count: Port.virtioHeaderSize)
            + sender + mac + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2]
            + mac + target + sender + senderAddress
        _ = write(ports[side].descriptor.number, reply, reply.count)
    }
}
