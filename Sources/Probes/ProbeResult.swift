public import Cluster

/// One question to a node and what came of it.
public struct ProbeResult: Equatable, Sendable {
    /// The node.
    public var node: NodeID
    /// The number that `Prober.start` gave; a node that was stopped and started has a newer one.
    public var start: UInt64
    /// When the answer was complete or given up, in nanoseconds of CLOCK_MONOTONIC.
    public var at: Int64
    /// How long this may be taken for the present, in nanoseconds: several intervals and a time-out.
    public var lasts: Int64
    /// Whether the node counts as ready after this answer and those before it.
    public var ready: Bool
    /// What was wrong with this answer, in words without a full stop ("connection refused", "status
    /// 503"); empty when it was good.
    public var reason: String
    /// From the question to the end of its answer, in seconds, without the time to connect; for
    /// `tcp` the time to connect. NaN when nothing came.
    public var roundTrip: Float
    /// What the node told; a bad answer may tell something too.
    public var reading: Reading

    /// Whether this one answer was good.
    public var isGood: Bool { reason.isEmpty }
    /// Whether the node answered at all.
    public var isAnswered: Bool { !roundTrip.isNaN }

    /// One question and what came of it.
    public init(
        node: NodeID, start: UInt64 = 0, at: Int64, lasts: Int64 = 3_000_000_000,
        ready: Bool = false,
        reason: String = "", roundTrip: Float = .nan, reading: Reading = Reading()
    ) {
        self.node = node
        self.start = start
        self.at = at
        self.lasts = lasts
        self.ready = ready
        self.reason = reason
        self.roundTrip = roundTrip
        self.reading = reading
    }

    /// By value; a NaN equals itself.
    public static func == (a: ProbeResult, b: ProbeResult) -> Bool {
        a.node == b.node && a.start == b.start && a.at == b.at && a.lasts == b.lasts
            && a.ready == b.ready && a.reason == b.reason
            && (a.roundTrip == b.roundTrip || (a.roundTrip.isNaN && b.roundTrip.isNaN))
            && a.reading == b.reading
    }
}

/// What a node told of itself; `nil` for what it did not.
public struct Reading: Equatable, Sendable {
    /// In our words; `unknown` when it told nothing of the kind.
    public var role = Role.unknown
    /// In the engine's own word ("master", "slave"); empty when it told none.
    public var roleWord = ""
    /// Term or epoch.
    public var term: UInt64?
    /// Position in the log: entries, or bytes of Redis' replication stream.
    public var position: UInt64?
    /// Entries or bytes behind the leader, as the node itself says.
    public var behind: UInt64?
    /// Seconds behind the leader, as the node itself says.
    public var lag: Double?
    /// Requests since the node began; a counter, without the probe's own.
    public var requests: Double?
    /// Failed requests since the node began; a counter.
    public var errors: Double?
    /// Seconds to answer a request, where `metrics` has the word `latency`.
    public var latency: Double?
    /// Every other word of `metrics`. Counters are as they are told: `ProbeFold` makes rates of them.
    public var others: [String: Double] = [:]
    /// The words of `others` that the node declares to be counters.
    public var counters: Set<String> = []
    /// Which nodes' positions this one's can be compared with, and whom it follows.
    public var stream: Stream?

    /// Nothing was told.
    public init() {}

    /// A log that several nodes have: positions in one log can be compared, others can't.
    public struct Stream: Equatable, Sendable {
        /// Name of the log: Redis' replication id, or `ProbePlan.peers`.
        public var name: String
        /// The log that this one continues, up to `continuedTo`: after Redis has failed over.
        public var continued: String?
        /// Positions up to here are those of `continued` too.
        public var continuedTo: UInt64
        /// What a follower says of its link to the leader; `nil` where engines don't say.
        public var link: Link?

        /// A log.
        public init(
            name: String, continued: String? = nil, continuedTo: UInt64 = 0, link: Link? = nil
        ) {
            self.name = name
            self.continued = continued
            self.continuedTo = continuedTo
            self.link = link
        }
    }

    /// A follower's link to its leader.
    public struct Link: Equatable, Sendable {
        /// Whether it stands.
        public var isUp: Bool
        /// Seconds since the leader was heard; since the link is down when it is. `nil` when untold.
        public var silence: Double?

        /// A link.
        public init(isUp: Bool, silence: Double?) {
            self.isUp = isUp
            self.silence = silence
        }
    }
}
