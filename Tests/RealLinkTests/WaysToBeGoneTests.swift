import CLinux
import Cluster
import Fabric
import Faults
import Glibc
import Supervisor
import Testing

/// What peers of a node see when it goes, in each of the ways in which it may go.
@Suite("Ways to be gone, by packet log", .serialized)
struct WaysToBeGoneTests {
    static let kinds = attachments
    static let port: UInt16 = 6_379

    /// A Redis on machine 1 and a connection to it from machine 0 that works.
    private func withServer(
        _ kind: Supervisor.Attachment,
        _ body: (Machines, Stream, ProcessID) async throws -> Void
    ) async throws {
        try await Machines.with([kind, kind], log: 100_000) { machines in
            let server: ProcessID
            do {
                server = try await machines.start(
                    ["redis-server", "--port", "6379", "--save", "", "--protected-mode", "no"],
                    on: 1)
            } catch {
                Issue.record("redis-server is needed: install the package redis-server")
                throw error
            }
            var peer = try await machines.stream(on: 0)
            let deadline = squall_monotonic_ns() + 10_000_000_000
            while peer.connect(to: 1, Self.port) != 0, squall_monotonic_ns() < deadline {
                peer = try await machines.stream(on: 0)
            }
            #expect(peer.send("PING\r\n") == 6)
            #expect(peer.receive() == "+PONG\r\n")
            try await body(machines, peer, server)
        }
    }

    private func fromServer(_ log: [PacketSummary]) -> [PacketSummary] {
        log.filter { $0.from == NodeID(1) && $0.transport == 6 && $0.fate != .dropped }
    }

    /// The end of the stream, then a reset for what is sent, then refused connections.
    private func expectCrash(_ machines: Machines, _ peer: Stream, since: Int64) async throws {
        #expect(peer.receive() == "")
        _ = peer.send("PING\r\n")
        #expect(peer.wait(for: POLLHUP))
        // The dying process lets go of its connections before it lets go of its port.
        let deadline = squall_monotonic_ns() + 5_000_000_000
        var answer: Int32?
        while answer != ECONNREFUSED, squall_monotonic_ns() < deadline {
            answer = try await machines.stream(on: 0).connect(to: 1, Self.port)
        }
        #expect(answer == ECONNREFUSED)
        let flags = fromServer(try await machines.log(since: since)).map(\.flags)
        let end = try #require(flags.firstIndex { $0 & 1 != 0 }, "no FIN")
        let reset = try #require(flags.firstIndex { $0 & 4 != 0 }, "no RST")
        #expect(end < reset)
    }

    @Test("kill: the peer reads the end of the stream, then resets and refusals", arguments: kinds)
    func kill(_ kind: Supervisor.Attachment) async throws {
        try await withServer(kind) { machines, peer, server in
            let since = squall_monotonic_ns()
            try await machines.all[1].signal(SIGKILL, to: server)
            try await expectCrash(machines, peer, since: since)
        }
    }

    @Test("crash: the same, because the machine's kernel lives", arguments: kinds)
    func crash(_ kind: Supervisor.Attachment) async throws {
        try await withServer(kind) { machines, peer, _ in
            let since = squall_monotonic_ns()
            try await machines.all[1].signalAll(SIGKILL)
            try await expectCrash(machines, peer, since: since)
        }
    }

    @Test("pause: the kernel acknowledges, nobody answers, until it goes on", arguments: kinds)
    func pause(_ kind: Supervisor.Attachment) async throws {
        try await withServer(kind) { machines, peer, _ in
            try await machines.all[1].signalAll(SIGSTOP)
            let since = squall_monotonic_ns()
            #expect(peer.send("PING\r\n") == 6)
            let acknowledged = try await machines.log(since: since) { log in
                fromServer(log).contains { $0.payload == 0 && $0.flags & 16 != 0 }
            }
            #expect(acknowledged)
            #expect(fromServer(try await machines.log(since: since)).allSatisfy { $0.payload == 0 })
            #expect(peer.receive(milliseconds: 0) == nil)
            try await machines.all[1].signalAll(SIGCONT)
            #expect(peer.receive() == "+PONG\r\n")
        }
    }

    @Test(
        "freeze: not even an acknowledgement, and everything is there when it thaws",
        arguments: kinds)
    func freeze(_ kind: Supervisor.Attachment) async throws {
        try await withServer(kind) { machines, peer, _ in
            let nodes = [NodeID(0), NodeID(1)]
            try await machines.all[1].signalAll(SIGSTOP)
            try await machines.install([.hold(FaultID(1), ports: [nodes[1]], among: nodes)])
            let since = squall_monotonic_ns()
            #expect(peer.send("PING\r\n") == 6)
            // The kernel sends again what is not acknowledged: twice held is silence.
            let repeated = try await machines.log(since: since) { log in
                log.count { $0.from == NodeID(0) && $0.payload == 6 && $0.fate == .queued } >= 2
            }
            #expect(repeated)
            let log = try await machines.log(since: since)
            #expect(log.allSatisfy { $0.fate == .queued })
            try await machines.install([])
            try await machines.all[1].signalAll(SIGCONT)
            #expect(peer.receive() == "+PONG\r\n")
        }
    }

    @Test("poweroff: silence from the moment the port is muted", arguments: kinds)
    func poweroff(_ kind: Supervisor.Attachment) async throws {
        try await withServer(kind) { machines, peer, _ in
            let nodes = [NodeID(0), NodeID(1)]
            try await machines.install([.mute(FaultID(1), ports: [nodes[1]], among: nodes)])
            let since = squall_monotonic_ns()
            await machines.powerOff(1)
            await machines.fabric.adopted(try machines.fabric.removePort(nodes[1]))
            #expect(peer.send("PING\r\n") == 6)
            let tried = try await machines.fabric.unknownOrDropped(from: 0, atLeast: 2)
            #expect(tried)
            let log = try await machines.log(since: since)
            #expect(log.allSatisfy { $0.fate == .dropped }, "\(log)")
            #expect(peer.receive(milliseconds: 0) == nil)
        }
    }
}

extension Machines {
    /// Takes a machine's power.
    func powerOff(_ node: Int) async {
        do {
            try await all[node].powerOff()
        } catch {
            Issue.record(error)
        }
    }
}

extension Fabric {
    /// Waits until so many packets of a machine have led nowhere.
    func unknownOrDropped(from node: Int, atLeast least: UInt64) async throws -> Bool {
        let deadline = squall_monotonic_ns() + 10_000_000_000
        while squall_monotonic_ns() < deadline {
            let counters = try await counters()
            let lost =
                (counters.ports.first { $0.node == NodeID(UInt16(node)) }?.unknown ?? 0)
                + (counters.link(node, 1)?.dropped ?? 0)
            if lost >= least { return true }
            await Task.yield()
        }
        return false
    }
}
