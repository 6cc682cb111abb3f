public import Cluster
internal import NIOCore
internal import Synchronization

/// Asks nodes how they are, all of them on one event loop of its own.
public final class Prober: Sendable {
    private let loop = ProbeLoop()
    private let askers: NIOLoopBoundBox<[NodeID: Asker]>
    private let starts = Atomic<UInt64>(0)

    /// A prober that asks nobody yet. It has one thread, until `shutdown`.
    public init() {
        askers = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: loop.loop)
    }

    /// Begins to ask a node, the first question at once. A probe of the same node that runs is
    /// stopped first.
    ///
    /// - Parameters:
    ///   - socket: makes a new TCP socket (IPv4, not connected) inside of the node's machine. The
    ///     prober owns and closes it. When it throws, the question has failed, with the error's text
    ///     as the reason; it is called only once at a time.
    ///   - deliver: is given each question's result, on the event loop: it must not block.
    /// - Returns: a number that is in each of the results; later ones are greater.
    @discardableResult
    public func start(
        node: NodeID, plan: ProbePlan, socket: @escaping @Sendable () async throws -> Int32,
        deliver: @escaping @Sendable (ProbeResult) -> Void
    ) -> UInt64 {
        let number = starts.add(1, ordering: .relaxed).newValue
        loop.execute { [loop, askers] in
            let asker = Asker(
                node: node, start: number, plan: plan, on: loop, socket: socket, deliver: deliver)
            askers.value.updateValue(asker, forKey: node)?.stop()
            asker.wake()
        }
        return number
    }

    /// Asks a node no more and drops its connection. A result that is under way at this moment may
    /// still be delivered, with its start's number.
    public func stop(_ node: NodeID) {
        loop.execute { [askers] in askers.value.removeValue(forKey: node)?.stop() }
    }

    /// Asks no node any more.
    public func stopAll() {
        loop.execute { [askers] in Self.stopAll(askers) }
    }

    /// Stops all and ends the thread; nothing is delivered after it has returned. A prober that was
    /// shut down asks nobody.
    public func shutdown() async {
        await loop.shutdown { [askers] in Self.stopAll(askers) }
    }

    private static func stopAll(_ askers: NIOLoopBoundBox<[NodeID: Asker]>) {
        for asker in askers.value.values { asker.stop() }
        askers.value = [:]
    }
}
