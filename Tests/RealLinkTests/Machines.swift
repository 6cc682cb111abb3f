import CLinux
import Cluster
import Fabric
import Faults
import Glibc
import Supervisor
import Testing

/// The attachments that this machine allows: TUN needs a device file that some keep for root.
let attachments: [Supervisor.Attachment] =
    access("/dev/net/tun", R_OK | W_OK) == 0 ? [.veth, .tun] : [.veth]

/// Two or more real machines on a switch: their kernels, our packets.
final class Machines: Sendable {
    let host: MachineHost
    let all: [Machine]
    let fabric: Fabric
    /// Both directions between the first two.
    let both = Links.between([NodeID(0)], and: [NodeID(1)])

    private init(host: MachineHost, all: [Machine], fabric: Fabric) {
        self.host = host
        self.all = all
        self.fabric = fabric
    }

    /// Makes the machines, uses them, and ends them whatever happens.
    static func with(
        _ kinds: [Supervisor.Attachment], offload: Bool = true, seed: UInt64 = 1, log: Int = 0,
        _ body: (Machines) async throws -> Void
    ) async throws {
        let host = try await MachineHost.start(.init { _ in })
        let fabric = try Fabric(seed: seed, log: log)
        fabric.echo.idle(false)
        do {
            var all: [Machine] = []
            for (node, kind) in kinds.enumerated() {
                all.append(try await make(host, fabric, node, kind, offload))
            }
            try await body(Machines(host: host, all: all, fabric: fabric))
        } catch {
            fabric.stop()
            await host.end()
            throw error
        }
        fabric.stop()
        await host.end()
    }

    private static func make(
        _ host: MachineHost, _ fabric: Fabric, _ node: Int, _ kind: Supervisor.Attachment,
        _ offload: Bool
    ) async throws -> Machine {
        var spec = MachineSpec(
            name: "node-\(node)", address: address(node), attachment: kind,
            hosts: "127.0.0.1 localhost\n")
        spec.segmentationOffload = offload
        let machine = try await host.make(spec)
        try await fabric.plug(
            node, isTUN: kind == .tun, descriptor: machine.port.descriptor.release())
        let ping = try await machine.socket(
            domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: Int32(IPPROTO_ICMP))
        try fabric.echo.add(
            NodeID(UInt16(node)), socket: ping.release(), address: IPv4Address(address(node)))
        return machine
    }

    /// Puts faults in force and waits until they are.
    func install(_ faults: [LinkFault]) async throws {
        await fabric.adopted(try fabric.install(LinkTable(faults, nodes: all.count)))
    }

    /// Round trips from the first to the second machine.
    func echoes(_ count: Int = 20, every: Duration = .milliseconds(10)) async -> EchoFigures {
        let samples = await fabric.echo.burst(
            from: NodeID(0), to: NodeID(1), count: count, every: every,
            patience: .milliseconds(1_500))
        return EchoFigures(samples.map(\.roundTrip))
    }

    /// Asks the second machine from the first in the way that feels a fault.
    func feel(
        _ feeler: Feeler, count: Int, _ expected: Faults.Expectation
    ) async throws -> EchoFigures {
        let patience = Duration.seconds(1) + .nanoseconds(Int64(expected.gain) * 2)
        switch feeler {
        case .echo(let bytes):
            return await echoes(count, .milliseconds(expected.varies ? 10 : 2), patience, bytes)
        case .train(let bytes, let cars): return await echoes(cars, .zero, patience, bytes)
        case .connect(let port):
            var sockets: [Int32] = []
            for _ in 0..<count {
                sockets.append(
                    try await all[0].socket(
                        domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0
                    ).release())
            }
            let samples = try await Connects.burst(
                sockets, to: IPv4Address(address(1)), port: port ?? 9, every: .milliseconds(2),
                patience: .milliseconds(900))
            return EchoFigures(
                samples.map {
                    Echoed(sent: $0.sent, roundTrip: $0.roundTrip, isRefused: $0.isRefused)
                })
        case .nothing(let why):
            Issue.record("nothing feels it: \(why)")
            return EchoFigures([Echoed]())
        }
    }

    private func echoes(
        _ count: Int, _ every: Duration, _ patience: Duration, _ bytes: Int
    ) async -> EchoFigures {
        let samples = await fabric.echo.burst(
            from: NodeID(0), to: NodeID(1), count: count, every: every, patience: patience,
            bytes: bytes, linger: .milliseconds(5))
        return EchoFigures(
            samples.map {
                Echoed(
                    sent: $0.sent, roundTrip: $0.roundTrip, answers: $0.answers,
                    isAltered: $0.isAltered)
            })
    }

    /// What the log has seen since a moment, in nanoseconds of the monotonic clock.
    func log(since: Int64) async throws -> [PacketSummary] {
        try await fabric.log().filter { $0.at >= since }
    }

    /// Asks for the log until it holds what is wanted; false when it does not within ten seconds.
    func log(since: Int64, has wanted: ([PacketSummary]) -> Bool) async throws -> Bool {
        let deadline = squall_monotonic_ns() + 10_000_000_000
        while squall_monotonic_ns() < deadline {
            if wanted(try await log(since: since)) { return true }
            await Task.yield()
        }
        return false
    }

    /// A program on a machine, its output thrown away.
    @discardableResult
    func start(_ arguments: [String], on node: Int) async throws -> ProcessID {
        try await all[node].start(
            ProcessSpec(
                arguments: arguments,
                environment: ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin"],
                directory: "/tmp"),
            streams: StandardStreams())
    }

    /// A TCP socket of a machine.
    func stream(on node: Int) async throws -> Stream {
        Stream(
            try await all[node].socket(
                domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0
            ).release())
    }

    /// A UDP socket of a machine, bound to a port, allowed to broadcast.
    func datagram(on node: Int, port: UInt16) async throws -> Stream {
        let socket = Stream(
            try await all[node].socket(
                domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0
            ).release())
        var on: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_BROADCAST, &on, 4)
        try socket.bind(to: port)
        return socket
    }
}
