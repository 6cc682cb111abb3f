/// Keeps a search within its budget. Each 1,024 steps it looks at the clock and whether the task was
/// cancelled; memory is asked for before it is taken.
struct Meter {
    private let end: ContinuousClock.Instant
    private let options: Options
    private var steps: UInt32 = 0
    /// Bytes that are taken now.
    private(set) var memory = 0
    /// The most that were ever taken.
    private(set) var peak = 0
    /// Why there is no more, once there is none.
    private(set) var spent: Ignorance?

    init(_ options: Options) {
        self.options = options
        end = ContinuousClock.now.advanced(by: options.time)
        // A check that has no time at all does not begin.
        if options.time <= .zero { spent = .time(options.time) }
    }

    /// One step; whether another one may follow.
    @inline(__always)
    mutating func step() -> Bool {
        steps &+= 1
        if steps & 1023 == 0 { look() }
        return spent == nil
    }

    /// The end of this check, for a part of it that gets less: what is left, at most `share` of it.
    func remaining(_ share: Double) -> Duration {
        max(.zero, ContinuousClock.now.duration(to: end)) * share
    }

    @inline(never)
    private mutating func look() {
        if spent != nil { return }
        if Task.isCancelled {
            spent = .cancelled
        } else if ContinuousClock.now >= end {
            spent = .time(options.time)
        }
    }

    /// Asks for bytes; whether they may be taken.
    mutating func take(_ bytes: Int) -> Bool {
        let (sum, overflow) = memory.addingReportingOverflow(bytes)
        guard !overflow, sum <= options.memory else {
            if spent == nil { spent = .memory(options.memory) }
            return false
        }
        memory = sum
        peak = max(peak, sum)
        return true
    }

    /// Gives bytes back.
    mutating func give(_ bytes: Int) { memory -= bytes }
}
