internal import Glibc
internal import Synchronization

/// A file descriptor with one owner: closed when the last reference goes, unless it was released.
public final class Descriptor: Sendable {
    private let held: Atomic<Int32>

    /// Takes over an open descriptor.
    public init(owning number: Int32) { held = Atomic(number) }

    /// The number, for system calls while this object is alive; -1 once closed or released.
    public var number: Int32 { held.load(ordering: .acquiring) }

    /// Hands the descriptor over: from now on the caller closes it.
    public func release() -> Int32 { held.exchange(-1, ordering: .acquiringAndReleasing) }

    /// Closes it now; does nothing the second time.
    public func close() {
        let number = release()
        if number >= 0 { _ = Glibc.close(number) }
    }

    deinit { close() }
}
