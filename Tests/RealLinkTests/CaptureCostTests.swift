import Cluster
import Dispatch
import Fabric
import Foundation
import Glibc
import Supervisor
import Testing

/// What a capture costs the packet loop, and the stream that it looks at.
@Suite("The cost of a capture", .serialized)
struct CaptureCostTests {
    /// One stream through one link, and what the loop's thread took for it.
    struct Cost: CustomStringConvertible {
        var seconds: Double
        /// Nanoseconds of processor a wire packet.
        var loop: Double

        var description: String {
            "\(Int(Double(CaptureCostTests.bytes) / seconds / 1e6)) MB/s, "
                + "\(Int(loop)) ns of the loop a packet"
        }
    }

    static let bytes = 300_000_000

    @Test(
        "while it is on the loop copies and goes on; afterwards it costs what it did before",
        arguments: attachments)
    func cost(kind: Supervisor.Attachment) async throws {
        try await Machines.with([kind, kind]) { machines in
            let listener = try await machines.stream(on: 1)
            try listener.listen(on: 7_000)
            let sender = try await machines.stream(on: 0)
            #expect(sender.connect(to: 1, 7_000) == 0)
            let receiver = try listener.accept()
            var costs: [String: [Cost]] = [:]
            for _ in 0..<3 {
                for (name, snap) in [("off", nil), ("whole", 65_535), ("100 bytes", 100)] {
                    let interfaces = (0..<2).map {
                        CaptureInterface(
                            node: NodeID(UInt16($0)), name: "n\($0)",
                            address: IPv4Address(address($0)))
                    }
                    let capture = Capture(
                        machines.fabric, interfaces: interfaces, application: "", comment: "",
                        tell: { _ in })
                    if let snap {
                        try capture.record(to: "/dev/null", limit: .max, snap: snap)
                    }
                    costs[name, default: []].append(
                        try await measure(machines.fabric, sender, receiver))
                    capture.stop()
                }
            }
            // The best of three: whatever else runs here only makes it worse.
            func best(_ name: String) throws -> Cost {
                try #require(costs[name]?.min { $0.loop < $1.loop })
            }
            let off = try best("off")
            for name in ["whole", "100 bytes"] {
                let on = try best(name)
                print("\(kind) capture off: \(off); \(name): \(on)")
                #expect(on.loop < off.loop * 3, "\(name): \(on), off: \(off)")
            }
        }
    }

    private func measure(
        _ fabric: Fabric, _ sender: Stream, _ receiver: Stream
    ) async throws -> Cost {
        let packets = try await fabric.counters().link(0, 1)?.packets ?? 0
        let before = try loopTime()
        let start = ContinuousClock.now
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                flood(Self.bytes, into: sender)
            }
            DispatchQueue.global().async {
                drain(Self.bytes, from: receiver)
                continuation.resume()
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let used = try loopTime() - before
        let moved = (try await fabric.counters().link(0, 1)?.packets ?? 0) - packets
        return Cost(seconds: seconds, loop: used / Double(max(1, moved)))
    }

    /// Nanoseconds of processor that the packet loops of this process took.
    private func loopTime() throws -> Double {
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        let loops = tasks.filter {
            (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8))
                == "squall-net\n"
        }
        try #require(!loops.isEmpty)
        return try loops.reduce(0) { sum, task in
            let line = try String(
                contentsOfFile: "/proc/self/task/\(task)/schedstat", encoding: .utf8)
            return sum + (line.split(separator: " ").first.flatMap { Double($0) } ?? 0)
        }
    }
}

/// Writes so many bytes, as fast as they are taken. Blocks.
private func flood(_ bytes: Int, into stream: Stream) {
    let chunk = [UInt8](repeating: 7, count: 1 << 18)
    var sent = 0
    while sent < bytes {
        let count = send(
            stream.descriptor, chunk, min(chunk.count, bytes - sent), Int32(MSG_NOSIGNAL))
        if count > 0 { sent += count } else if !stream.wait(for: POLLOUT) { return }
    }
}

/// Reads so many bytes. Blocks.
private func drain(_ bytes: Int, from stream: Stream) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var received = 0
    while received < bytes {
        let count = recv(stream.descriptor, &buffer, buffer.count, 0)
        if count > 0 { received += count } else if !stream.wait(for: POLLIN) { return }
    }
}
