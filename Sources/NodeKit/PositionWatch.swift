internal import Synchronization

/// Lets readers of a log wait for its next entry (a *long poll*): they are woken when the position has moved
/// on, or when their time is over.
public final class PositionWatch: Sendable {
    private struct State: Sendable {
        var position: UInt64
        var nextTicket = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state: Mutex<State>

    /// A watch that begins at `position`.
    public init(position: UInt64) {
        state = Mutex(State(position: position))
    }

    /// The position has moved on: wakes everybody.
    public func advance(to position: UInt64) {
        let woken = state.withLock { state in
            state.position = position
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until the position is not `known` any more, at most `limit`.
    public func wait(past known: UInt64, atMost limit: Duration) async {
        await withCheckedContinuation { continuation in
            let ticket = state.withLock { state -> Int? in
                if state.position != known { return nil }
                state.nextTicket += 1
                state.waiting[state.nextTicket] = continuation
                return state.nextTicket
            }
            guard let ticket else {
                continuation.resume()
                return
            }
            Task {
                try? await Task.sleep(for: limit)
                giveUp(ticket)
            }
        }
    }

    private func giveUp(_ ticket: Int) {
        state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
}
