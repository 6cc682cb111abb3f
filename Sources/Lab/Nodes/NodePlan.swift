internal import Cluster

/// What the supervision of a node goes by.
struct NodePlan: Sendable, Equatable {
    /// What happens when the program ends by itself.
    var restart = RestartPlan()
    /// How it is asked to end; without `SIG`.
    var stopSignal = "TERM"
    /// From that signal to KILL.
    var grace = Duration.seconds(5)
    /// Whether a probe decides about `ready`; otherwise started is ready.
    var isProbed = true
}

/// What happens when a program ends by itself.
struct RestartPlan: Sendable, Equatable {
    enum Policy: Sendable { case never, onFailure, always }

    var policy = Policy.never
    /// The first pause; each is twice the one before.
    var first = Duration.milliseconds(100)
    /// The longest pause.
    var longest = Duration.seconds(10)
    /// Restarts in a row; no limit when `nil`.
    var limit: Int?
}

/// The pauses between restarts: doubled, ±20 % from the seed, back to the first after ten seconds up.
struct Backoff: Sendable, Equatable {
    /// How long a node must have been up for its next failure to count as the first.
    static let forgiven = Duration.seconds(10)

    private let plan: RestartPlan
    private let seed: UInt64
    private let lane: UInt16
    private var inARow = 0
    private var total: UInt64 = 0
    private var lastStart: Stamp?

    init(plan: RestartPlan, seed: UInt64, node: NodeID) {
        self.plan = plan
        self.seed = seed
        lane = node.index
    }

    /// The pause before the next start; `nil` when it is not started again.
    mutating func next(succeeded: Bool, at now: Stamp) -> Duration? {
        switch plan.policy {
        case .never: return nil
        case .onFailure where succeeded: return nil
        case .onFailure, .always: break
        }
        if let lastStart, now - lastStart > Self.forgiven { inARow = 0 }
        if let limit = plan.limit, inARow >= limit { return nil }
        let doublings = min(inARow, 30)
        let base = min(plan.longest, plan.first * (1 << doublings))
        inARow += 1
        total += 1
        let bits = KeyedRandom(seed: seed).bits(.restart, number: total, lane: lane)
        let share = Double(bits >> 11) / Double(UInt64(1) << 53)
        let pause = base * (0.8 + 0.4 * share)
        lastStart = now + pause
        return pause
    }
}
