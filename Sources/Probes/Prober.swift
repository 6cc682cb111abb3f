public import Cluster

/// Asks nodes how they are, all of them on one event loop of its own.
public final class Prober: Sendable {
    /// A prober that asks nobody yet; it has one thread.
    public init() {
    }

    /// Begins to ask a node, the first question at once. A probe of the same node that runs is
    /// stopped first.
    ///
    /// - Parameters:
    ///   - socket: makes a new TCP socket (IPv4, non-blocking, not connected) inside of the node's
    ///     machine. The prober owns and closes it. When it throws, the question has failed, with the
    ///     error's text as the reason.
    ///   - deliver: is given each question's result, on the event loop: it must not block.
    /// - Returns: a number that is in each of the results.
    @discardableResult
    public func start(
        node: NodeID, plan: ProbePlan, socket: @escaping @Sendable () async throws -> Int32,
        deliver: @escaping @Sendable (ProbeResult) -> Void
    ) -> UInt64 {
        0
    }

    /// Asks a node no more and drops its connection. A result that is under way at this moment may
    /// still be delivered, with its start's number.
    public func stop(_ node: NodeID) {
    }

    /// Asks no node any more.
    public func stopAll() {
    }

    /// Stops all and ends the thread; nothing is delivered after it has returned.
    public func shutdown() async {
    }
}
