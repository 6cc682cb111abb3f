/// Ordered pairs of machines, as products of sets: compact also for partitions of a thousand.
public struct LinkSet: Equatable, Sendable {
    /// The links are the union of the blocks.
    public var blocks: [Block]

    /// No link when empty.
    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    /// Every direction from one of `from` to one of `to`, but to itself.
    public struct Block: Equatable, Sendable {
        /// Senders, sorted.
        public var from: [NodeID]
        /// Receivers, sorted.
        public var to: [NodeID]

        /// A product of two sets.
        public init(from: [NodeID], to: [NodeID]) {
            self.from = from
            self.to = to
        }
    }

    /// Whether the direction is among them.
    public func contains(_ link: LinkID) -> Bool {
        link.from != link.to
            && blocks.contains { $0.from.contains(link.from) && $0.to.contains(link.to) }
    }

    /// Whether any of them begins or ends at the machine.
    public func touches(_ node: NodeID) -> Bool {
        blocks.contains { $0.from.contains(node) || $0.to.contains(node) }
    }
}

/// A fault as it was injected, with everything looked up.
public struct FaultRecord: Equatable, Sendable {
    /// Its number.
    public var id: FaultID
    /// Given with `as`.
    public var name: String?
    /// The command with names, canonical; parsing it gives the effect again.
    public var text: String
    /// Machines whose processes or resources it holds.
    public var nodes: [NodeID]
    /// Links that it acts on.
    public var links: LinkSet
    /// When it ends by itself.
    public var ends: Stamp?
    /// Part of the weather: `heal all` leaves it.
    public var weather: Bool
    /// Done in a moment (`kill`, `crash` without `for`): it holds nothing.
    public var momentary: Bool
    /// Who asked for it.
    public var by: String

    /// A record of a fault.
    public init(
        id: FaultID, name: String? = nil, text: String, nodes: [NodeID] = [],
        links: LinkSet = LinkSet(), ends: Stamp? = nil, weather: Bool = false,
        momentary: Bool = false, by: String = ""
    ) {
        self.id = id
        self.name = name
        self.text = text
        self.nodes = nodes
        self.links = links
        self.ends = ends
        self.weather = weather
        self.momentary = momentary
        self.by = by
    }
}

/// What a fault was found to do.
public struct Proof: Equatable, Sendable {
    /// The judgement so far.
    public var verdict: Verdict
    /// For people: "round trip +200 ms: felt +200.3 over 40 echoes".
    public var words: String
    /// Wire packets (or processes) that it acted on.
    public var applied: UInt64
    /// What was felt, in seconds of round trip or as a share lost; NaN when it does not apply.
    public var felt: Double

    /// A proof.
    public init(verdict: Verdict, words: String, applied: UInt64 = 0, felt: Double = .nan) {
        self.verdict = verdict
        self.words = words
        self.applied = applied
        self.felt = felt
    }

    /// What can be said of a fault.
    public enum Verdict: String, Sendable, CaseIterable {
        /// Not decided yet.
        case measuring
        case proved
        case noEffect = "no-effect"
        case notProvable = "not-provable"
    }

    /// By value; a NaN in `felt` equals itself.
    public static func == (a: Proof, b: Proof) -> Bool {
        a.verdict == b.verdict && a.words == b.words && a.applied == b.applied
            && a.felt.isSame(as: b.felt)
    }
}

/// Why a fault is over.
public enum FaultEnd: String, Sendable, CaseIterable {
    /// Its time was up.
    case elapsed
    /// Healed on request.
    case healed
    /// It was over in a moment.
    case momentary
    /// The run ended.
    case runEnded = "run-ended"
}
