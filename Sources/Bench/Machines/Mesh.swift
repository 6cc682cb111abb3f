internal import Cluster
internal import Fabric
internal import Faults
internal import Glibc
internal import Supervisor

/// Every machine of a crowd sends small datagrams to every other; each packet waits for 10 ms in the
/// switch. The sockets are the machines' own, used by one thread here.
struct Mesh: Sendable {
    private static let most = 100
    private static let packetsPerSecond = 50_000
    private static let port: UInt16 = 9_000

    private let machines: [Machine]
    private let length: Duration

    init(_ swarm: Swarm, lasting length: Duration) {
        machines = Array(swarm.machines.prefix(Self.most))
        self.length = length
    }

    /// Talks, and says what it cost the packet loop.
    func run(on stage: Stage) async throws -> MachineReport.Mesh {
        var sockets: [Descriptor] = []
        for machine in machines {
            let socket = try await machine.socket(
                domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
            try Self.bind(socket)
            sockets.append(socket)
        }
        let nodes = machines.indices.map { NodeID(UInt16($0)) }
        let slow = try LinkFault(
            FaultID(1),
            [.init(.delay(Delay(.milliseconds(10))), on: Links.between(nodes, and: nodes))])
        try await stage.install([slow], nodes: machines.count)
        let late = try await stage.fabric.counters().lateness
        let loop = try packetLoop()
        let before = processorTime(in: loop)
        let held = sockets
        let talk = await offPool { [length] in Talk(held, port: Self.port).run(for: length) }
        let spent = processorTime(in: loop) - before
        let lateness = try await stage.fabric.counters().lateness.since(late)
        try await stage.install([], nodes: machines.count)
        return MachineReport.Mesh(
            machines: machines.count, rate: Double(talk.sent) / talk.seconds,
            arrived: Double(talk.received) / Double(max(1, talk.sent)), core: spent / talk.seconds,
            lateP99: lateness.microseconds(atQuantile: 0.99) ?? 0)
    }

    private static func bind(_ socket: Descriptor) throws(BenchError) {
        var place = Place(address: 0, port: port).kernel
        let bound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else { throw BenchError("bind: \(String(cString: strerror(errno)))") }
    }

    /// Where the kernel counts the packet loop's time.
    private func packetLoop() throws(BenchError) -> String {
        guard let tasks = opendir("/proc/self/task") else { throw BenchError("no /proc") }
        defer { closedir(tasks) }
        while let entry = readdir(tasks) {
            let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
            if readFile("/proc/self/task/\(name)/comm") == "squall-net\n" {
                return "/proc/self/task/\(name)/stat"
            }
        }
        throw BenchError("the packet loop has no thread")
    }

    /// The thread that sends and receives for all of them.
    private struct Talk {
        var sockets: [Descriptor]
        var port: UInt16
        var sent = 0
        var received = 0
        var seconds = 0.0
        private var pair = 0

        init(_ sockets: [Descriptor], port: UInt16) {
            self.sockets = sockets
            self.port = port
        }

        /// A share of the packets each millisecond, all receivers emptied each ten.
        func run(for length: Duration) -> Talk {
            var talk = self
            let begin = monotonic()
            let end = begin + Int(length / .nanoseconds(1))
            var turn = 0
            while monotonic() < end {
                for _ in 0..<Mesh.packetsPerSecond / 1_000 { talk.send() }
                turn += 1
                if turn % 10 == 0 { talk.receive() }
                var next = begin + turn * 1_000_000 - monotonic()
                if next > 0 { rest(&next) }
            }
            talk.seconds = Double(monotonic() - begin) / 1e9
            var last = 100_000_000
            rest(&last)
            talk.receive()
            return talk
        }

        private func rest(_ nanoseconds: inout Int) {
            var time = timespec(tv_sec: 0, tv_nsec: min(nanoseconds, 999_999_999))
            nanosleep(&time, nil)
        }

        /// The next pair of machines, in an order that goes through all of them.
        private mutating func send() {
            let count = sockets.count
            let from = pair % count
            let to = (from + 1 + pair / count % (count - 1)) % count
            pair += 1
            let target = Stage.address(NodeID(UInt16(to))).value
            var place = Place(address: target, port: port).kernel
            let bytes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
            let result = withUnsafeBytes(of: bytes) { bytes in
                withUnsafePointer(to: &place) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(
                            sockets[from].number, bytes.baseAddress, bytes.count,
                            Int32(MSG_DONTWAIT), $0,
                            socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
            if result > 0 { sent += 1 }
        }

        private mutating func receive() {
            var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            for socket in sockets {
                while recv(socket.number, &bytes, 32, Int32(MSG_DONTWAIT)) > 0 {
                    received += 1
                }
            }
        }
    }
}
