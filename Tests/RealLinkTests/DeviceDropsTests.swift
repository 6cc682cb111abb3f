import Fabric
import Glibc
import Supervisor
import Testing

/// What a machine's own kernel drops before the switch could see it.
@Suite("Drops at a machine's device", .serialized)
struct DeviceDropsTests {
    @Test("what a full device drops is counted by the machine's kernel, and read from outside")
    func full() async throws {
        try #require(
            access("/dev/net/tun", R_OK | W_OK) == 0, "needs root, or /dev/net/tun for all")
        let host = try await MachineHost.start(.init { _ in })
        let machine = try await host.make(
            MachineSpec(
                name: "full", address: address(0), attachment: .tun,
                hosts: "127.0.0.1 localhost\n"))
        #expect(DeviceDrops.read(process: machine.processID) == 0)
        let socket = Stream(
            try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0
            ).release())
        // Nobody reads the port: its queue takes 10,000 packets, then the kernel has to drop.
        var sent: UInt64 = 0
        for _ in 0..<12_000 where socket.send("x", to: address(1), port: 9) { sent += 1 }
        let dropped = try #require(DeviceDrops.read(process: machine.processID))
        #expect(dropped > 0 && dropped <= sent, "\(dropped) of \(sent)")
        await host.end()
        #expect(DeviceDrops.read(process: machine.processID) == nil)
    }
}
