import CLinux
import Cluster
import Fabric
import Faults
import Glibc
import Testing

/// A switch whose machines are the other ends of socket pairs.
final class Rig: Sendable {
    let fabric: Fabric
    let ends: [Int32]

    init(
        _ machines: Int, seed: UInt64 = 7, log: Int = 0, frames: Set<Int> = []
    ) async throws {
        fabric = try Fabric(seed: seed, log: log)
        fabric.echo.idle(false)
        var ends: [Int32] = []
        for node in 0..<machines {
            var pair: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &pair) == 0)
            var size: Int32 = 4 << 20
            for end in pair {
                setsockopt(end, SOL_SOCKET, SO_SNDBUFFORCE, &size, 4)
                setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, 4)
            }
            ends.append(pair[1])
            try fabric.addPort(
                Port(
                    node: NodeID(UInt16(node)),
                    attachment: frames.contains(node) ? .frames : .message, descriptor: pair[0],
                    address: IPv4Address(Wire.address(node))))
        }
        self.ends = ends
        await install([])
    }

    deinit {
        fabric.stop()
        for end in ends { close(end) }
    }

    /// Puts faults in force and waits until they are.
    func install(_ faults: [LinkFault]) async {
        do {
            await fabric.adopted(
                try fabric.install(LinkTable(faults, nodes: max(ends.count, 2))))
        } catch {
            Issue.record(error)
        }
    }

    func send(_ wire: Wire, from node: Int) { send(wire.bytes, from: node) }

    func send(_ bytes: [UInt8], from node: Int) {
        let sent = bytes.withUnsafeBytes { write(ends[node], $0.baseAddress, $0.count) }
        #expect(sent == bytes.count, "errno \(errno)")
    }

    /// The next packet of a machine; `nil` when none comes within so many milliseconds.
    func receive(at node: Int, within milliseconds: Int = 5_000) -> Wire? {
        var wanted = pollfd(fd: ends[node], events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, Int32(milliseconds)) == 1 else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: 70_000) { buffer, count in
            count = max(0, read(ends[node], buffer.baseAddress, 70_000))
        }
        return bytes.isEmpty ? nil : Wire(bytes: bytes)
    }

    /// All packets that wait for a machine now.
    func drain(at node: Int) -> [Wire] {
        var all: [Wire] = []
        while let wire = receive(at: node, within: 0) { all.append(wire) }
        return all
    }

    /// Waits for a condition on the counters, asked again and again until a deadline.
    func counters(
        _ sentence: String, until holds: (FabricCounters) -> Bool
    ) async throws -> FabricCounters {
        let deadline = squall_monotonic_ns() + 10_000_000_000
        while true {
            let counters = try await fabric.counters()
            if holds(counters) { return counters }
            if squall_monotonic_ns() > deadline {
                Issue.record("\(sentence): \(counters)")
                return counters
            }
            await Task.yield()
        }
    }
}

extension FabricCounters {
    func link(_ from: Int, _ to: Int) -> LinkCounters? {
        links.first {
            $0.link == LinkID(from: NodeID(UInt16(from)), to: NodeID(UInt16(to)))
        }
    }
}

func link(_ from: Int, _ to: Int) -> LinkID {
    LinkID(from: NodeID(UInt16(from)), to: NodeID(UInt16(to)))
}

func fault(
    _ number: UInt32, _ effect: Effect, _ links: [LinkID], only: Only? = nil
) throws -> LinkFault {
    try LinkFault(FaultID(number), [.init(effect, on: links, only: only)])
}

func percent(_ value: Int64) -> Share { Share(billionths: value * 10_000_000) }
