internal import Cluster
internal import Fabric
internal import Probes
internal import Supervisor
internal import Synchronization
internal import Workload

/// What reaches the lab from threads that must not wait for it.
enum LabEvent: Sendable {
    case machine(MachineEvent)
    case logs([LogPump.Batch])
    case presence(Keepalive.Event)
    case probe(ProbeResult)
    case client(NodeID, [UInt8])
    case history(HistoryRecorder.News)
    case live(LiveCheck.News)
    case capture(Capture.News)
}

/// A bounded queue into the lab. When it is full the newest is lost; the lab tells how many.
final class EventQueue<Element: Sendable>: Sendable {
    /// What was put in, in order.
    let values: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation
    private let lost = Mutex<UInt64>(0)

    init(bound: Int) {
        (values, continuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(bound))
    }

    /// Never blocks.
    func put(_ element: Element) {
        if case .dropped = continuation.yield(element) { lost.withLock { $0 += 1 } }
    }

    /// Nothing comes any more: whoever reads gets what is left, and then the end.
    func finish() { continuation.finish() }

    /// How many were lost since the last call.
    func takeLost() -> UInt64 {
        lost.withLock { count in
            defer { count = 0 }
            return count
        }
    }
}
