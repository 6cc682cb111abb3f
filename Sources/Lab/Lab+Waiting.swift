internal import Cluster

/// Waiting for something to become true: looked at after every entry, never by asking again.
extension Lab {
    /// Somebody who waits.
    struct Waiter {
        var holds: @Sendable (Core) -> Bool
        var continuation: CheckedContinuation<Bool, Never>
    }

    /// Waits until the state fulfils the condition, or the time is over: then false.
    func reached(
        within limit: Duration, _ holds: @escaping @Sendable (Core) -> Bool
    ) async -> Bool {
        if holds(state.core) { return true }
        if isEnding { return false }
        nextWaiter += 1
        let number = nextWaiter
        after(limit) { $0.resume(number, false) }
        return await withCheckedContinuation { continuation in
            waiters[number] = Waiter(holds: holds, continuation: continuation)
        }
    }

    /// Looks at everybody who waits; called after each entry.
    func lookAtWaiters() {
        guard !waiters.isEmpty else { return }
        for (number, waiter) in waiters where waiter.holds(state.core) { resume(number, true) }
    }

    /// The lab ends: nobody waits any longer.
    func giveUpWaiting() {
        for number in waiters.keys { resume(number, false) }
    }

    private func resume(_ number: Int, _ result: Bool) {
        waiters.removeValue(forKey: number)?.continuation.resume(returning: result)
    }
}
