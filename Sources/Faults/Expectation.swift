public import Cluster

/// What two machines should feel of a fault: out over one link, back over the other.
public struct Expectation: Hashable, Sendable {
    /// No echo comes back.
    public var isSilent = false
    /// Connections are refused that were taken before.
    public var isRefused = false
    /// Nanoseconds that a round trip gains on average.
    public var gain: Double = 0
    /// Standard deviation of that gain; 0 for constant delays.
    public var spread: Double = 0
    /// The level changes while it is looked at: only averages can be compared.
    public var varies = false
    /// The share of echoes that is lost, from 0 to 1.
    public var lost: Double = 0
    /// The share that is answered more than once.
    public var repeated: Double = 0
    /// The share that comes back with other bytes.
    public var altered: Double = 0
    /// The share that comes back behind a later one.
    public var overtaken: Double = 0
    /// By how many nanoseconds those are late.
    public var overtaking: Int64 = 0
    /// Bytes a second that pass at most.
    public var rate: Double?
    /// Bytes that pass before that counts.
    public var burst: Double = 0
    /// The share of each link's packets that is hit, where it is constant and the same on every link of
    /// the fault.
    public var perPacket: Double?
    /// How many terms count each packet.
    public var parts = 1
    /// How many times the variance of a count is that of independent hits.
    public var clumping: Double = 1
    /// How the machines are asked.
    public var feeler = Feeler.echo(bytes: Feeler.least)
    /// For people: what was asked for.
    public var words = ""

    /// What a question from `pair.from` to `pair.to` and its answer should feel of this fault alone.
    /// `moments` are nanoseconds since the fault began, at which is asked: they matter for levels that
    /// change.
    public init(of fault: LinkFault, asking pair: LinkID, at moments: [Int64] = [0]) {
        let back = LinkID(from: pair.to, to: pair.from)
        let all = fault.parts.map { part in
            (part: part, ways: part.links.filter { $0 == pair || $0 == back })
        }
        let parts = all.filter { !$0.ways.isEmpty }
        feeler = parts.first.map { Feeler($0.part.effect, only: $0.part.only) } ?? feeler
        self.parts = max(1, parts.count)
        var kept = (lost: 1.0, repeated: 1.0, altered: 1.0, overtaken: 1.0)
        var variance = 0.0
        var shares: [Double?] = []
        var names: [String] = []
        for (part, ways) in parts {
            let term = Term(part, fault: fault.id, lane: 0)
            let count = Double(ways.count)
            varies = varies || part.course != nil
            func level() -> Double {
                guard !moments.isEmpty else { return Double(term.a) }
                let sum = moments.reduce(0.0) { $0 + Double(term.level(after: max(0, $1))) }
                return sum / Double(moments.count)
            }
            /// What is left of a share after each way.
            func rest(_ share: Double) -> Double {
                (0..<ways.count).reduce(1.0) { left, _ in left * (1 - share) }
            }
            switch part.effect {
            case .cut, .mute, .hold, .mtu:
                isSilent = true
                names.append(part.effect.verb)
            case .refuse:
                names.append("refuse")
                guard ways.contains(pair) else { continue }
                if case .connect = feeler { isRefused = true } else { isSilent = true }
            case .delay(let delay):
                let (mean, deviation) = delay.moments(base: level())
                let rho = min(0.98, delay.correlation.value)
                gain += count * mean
                variance += count * deviation * deviation * (1 + rho) / (1 - rho)
            case .limit:
                // Of bits, bytes.
                rate = min(rate ?? .infinity, level() / 8)
                burst = max(burst, Double(term.b))
            case .loss, .duplicate, .reorder, .corrupt:
                let share = level() / 4_294_967_296
                names.append("\(part.effect.verb) \(Figures.percent(share))")
                shares.append(part.course == nil ? share : nil)
                switch part.effect {
                case .duplicate: kept.repeated *= rest(share)
                case .reorder(_, let within):
                    kept.overtaken *= rest(share)
                    overtaking = max(overtaking, within.nanoseconds)
                case .corrupt(_, right: true): kept.altered *= rest(share)
                default:
                    kept.lost *= rest(share)
                    if case .loss(_, let burst?) = part.effect {
                        clumping = max(clumping, Self.clumping(share, burst.value))
                    }
                }
            }
        }
        lost = 1 - kept.lost
        repeated = 1 - kept.repeated
        altered = 1 - kept.altered
        overtaken = 1 - kept.overtaken
        spread = variance.squareRoot()
        if let first = shares.first, shares.allSatisfy({ $0 == first }) { perPacket = first }
        if let rate { names.insert("at most \(Figures.rate(rate))", at: 0) }
        if gain > 0 { names.insert("round trip \(Figures.gain(gain))", at: 0) }
        words = names.joined(separator: ", ")
    }

    /// How many echoes a proof should send: enough for five of what is rare to be expected, at most 200.
    public var echoesWanted: Int {
        if case .train(_, let count) = feeler { return count }
        let rarest = [lost, repeated, altered, overtaken].filter { $0 > 0 }.min()
        guard !isSilent, let rarest else { return 20 }
        let wanted = max(20, Int(min(1e6, 5 * clumping / rarest - 1e-6).rounded(.up)))
        // Two hundred would not show it, and there is a delay to be felt by few.
        return wanted > 200 && gain > 0 ? 20 : min(200, wanted)
    }

    /// A chain with two states (Gilbert's): its counts vary as those of so many times fewer draws.
    private static func clumping(_ share: Double, _ burst: Double) -> Double {
        guard share < 1 else { return 1 }
        let turning = min(1, 1 / (burst * (1 - share)))
        return max(1, (2 - turning) / turning)
    }
}

extension Effect {
    /// The verb that asks for it.
    var verb: String {
        switch self {
        case .cut, .mute: "cut"
        case .hold: "hold"
        case .delay: "delay"
        case .loss: "loss"
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .corrupt: "corrupt"
        case .limit: "limit"
        case .mtu(let bytes, _): "mtu \(bytes)"
        case .refuse: "refuse"
        }
    }
}

extension Delay {
    /// Mean and standard deviation in nanoseconds of what a packet waits that has the line for itself;
    /// the deviation leaves out that no packet waits less than nothing. `base` in nanoseconds: it may
    /// change with time.
    func moments(base: Double) -> (mean: Double, deviation: Double) {
        let a = max(0, base)
        let b = Double(max(0, jitter.nanoseconds))
        guard b > 0 else { return (a, 0) }
        switch bell {
        case .uniform:
            return (a >= b ? a : (a + b) * (a + b) / (4 * b), b / 3.0.squareRoot())
        case .normal:
            guard a < 4 * b else { return (a, b) }
            // The mean of a normal variable whose negative part counts as zero.
            let z = a / b
            let density = Figures.exponential(-z * z / 2) * 0.398_942_280_401_432_7
            return (a * Figures.normalShare(z) + b * density, b)
        case .exponential: return (a + b, b)
        // Lomax with exponent 4: the deviation is √2 times the mean.
        case .pareto: return (a + b, b * 2.0.squareRoot())
        }
    }
}
