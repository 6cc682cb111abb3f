internal import CLinux
internal import Synchronization

/// One value from one thread to another, waited for.
final class Mailbox<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let ready = squall_event_make()

    deinit { squall_close(ready) }

    func put(_ new: Value) {
        value.withLock { $0 = new }
        _ = squall_event_signal(ready)
    }

    /// Blocks until there is one.
    func take() -> Value {
        while true {
            if let value = value.withLock({ $0 }) { return value }
            squall_wait(ready)
        }
    }
}
