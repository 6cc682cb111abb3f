/// When operations are due: an *open loop*. The moments depend on the rate alone, never on how fast the
/// answers come, because users do not wait for each other. A closed loop slows down together with the
/// system that it measures, and so misses just the waiting that matters ("coordinated omission", after
/// Gil Tene).
///
/// Moments are nanoseconds of one monotonic clock.
struct Schedule: Equatable, Sendable {
    /// Operations a second; 0: none.
    private(set) var rate: Double
    /// The moment from which `made` is counted.
    private var origin: Int64
    private var made: Int64 = 0

    init(rate: Double, from start: Int64) {
        self.rate = rate
        origin = start
    }

    /// When the next operation is due; nil: never.
    var next: Int64? {
        guard rate > 0 else { return nil }
        return origin + Int64(Double(made) * 1e9 / rate)
    }

    /// Takes the next operation if it is due: gives the moment for which it was intended.
    mutating func take(now: Int64) -> Int64? {
        guard let next, next <= now else { return nil }
        made += 1
        return next
    }

    /// Passes over all operations that were due before `moment`, without making them: after this
    /// process stood still they would only be turned away.
    /// - Returns: how many they are.
    mutating func skip(before moment: Int64) -> Int64 {
        guard let next, next < moment else { return 0 }
        let target = Int64((Double(moment - origin) * rate / 1e9).rounded(.up))
        let skipped = max(0, target - made)
        made += skipped
        return skipped
    }

    /// Another rate from `now` on.
    mutating func change(rate: Double, now: Int64) {
        guard rate != self.rate else { return }
        self = Schedule(rate: rate, from: now)
    }
}
