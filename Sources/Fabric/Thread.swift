internal import CLinux
internal import Glibc

/// A thread of our own, outside the pool: it may block.
struct Thread: Sendable {
    private let identity: pthread_t

    /// Starts a thread; `name` has at most 15 characters.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(FabricError) {
        let start = Unmanaged.passRetained(Start(name, body))
        var identity = pthread_t()
        let code = pthread_create(&identity, nil, Thread.enter, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw .system(call: "pthread_create", code: code)
        }
        self.identity = identity
    }

    /// Waits for its end.
    func join() { pthread_join(identity, nil) }

    private static let enter:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
            { pointer in
                guard let pointer else { return nil }
                let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
                // Signals belong to the main thread.
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                squall_thread_name(start.name)
                start.body()
                return nil
            }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
