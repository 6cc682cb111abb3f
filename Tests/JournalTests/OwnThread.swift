import Glibc
import Synchronization

/// A thread for what blocks: the pool that runs tests has as few threads as the machine has cores.
final class OwnThread<Value: Sendable>: Sendable {
    private let box: Box
    private let thread: pthread_t

    fileprivate final class Box: Sendable {
        let work: @Sendable () -> Value
        let result = Mutex<Value?>(nil)
        init(_ work: @escaping @Sendable () -> Value) { self.work = work }
        func run() {
            let value = work()
            result.withLock { $0 = value }
        }
    }

    init(_ work: @escaping @Sendable () -> Value) {
        box = Box(work)
        let context = Unmanaged.passRetained(box as AnyObject).toOpaque()
        var made = pthread_t()
        pthread_create(
            &made, nil,
            { context in
                guard let context else { return nil }
                let box = Unmanaged<AnyObject>.fromOpaque(context).takeRetainedValue()
                (box as? any Runnable)?.run()
                return nil
            }, context)
        thread = made
    }

    /// What came of it; `nil` when it could not be started.
    func value() -> Value? {
        pthread_join(thread, nil)
        return box.result.withLock { $0 }
    }
}

private protocol Runnable { func run() }
extension OwnThread.Box: Runnable {}
