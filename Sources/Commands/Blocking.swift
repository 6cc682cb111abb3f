internal import Dispatch
internal import Synchronization

/// Runs asynchronous work to its end from a command, which is not asynchronous: the main thread has
/// signals and the terminal to look after, and no task may need it.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result {
    let slot = Slot<Result>()
    Task { slot.fill(await work()) }
    return slot.wait()
}

private final class Slot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let filled = DispatchSemaphore(value: 0)

    func fill(_ result: Value) {
        value.withLock { $0 = result }
        filled.signal()
    }

    func wait() -> Value {
        filled.wait()
        guard let result = value.withLock({ $0 }) else { return wait() }
        return result
    }
}
