internal import Glibc
import Testing

@testable import Supervisor

/// The way of packets out of a machine, and the way in that crosses no link.
@Suite(.timeLimit(.minutes(2)))
struct PortTests {
    @Test(arguments: Who.all)
    func `the first packet of a machine that is ready is not lost`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            for attachment in bench.host.attachments {
                for _ in 0..<5 {
                    let first = try await bench.machine("kv-1", last: 2, attachment)
                    let second = try await bench.machine("kv-2", last: 3, attachment)
                    let echo = try await first.pingSocket(to: 0x0A42_0003)
                    let request: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 1] + Array("echo".utf8)
                    #expect(write(echo.number, request, request.count) == request.count)
                    var cable = Cable(first, second)
                    // A lost one would be asked for again after a second, a lost echo never.
                    let there = cable.carry(until: echo.number, within: .milliseconds(800))
                    #expect(there, "\(attachment)")
                    var reply = [UInt8](repeating: 0, count: 64)
                    #expect(read(echo.number, &reply, reply.count) == request.count)
                    #expect(reply[0] == 0 && reply[8..<12].elementsEqual("echo".utf8))
                    #expect(cable.passed == [1, 1])
                    try await first.powerOff()
                    try await second.powerOff()
                }
            }
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `a busy stream leaves a machine in packets larger than its link, if it may`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            for attachment in bench.host.attachments {
                for whole in [true, false] {
                    let largest = try await largestPacket(bench, attachment, whole: whole)
                    #expect(whole ? largest > 10_000 : largest <= 1500, "\(attachment) \(largest)")
                }
            }
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `datagrams leave a machine one by one, to groups too, and no IPv6 does`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            for attachment in bench.host.attachments {
                let first = try await bench.machine("kv-1", last: 2, attachment)
                let second = try await bench.machine("kv-2", last: 3, attachment)
                var cable = Cable(first, second)
                let sender = try await first.socket(
                    domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
                // Ten datagrams in one call, which the machine's kernel has to take apart.
                var size: Int32 = 1400
                let segment: Int32 = 103
                #expect(setsockopt(sender.number, Int32(IPPROTO_UDP), segment, &size, 4) == 0)
                let block = [UInt8](repeating: 7, count: 14_000)
                #expect(send(block, sender.number, internet(0x0A42_0003, port: 7000)) == 14_000)
                let unicast = cable.carry(packets: 10, within: .seconds(2))
                #expect(unicast && cable.largest == 1428, "\(cable.passed) \(cable.largest)")
                // A group of multicast, and the broadcast address of the network.
                for target: UInt32 in [0xEF01_0101, 0x0A42_FFFF] {
                    var on: Int32 = 1
                    setsockopt(sender.number, SOL_SOCKET, SO_BROADCAST, &on, 4)
                    #expect(send([7], sender.number, internet(target, port: 7000)) == 1)
                }
                let many = cable.carry(packets: 12, within: .seconds(2))
                #expect(many, "\(cable.passed)")
                // IPv6 would speak within a second of the device coming up.
                _ = cable.carry(packets: 13, within: .milliseconds(1500))
                #expect(cable.passed[0] == 12 && cable.foreign == 0, "\(cable.foreign) foreign")
            }
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `a socket made inside reaches what is bound to loopback there, and only there`(
        who: Who
    ) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            let server = try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            // A port that an ordinary program may not have on the host.
            let address = internet(0x7F00_0001, port: 80)
            #expect(call(bind, server.number, address) == 0)
            #expect(listen(server.number, 8) == 0)
            let client = try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            let connected = call(connect, client.number, address)
            #expect(connected == 0 || errno == EINPROGRESS)
            let other = try await bench.machine("kv-2", last: 3)
            let stranger = try await other.socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            #expect(call(connect, stranger.number, address) != 0)
            let accepted = accept(server.number, nil, nil)
            #expect(accepted >= 0)
            #expect(write(client.number, "hello", 5) == 5)
            var buffer = [UInt8](repeating: 0, count: 8)
            #expect(read(accepted, &buffer, 8) == 5)
            close(accepted)
            await bench.host.end()
        }
    }

    @Test(arguments: Who.all)
    func `connections to an address are reset at both ends`(who: Who) async {
        await #expect(processExitsWith: .success) { [who = who as Who] in
            who.become()
            let bench = try await Bench.start()
            let machine = try await bench.machine()
            // Both ends in one machine, the server on `::` as most are.
            let server = try await machine.socket(
                domain: AF_INET6, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            var any = sockaddr_in6()
            any.sin6_family = sa_family_t(AF_INET6)
            any.sin6_port = UInt16(7000).bigEndian
            #expect(call(bind, server.number, any) == 0)
            #expect(listen(server.number, 8) == 0)
            let client = try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
            let connected = call(connect, client.number, internet(0x0A42_0002, port: 7000))
            #expect(connected == 0 || errno == EINPROGRESS)
            let accepted = accept(server.number, nil, nil)
            #expect(accepted >= 0)
            let none = try await machine.resetConnections(to: 0x0A42_0009)
            #expect(none == 0, "\(none)")
            let both = try await machine.resetConnections(to: 0x0A42_0002)
            #expect(both == 2, "\(both)")
            var byte: UInt8 = 0
            let count = read(client.number, &byte, 1)
            let error = errno
            #expect(count < 0 && (error == ECONNABORTED || error == ECONNRESET), "\(error)")
            close(accepted)
            await bench.host.end()
        }
    }

    @Test
    func `settings of the kernel are a machine's own`() async throws {
        let bench = try await Bench.start()
        let machine = try await bench.machine {
            $0.settings = [(name: "net.ipv4.tcp_retries2", value: "5")]
        }
        let other = try await bench.machine("kv-2", last: 3)
        let path = "/proc/sys/net/ipv4/tcp_retries2"
        expect(try await bench.shell("cat \(path)", in: machine).output, is: "5\n")
        expect(try await bench.shell("cat \(path)", in: other).output, is: contents(path))
        await #expect(
            throws: MachineError.refused(
                call: "sysctl of net/ipv4/no_such", code: ENOENT, help: nil)
        ) {
            try await bench.machine("kv-3", last: 4) {
                $0.settings = [(name: "net.ipv4.no_such", value: "1")]
            }
        }
        await bench.host.end()
    }
}

/// Sends from one machine to another until a packet is large, or the stream is through; returns the
/// largest IP packet that the first one's port gave.
private func largestPacket(
    _ bench: Bench, _ attachment: Supervisor.Attachment, whole: Bool
) async throws -> Int {
    let first = try await bench.machine("kv-1", last: 2, attachment) {
        $0.segmentationOffload = whole
    }
    let second = try await bench.machine("kv-2", last: 3, attachment) {
        $0.segmentationOffload = whole
    }
    let server = try await second.socket(
        domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
    let address = internet(0x0A42_0003, port: 7000)
    #expect(call(bind, server.number, address) == 0)
    #expect(listen(server.number, 8) == 0)
    let client = try await first.socket(
        domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
    _ = call(connect, client.number, address)
    var cable = Cable(first, second)
    let connected = cable.carry(until: server.number, within: .seconds(2))
    #expect(connected)
    let accepted = accept(server.number, nil, nil)
    defer { close(accepted) }
    let block = [UInt8](repeating: 7, count: 200_000)
    var received = 0
    var sent = 0
    var buffer = [UInt8](repeating: 0, count: 200_000)
    while received < 1_000_000 {
        if sent < 1_000_000 { sent += max(0, write(client.number, block, block.count)) }
        guard cable.carry(until: accepted, within: .seconds(2)) else { break }
        received += max(0, read(accepted, &buffer, buffer.count))
    }
    #expect(received >= 1_000_000)
    try await first.powerOff()
    try await second.powerOff()
    return cable.largest
}

/// `sendto`.
private func send(_ bytes: [UInt8], _ socket: Int32, _ target: sockaddr_in) -> Int {
    withUnsafePointer(to: target) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            sendto(socket, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

/// An address in host byte order, with a port.
private func internet(_ address: UInt32, port: UInt16) -> sockaddr_in {
    var result = sockaddr_in()
    result.sin_family = sa_family_t(AF_INET)
    result.sin_port = port.bigEndian
    result.sin_addr.s_addr = address.bigEndian
    return result
}

/// `bind` or `connect` with an address of any family.
private func call<Address>(
    _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: Int32,
    _ address: Address
) -> Int32 {
    withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            function(socket, $0, socklen_t(MemoryLayout<Address>.size))
        }
    }
}
