public import Cluster

/// What an echo between two machines should feel of a fault: out over one link, back over the other.
public struct Expectation: Hashable, Sendable {
    /// No echo comes back.
    public var isSilent = false
    /// Nanoseconds that a round trip gains on average.
    public var gain: Double = 0
    /// Standard deviation of that gain; 0 for constant delays.
    public var spread: Double = 0
    /// The share of echoes that is lost, from 0 to 1.
    public var lost: Double = 0
    /// The share of each link's packets that is lost, where it is the same on every link of the fault.
    public var lostPerPacket: Double?
    /// No echo can feel it, because it is only about TCP, UDP or a port.
    public var isDeaf = false
    /// For people: what was asked for.
    public var words = ""

    /// What an echo from `pair.from` to `pair.to` and back should feel of this fault alone.
    public init(of fault: LinkFault, asking pair: LinkID) {
        var kept = 1.0
        var variance = 0.0
        var shares: Set<Double> = []
        var names: [String] = []
        isDeaf = !fault.parts.isEmpty
        for part in fault.parts {
            let back = LinkID(from: pair.to, to: pair.from)
            let ways = part.links.filter { $0 == pair || $0 == back }.count
            guard ways > 0 else { continue }
            if case .loss(let share) = part.effect { shares.insert(share.value) }
            guard part.only.map(Self.includesEcho) ?? true else { continue }
            isDeaf = false
            switch part.effect {
            case .cut, .mute:
                isSilent = true
                names.append("cut")
            case .hold:
                isSilent = true
                names.append("hold")
            case .delay(let delay):
                let (mean, deviation) = delay.moments
                gain += Double(ways) * mean
                variance += Double(ways) * deviation * deviation
            case .loss(let share):
                for _ in 0..<ways { kept *= 1 - share.value }
                names.append("loss \(Figures.percent(share.value))")
            }
        }
        lost = 1 - kept
        spread = variance.squareRoot()
        lostPerPacket = shares.count == 1 ? shares.first : nil
        if gain > 0 { names.insert("round trip \(Figures.gain(gain))", at: 0) }
        words = names.joined(separator: ", ")
    }

    /// How many echoes a proof should send: enough for five losses to be expected, at most 200.
    public var echoesWanted: Int {
        guard !isSilent, lost > 0 else { return 20 }
        return min(200, max(20, Int((5 / lost - 1e-6).rounded(.up))))
    }

    private static func includesEcho(_ only: Only) -> Bool {
        only.port == nil && (only.transport == nil || only.transport == .icmp)
    }
}

extension Delay {
    /// Mean and standard deviation in nanoseconds of what a packet waits that has the line for itself;
    /// the deviation leaves out that no packet waits less than nothing.
    var moments: (mean: Double, deviation: Double) {
        let a = Double(max(0, base.nanoseconds))
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
