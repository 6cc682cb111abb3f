public import Cluster
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Asks nodes how they are, all of them on one event loop of its own.
public final class Prober: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let askers: NIOLoopBoundBox<[NodeID: Asker]>
    private let starts = Atomic<UInt64>(0)
    private let isShut = Atomic<Bool>(false)

    /// A prober that asks nobody yet. It has one thread, until `shutdown`.
    public init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        askers = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: loop)
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
        onLoop { [loop] askers in
            let asker = Asker(
                node: node, start: number, plan: plan, loop: loop, socket: socket, deliver: deliver)
            askers.updateValue(asker, forKey: node)?.stop()
            asker.wake()
        }
        return number
    }

    /// Asks a node no more and drops its connection. A result that is under way at this moment may
    /// still be delivered, with its start's number.
    public func stop(_ node: NodeID) {
        onLoop { askers in askers.removeValue(forKey: node)?.stop() }
    }

    /// Asks no node any more.
    public func stopAll() {
        onLoop { askers in
            for asker in askers.values { asker.stop() }
            askers = [:]
        }
    }

    /// Stops all and ends the thread; nothing is delivered after it has returned. A prober that was
    /// shut down asks nobody.
    public func shutdown() async {
        stopAll()
        guard !isShut.exchange(true, ordering: .relaxed) else { return }
        // Fails only when it was shut down before.
        try? await group.shutdownGracefully()
    }

    private func onLoop(_ body: @escaping @Sendable (inout [NodeID: Asker]) -> Void) {
        guard !isShut.load(ordering: .relaxed) else { return }
        loop.execute { [askers] in body(&askers.value) }
    }
}
