public import Cluster

/// What a fault does to the packets of a link.
public enum Effect: Hashable, Sendable {
    /// Nothing passes; what the line held is lost with it.
    case cut
    /// As `cut`, and the machine's own port is silent too: not even an address question is
    /// answered. For a power-off.
    case mute
    /// Everything waits, in order, until the hold is taken away.
    case hold
    /// Everything comes later, in the order it was sent.
    case delay(Delay)
    /// A share of the wire packets is lost, each for itself.
    case loss(Share)

    /// The effects that a link effect of the command language stands for.
    /// Throws `EffectError` for what this version does not do; nothing is left out in silence.
    public static func effects(of wanted: LinkEffect) throws(EffectError) -> [Effect] {
        switch wanted {
        case .cut: return [.cut]
        case .hold: return [.hold]
        case .delay(let level, let jitter, let bell, let correlation):
            guard correlation == nil else { throw .notYet("correlation") }
            guard case .time(let base) = try constant(level) else { throw .wrongUnit("a time") }
            return [.delay(Delay(base, jitter: jitter ?? .zero, bell: bell ?? .uniform))]
        case .loss(let level, let burst):
            guard burst == nil else { throw .notYet("burst") }
            guard case .share(let share) = try constant(level) else { throw .wrongUnit("a share") }
            guard (0...1_000_000_000).contains(share.billionths) else {
                throw .wrongUnit("a share from 0% to 100%")
            }
            return [.loss(share)]
        case .profile(let profile): return effects(of: profile)
        case .reset: throw .notYet("reset")
        case .refuse: throw .notYet("refuse")
        case .duplicate: throw .notYet("duplicate")
        case .reorder: throw .notYet("reorder")
        case .corrupt: throw .notYet("corrupt")
        case .limit: throw .notYet("limit")
        case .mtu: throw .notYet("mtu")
        }
    }

    /// Named lines of the wide area; each figure is one way.
    private static func effects(of profile: LinkEffect.Profile) -> [Effect] {
        switch profile {
        case .region:
            [.delay(Delay(.microseconds(500), jitter: .microseconds(100), bell: .normal))]
        case .continent:
            [
                .delay(Delay(.milliseconds(30), jitter: .milliseconds(2), bell: .normal)),
                .loss(Share(billionths: 100_000)),
            ]
        case .ocean:
            [
                .delay(Delay(.milliseconds(75), jitter: .milliseconds(5), bell: .normal)),
                .loss(Share(billionths: 500_000)),
            ]
        }
    }

    private static func constant(_ level: Level) throws(EffectError) -> Quantity {
        switch level {
        case .constant(let quantity): return quantity
        case .ramp: throw .notYet("ramp")
        case .sine: throw .notYet("sine")
        case .square: throw .notYet("square")
        case .trace: throw .notYet("trace")
        }
    }
}

/// A one-way delay. Uniform jitter lies within ± `jitter`; normal jitter has it as its standard
/// deviation; exponential and Pareto jitter only add, `jitter` on average. A packet never leaves
/// before it came.
public struct Delay: Hashable, Sendable {
    /// What every packet waits.
    public var base: Duration
    /// The size of the random part; zero for none.
    public var jitter: Duration
    /// How the random part is distributed.
    public var bell: Bell

    /// A one-way delay.
    public init(_ base: Duration, jitter: Duration = .zero, bell: Bell = .uniform) {
        self.base = base
        self.jitter = jitter
        self.bell = bell
    }
}

/// Why a fault cannot be made into link terms.
public enum EffectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A word of the language that this version does not carry out.
    case notYet(String)
    /// The value has the wrong unit; the text says what is wanted.
    case wrongUnit(String)
    /// `only` cannot be combined with this effect, because order is kept on the whole link.
    case unfilterable(String)

    /// For people.
    public var description: String {
        switch self {
        case .notYet(let word): "'\(word)' is not carried out by this version"
        case .wrongUnit(let wanted): "expected \(wanted)"
        case .unfilterable(let word):
            "'\(word)' takes no 'only': order is kept on the whole link"
        }
    }
}
