/// How long to wait before the next try: doubled each time up to a limit, and spread by ±20 % so that nodes
/// that lost the same peer do not all come back in the same instant. The spread comes from a seed: the same
/// node waits the same times in every run.
public struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var next: Duration
    private var random: UInt64

    /// Waits from `first` to `longest`, spread by `seed`.
    public init(first: Duration, longest: Duration, seed: UInt64) {
        self.first = first
        self.longest = longest
        next = first
        random = seed
    }

    /// The wait before the next try.
    public mutating func wait() -> Duration {
        let spread = 0.8 + 0.4 * draw()
        let wait = next * spread
        next = min(next * 2, longest)
        return wait
    }

    /// Starts over: the last try succeeded.
    public mutating func reset() {
        next = first
    }

    /// A number in 0..<1 (splitmix64, Steele, Lea and Flood 2014).
    private mutating func draw() -> Double {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 11) / Double(1 << 53)
    }
}
