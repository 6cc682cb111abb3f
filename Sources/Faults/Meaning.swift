public import Cluster

/// What a link effect of the command language does: one part or more, each perhaps changing with time.
public struct Meaning: Hashable, Sendable {
    /// One effect.
    public struct Part: Hashable, Sendable {
        /// What happens, at the level where it starts.
        public var effect: Effect
        /// How that changes; `nil` when it does not.
        public var course: Course?

        init(_ effect: Effect, _ course: Course? = nil) {
            self.effect = effect
            self.course = course
        }
    }

    /// In the order that tells their random draws apart.
    public var parts: [Part]

    /// Looks a link effect up. Throws `EffectError` for what this version does not do and for what
    /// cannot be; nothing is left out in silence.
    public init(of wanted: LinkEffect) throws(EffectError) {
        switch wanted {
        case .cut: parts = [Part(.cut)]
        case .hold: parts = [Part(.hold)]
        case .refuse: parts = [Part(.refuse)]
        case .delay(let level, let jitter, let bell, let correlation):
            let (start, course) = try Self.levels(level)
            guard case .time(let base) = start else { throw .wrongUnit("a time") }
            let share = try Self.checked(correlation ?? Share(billionths: 0))
            if share.billionths > 0, (jitter ?? .zero) <= .zero {
                throw .impossible("correlation is that of the jitter: say how much, 'jitter 10ms'")
            }
            let delay = Delay(
                base, jitter: jitter ?? .zero, bell: bell ?? .uniform, correlation: share)
            parts = [Part(.delay(delay), course)]
        case .loss(let level, let burst):
            let (share, course) = try Self.shares(level)
            if let burst { try Self.check(burst, share, course) }
            parts = [Part(.loss(share, burst: burst), course)]
        case .duplicate(let level):
            let (share, course) = try Self.shares(level)
            parts = [Part(.duplicate(share), course)]
        case .reorder(let level, let within):
            let (share, course) = try Self.shares(level)
            guard within ?? Effect.overtaking > .zero else {
                throw .impossible("'within 0' is no time to be overtaken in")
            }
            parts = [Part(.reorder(share, within: within ?? Effect.overtaking), course)]
        case .corrupt(let level, let checksum):
            let (share, course) = try Self.shares(level)
            parts = [Part(.corrupt(share, right: checksum == .right), course)]
        case .limit(let level, let burst, let queue):
            let (start, course) = try Self.levels(level)
            guard case .bandwidth(let rate) = start else { throw .wrongUnit("a bandwidth") }
            guard rate.bitsPerSecond > 0 || course != nil else {
                throw .impossible("a line of 0 is a cut: write 'cut'")
            }
            let limit = Limit(
                rate, burst: burst ?? ByteCount(bytes: 0), queue: queue ?? .milliseconds(200))
            parts = [Part(.limit(limit), course)]
        case .mtu(let bytes, let silent):
            guard (68...65_535).contains(bytes) else {
                throw .wrongUnit(
                    "a number from 68 to 65535, the least that IPv4 knows and the most")
            }
            parts = [Part(.mtu(bytes, silent: silent))]
        case .profile(let profile): parts = Self.parts(of: profile)
        case .reset: throw .notYet("reset")
        }
    }

    /// Named lines of the wide area; each figure is one way.
    private static func parts(of profile: LinkEffect.Profile) -> [Part] {
        switch profile {
        case .region:
            [Part(.delay(Delay(.microseconds(500), jitter: .microseconds(100), bell: .normal)))]
        case .continent:
            [
                Part(.delay(Delay(.milliseconds(30), jitter: .milliseconds(2), bell: .normal))),
                Part(.loss(Share(billionths: 100_000))),
            ]
        case .ocean:
            [
                Part(.delay(Delay(.milliseconds(75), jitter: .milliseconds(5), bell: .normal))),
                Part(.loss(Share(billionths: 500_000))),
            ]
        }
    }

    private static func levels(_ level: Level) throws(EffectError) -> (Quantity, Course?) {
        switch level {
        case .constant(let quantity): return (quantity, nil)
        case .ramp(let from, let to, let period):
            return (from, Course(.ramp, to: to, period: period))
        case .sine(let from, let to, let period):
            guard period > .zero else { throw .impossible("'every 0' is no time to change in") }
            return (from, Course(.sine, to: to, period: period))
        case .square(let from, let to, let period):
            guard period > .zero else { throw .impossible("'every 0' is no time to change in") }
            return (from, Course(.square, to: to, period: period))
        case .trace: throw .notYet("trace")
        }
    }

    private static func shares(_ level: Level) throws(EffectError) -> (Share, Course?) {
        let (start, course) = try levels(level)
        guard case .share(let share) = start else { throw .wrongUnit("a share") }
        if let course {
            guard case .share(let other) = course.to else { throw .wrongUnit("a share") }
            _ = try checked(other)
        }
        return (try checked(share), course)
    }

    private static func checked(_ share: Share) throws(EffectError) -> Share {
        guard (0...1_000_000_000).contains(share.billionths) else {
            throw .wrongUnit("a share from 0% to 100%")
        }
        return share
    }

    /// Between two bursts at least one packet passes, so that the mean burst bounds the share.
    private static func check(
        _ burst: Fixed, _ share: Share, _ course: Course?
    ) throws(EffectError) {
        guard burst.millionths >= 1_000_000 else { throw .wrongUnit("a burst of 1 packet or more") }
        var most = share
        if case .share(let other)? = course?.to { most = max(share, other) }
        guard most.billionths < 1_000_000_000 else { return }
        let least = most.value / (1 - most.value)
        guard burst.value < least - 1e-9 else { return }
        throw .impossible(
            "with \(Figures.percent(most.value)) lost a burst has at least "
                + "\(Int((least - 1e-6).rounded(.up))) packets on average")
    }
}

extension LinkEffect {
    /// Why the effect cannot be, whatever the links; `nil` when it can. A `reset` is no term of a link: the
    /// machines themselves end their connections.
    public var complaint: String? {
        if self == .reset { return nil }
        do {
            _ = try Meaning(of: self)
            return nil
        } catch {
            return error.description
        }
    }
}

/// Why a fault cannot be made into link terms.
public enum EffectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A word of the language that this version does not carry out.
    case notYet(String)
    /// The value has the wrong unit; the text says what is wanted.
    case wrongUnit(String)
    /// Values that contradict each other; the text says why.
    case impossible(String)
    /// `only` cannot be combined with this effect, because it is about the whole port.
    case unfilterable(String)

    /// For people.
    public var description: String {
        switch self {
        case .notYet(let word): "'\(word)' is not carried out by this version"
        case .wrongUnit(let wanted): "expected \(wanted)"
        case .impossible(let why): why
        case .unfilterable(let word): "'\(word)' takes no 'only': it is about the whole port"
        }
    }
}
