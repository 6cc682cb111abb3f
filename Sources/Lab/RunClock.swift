public import Cluster
internal import Glibc

/// The one clock of a run: CLOCK_MONOTONIC, counted from the run's beginning.
public struct RunClock: Sendable {
    /// Nanoseconds of CLOCK_MONOTONIC at stamp 0.
    public let origin: Int64

    /// A run that begins now.
    public init() { origin = Self.monotonic() }

    /// A run that began at this moment of CLOCK_MONOTONIC, in nanoseconds.
    public init(origin: Int64) { self.origin = origin }

    /// The present moment.
    public var now: Stamp { stamp(monotonic: Self.monotonic()) }

    /// A moment of CLOCK_MONOTONIC in nanoseconds, as the run counts it.
    public func stamp(monotonic nanoseconds: Int64) -> Stamp {
        Stamp(microseconds: (nanoseconds - origin) / 1_000)
    }

    /// Nanoseconds of CLOCK_MONOTONIC now.
    public static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
