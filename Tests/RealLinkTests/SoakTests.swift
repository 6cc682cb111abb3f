import CLinux
import Cluster
import Fabric
import Faults
import Foundation
import Supervisor
import Synchronization
import Testing

/// Faults at random, for a long time, under traffic.
///
/// Forty seconds in the suite. `SQUALL_SOAK=600 swift test --no-parallel --filter SoakTests` makes it ten
/// minutes: any number of seconds will do.
@Suite("Soak", .serialized)
struct SoakTests {
    private static let seconds =
        ProcessInfo.processInfo.environment["SQUALL_SOAK"].flatMap { Int64($0) } ?? 40

    @Test(
        "faults come and go at random under TCP and UDP: not a byte is wrong, no descriptor and no memory is lost, and all links are as they were",
        .timeLimit(.minutes(30)))
    func soak() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        let kinds = [attachments[0], .veth, attachments[attachments.count - 1], .veth]
        try await Machines.with(kinds, seed: seed) { machines in
            let before = try await roundTrips(machines)
            let traffic = try await Traffic(machines)
            var storm = Storm(machines, seed: seed)
            // What is needed once is allocated in the first eighth.
            var states: [Footprint] = []
            for _ in 0..<8 {
                try await storm.rage(seconds: max(1, Self.seconds / 8))
                states.append(try await footprint(machines))
            }
            let streams = traffic.stop()
            #expect(storm.faults > 100, "seed \(seed)")
            for (stream, bytes) in streams.enumerated() {
                #expect(bytes.wrong == nil, "seed \(seed): stream \(stream)")
                #expect(bytes.received > 1_000_000, "seed \(seed): stream \(stream)")
            }
            let (first, last) = (states[1], states[7])
            #expect(last.descriptors == first.descriptors, "seed \(seed): \(states)")
            #expect(
                Double(last.memory) < Double(first.memory) * 1.05, "seed \(seed): \(states)")

            // All is as it was: nothing is dropped any more, and nothing comes late.
            let calm = try await machines.fabric.counters()
            let after = try await roundTrips(machines)
            for (link, usual) in before {
                let now = try #require(after[link])
                #expect(now < usual + 3e6, "seed \(seed): \(link)")
            }
            let end = try await machines.fabric.counters()
            #expect(end.faults.isEmpty && end.held == 0, "seed \(seed)")
            #expect(
                end.links.map(\.dropped) == calm.links.map(\.dropped)
                    && end.links.map(\.queueFull) == calm.links.map(\.queueFull),
                "seed \(seed)")
        }
    }

    /// The median round trip of each pair; every echo must come back.
    private func roundTrips(_ machines: Machines) async throws -> [LinkID: Double] {
        var medians: [LinkID: Double] = [:]
        for from in machines.all.indices {
            for to in machines.all.indices where from != to {
                let figures = EchoFigures(
                    await machines.fabric.echo.burst(
                        from: NodeID(UInt16(from)), to: NodeID(UInt16(to)), count: 10,
                        every: .milliseconds(2), patience: .milliseconds(1_500)
                    ).map(\.roundTrip))
                #expect(figures.answered == 10, "\(from) to \(to)")
                let median = try #require(figures.median)
                medians[link(from, to)] = median
            }
        }
        return medians
    }

    /// What this process has now, after everything that may be given back was.
    private func footprint(_ machines: Machines) async throws -> Footprint {
        try await machines.install([])
        // The switch keeps some memory of its queues for the next time, but none after a large queue:
        // so one is made, that the same state is measured each time.
        let (from, to) = (machines.all.count - 2, machines.all.count - 1)
        let socket = try await machines.datagram(on: from, port: 9_100)
        try await machines.install([try fault(9_999, .hold, [link(from, to)])])
        let text = String(repeating: "x", count: 1_400)
        let deadline = squall_monotonic_ns() + 10_000_000_000
        while try await machines.fabric.counters().held < 9_000,
            squall_monotonic_ns() < deadline
        {
            for _ in 0..<500 { _ = socket.send(text, to: address(to), port: 9_100) }
        }
        try await machines.install([])
        while try await machines.fabric.counters().held > 0, squall_monotonic_ns() < deadline {
            await Task.yield()
        }
        return Footprint()
    }
}

/// Random choices, from a seed that failures print.
private struct Dice {
    private let random: KeyedRandom
    private var number: UInt64 = 0

    init(seed: UInt64) { random = KeyedRandom(seed: seed) }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int {
        number += 1
        return Int(KeyedRandom.scale(random.bits(.other, number: number), below: UInt64(bound)))
    }
}

/// What a process takes of the kernel.
private struct Footprint: CustomStringConvertible {
    /// Open descriptors.
    let descriptors: Int
    /// Resident memory of its own, in kB.
    let memory: Int

    init() {
        descriptors =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        memory =
            line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
                Int($0)
            } ?? 0
    }

    var description: String { "\(descriptors) descriptors, \(memory) kB" }
}

/// Faults of every kind that come and go at random.
private struct Storm {
    private let machines: Machines
    private var dice: Dice
    private var active: [LinkFault] = []
    /// How many there were.
    private(set) var faults = 0

    init(_ machines: Machines, seed: UInt64) {
        self.machines = machines
        dice = Dice(seed: seed)
    }

    /// Injects and heals for so long, then heals all.
    mutating func rage(seconds: Int64) async throws {
        let end = squall_monotonic_ns() + seconds * 1_000_000_000
        while squall_monotonic_ns() < end {
            if active.count < 6, dice.below(2) == 0 {
                faults += 1
                active.append(try fault(UInt32(faults), anyEffect(), anyLinks()))
            } else if !active.isEmpty {
                active.remove(at: dice.below(active.count))
            }
            try await machines.install(active)
            // As labs do: final counts are kept until somebody asks for them.
            _ = machines.fabric.ended()
            // As long as a few echoes take, or the wait for them.
            _ = await machines.fabric.echo.burst(
                from: NodeID(0), to: NodeID(1), count: 2, every: .milliseconds(5),
                patience: .milliseconds(20))
        }
        active = []
        try await machines.install([])
    }

    private mutating func anyEffect() -> Effect {
        switch dice.below(5) {
        case 0: .cut
        case 1: .hold
        case 2: .loss(percent(Int64(1 + dice.below(20))))
        case 3: .delay(Delay(.milliseconds(dice.below(20))))
        default:
            .delay(
                Delay(
                    .milliseconds(dice.below(10)), jitter: .milliseconds(1 + dice.below(5)),
                    bell: Bell.allCases[dice.below(Bell.allCases.count)]))
        }
    }

    private mutating func anyLinks() -> [LinkID] {
        let nodes = machines.all.indices.map { NodeID(UInt16($0)) }
        let all = Links.between(nodes, and: nodes)
        return all.filter { _ in dice.below(3) == 0 }
    }
}

/// TCP streams and datagrams between machines, on threads of their own.
private final class Traffic: Sendable {
    /// What became of a stream.
    struct Bytes: Sendable {
        var received = 0
        /// The first byte that was not what had been sent.
        var wrong: Int?
    }

    private let isOver = Atomic(false)
    private let bytes = Mutex<[Bytes]>([])
    private let threads = DispatchGroup()

    /// A stream along each edge of the ring of machines, and datagrams along one more.
    init(_ machines: Machines) async throws {
        let count = machines.all.count
        bytes.withLock { $0 = [Bytes](repeating: Bytes(), count: count) }
        for from in 0..<count {
            let to = (from + 1) % count
            let listener = try await machines.stream(on: to)
            try listener.listen(on: 7_000)
            let sender = try await machines.stream(on: from)
            #expect(sender.connect(to: to, 7_000) == 0)
            let receiver = try listener.accept()
            start { $0.stream(from, sender, receiver) }
        }
        let sender = try await machines.datagram(on: 0, port: 9_000)
        let receiver = try await machines.datagram(on: 2, port: 9_000)
        start { traffic in
            while !traffic.isOver.load(ordering: .relaxed) {
                for _ in 0..<20 { _ = sender.send("hello", to: address(2), port: 9_000) }
                while receiver.receive(milliseconds: 1) != nil {}
            }
        }
    }

    private func start(_ body: @escaping @Sendable (Traffic) -> Void) {
        threads.enter()
        let thread = Thread {
            body(self)
            self.threads.leave()
        }
        thread.start()
    }

    /// Sends and receives until it is over; every byte says where it belongs.
    private func stream(_ number: Int, _ sender: Stream, _ receiver: Stream) {
        let pattern = (0..<65_536 + 251).map { UInt8(truncatingIfNeeded: $0 % 251) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var (sent, bytes) = (0, Bytes())
        while !isOver.load(ordering: .relaxed), bytes.wrong == nil {
            let done = pattern.withUnsafeBytes {
                send(
                    sender.descriptor, $0.baseAddress.map { $0 + sent % 251 }, 65_536,
                    Int32(MSG_NOSIGNAL))
            }
            if done > 0 { sent += done }
            let count = recv(receiver.descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                bytes.wrong = (0..<count).first {
                    buffer[$0] != UInt8((bytes.received + $0) % 251)
                }.map { $0 + bytes.received }
                bytes.received += count
            }
            if count < 0 { _ = receiver.wait(for: POLLIN, milliseconds: 2) }
        }
        self.bytes.withLock { [bytes] in $0[number] = bytes }
    }

    /// Ends it.
    func stop() -> [Bytes] {
        isOver.store(true, ordering: .relaxed)
        threads.wait()
        return bytes.withLock { $0 }
    }
}
