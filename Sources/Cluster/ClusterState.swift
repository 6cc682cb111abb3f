/// The fold of all entries so far: what every viewer, selector and expression reads.
public struct ClusterState: Sendable, Equatable {
    /// Facts: small, copied freely.
    public internal(set) var core = Core()
    /// Histories of numbers; only viewers fold them.
    public internal(set) var series: Series?

    /// An empty state. `series: false` leaves out the histories (the lab needs none).
    public init(series: Bool = true) { self.series = series ? Series() : nil }

    /// Total: never throws, never traps, reads no clock, no locale, no environment.
    public mutating func apply(_ entry: Entry) {
        core.apply(entry)
        series?.apply(entry, core: core)
    }
}

/// The facts of a run so far.
public struct Core: Sendable, Equatable {
    /// The run, once it has begun.
    public internal(set) var run: RunDescription?
    /// Number of the last entry folded.
    public internal(set) var lastEntry: UInt64 = 0
    /// How many entries were folded.
    public internal(set) var folded: UInt64 = 0
    /// Entries missing from the journal.
    public internal(set) var missingEntries: UInt64 = 0
    /// Time of the last entry.
    public internal(set) var now = Stamp.zero
    /// By `NodeID.index`; dense. Clients are among them.
    public internal(set) var nodes: [NodeState] = []
    /// Links that were ever used or faulted, by link.
    public internal(set) var links: [LinkID: LinkState] = [:]
    /// In order of injection; ended ones stay.
    public internal(set) var faults: [FaultState] = []
    /// What the clients saw.
    public internal(set) var clients = ClientsState()
    /// The latest verdict on each promise, in order of first mention.
    public internal(set) var judgements: [Judgement] = []
    /// The scenario that runs, or ran.
    public internal(set) var scenario: ScenarioState?
    /// The last commands, newest last; at most `Core.keptCommands`.
    public internal(set) var commands: [StampedCommand] = []
    /// Sentences for the event line, newest last; at most `Core.keptNews`.
    public internal(set) var news: [News] = []
    /// How many sentences were told so far, forgotten ones included.
    public internal(set) var newsTold: UInt64 = 0
    /// One for each fault that made a node disappear, in order; at most `Core.keptIncidents`.
    public internal(set) var incidents: [Incident] = []
    /// What bounded queues lost, by name.
    public internal(set) var dropped: [String: UInt64] = [:]
    /// The moment when every node was ready for the first time.
    public internal(set) var allReadyAt: Stamp?
    /// How the run ended, once it has.
    public internal(set) var ended: RunEnd?
    /// Who said that it leads, by term; at most `Core.keptTerms`, the oldest forgotten.
    public internal(set) var leadersByTerm: [UInt64: [NodeID]] = [:]
    /// Groups in which some node ever told a role of consensus: their nodes are voters.
    var votingGroups: Set<String> = []
    /// Places of the faults whose course is not over: nobody noticed yet, or not all is well again.
    var watched: [Int] = []

    /// How many commands are kept.
    public static let keptCommands = 200
    /// How many sentences are kept.
    public static let keptNews = 500
    /// How many incidents are kept.
    public static let keptIncidents = 100
    /// How many faults are kept; the oldest that are over go first.
    public static let keptFaults = 4_096
    /// How many judgements and how many steps of a scenario are kept.
    public static let keptJudgements = 1_000
    /// How many terms are kept.
    public static let keptTerms = 1_024
    /// How many machines there may be.
    public static let mostNodes = 4_096
    /// How many links are kept.
    public static let mostLinks = 200_000
    /// Words of `metrics` that are kept for a node.
    public static let mostMetrics = 64

    /// Nothing has happened yet.
    public init() {}
}

/// One machine now.
public struct NodeState: Sendable, Equatable {
    /// Its index.
    public var id: NodeID
    /// What never changes.
    public var description: NodeDescription
    /// How far it has come, and why.
    public var change: NodeChange
    /// Since when it is in this phase.
    public var since: Stamp
    /// What it says it is.
    public var role: RoleChange
    /// Its last sample.
    public var sample: Sample
    /// When that was taken.
    public var sampledAt: Stamp
    /// Lines of log so far.
    public var logLines: UInt64
    /// When it last became ready; `nil` before.
    public var readyAt: Stamp?
    /// When it was last ready and stopped being so; `nil` before, and again when it is ready.
    public var lostAt: Stamp?
    /// When its program last stopped running; `nil` before.
    public var downAt: Stamp?
    /// What it told last under words of the topology's own.
    public var metrics: [String: Float] = [:]
    /// What came of the last operation of each kind that was done by hand here.
    public var asked: [AskRecord.Verb: AskRecord] = [:]
    /// When it last led and went down without telling another role.
    var ledUntil: Stamp?

    /// Whether it has been ready since its program was last started.
    public var wasReady: Bool {
        guard let readyAt else { return false }
        return downAt.map { $0 <= readyAt } ?? true
    }

    /// The phase alone.
    public var phase: Phase { change.phase }
    /// The name.
    public var name: String { description.name }
    /// Whether the load is made here.
    public var isClient: Bool { description.kind == .client }
}

/// One direction between two machines now.
public struct LinkState: Sendable, Equatable {
    /// The last sample.
    public var sample: LinkSample
    /// When it was taken.
    public var sampledAt: Stamp
    /// The least round trip felt while no fault was on either direction, in seconds; NaN before.
    public var idle: Float
    /// Wire packets dropped by faults so far.
    public var dropped: Double
    /// Wire packets that passed so far.
    public var passed: Double

    /// By value; a NaN in `idle` equals itself.
    public static func == (a: LinkState, b: LinkState) -> Bool {
        a.sample == b.sample && a.sampledAt == b.sampledAt
            && a.idle.isSame(as: b.idle) && a.dropped == b.dropped
            && a.passed == b.passed
    }
}

/// A fault, active or over.
public struct FaultState: Sendable, Equatable {
    /// As it was injected.
    public var record: FaultRecord
    /// What its text means; `nil` when this version does not know the words.
    public var spec: FaultSpec?
    /// When it began.
    public var began: Stamp
    /// When it was over.
    public var ended: Stamp?
    /// Why it was over.
    public var end: FaultEnd?
    /// What it was found to do.
    public var proof: Proof?
    /// The first time that another node changed its role or readiness, or a client's operation failed.
    public var noticed: Stamp?
    /// The node that noticed; `nil` when it was a client.
    public var noticedBy: NodeID?
    /// When a node began to lead that did not when the fault began.
    public var elected: Stamp?
    /// Which one.
    public var electedNode: NodeID?
    /// When all was well again; see `Core.recovery(_:)`.
    public var recovered: Stamp?
    /// Who led when it began.
    var leaders: [NodeID]
    /// Share of the clients' operations that failed anyway, in the ten seconds before.
    var wontedFailures = 0.0

    /// Whether it acts now.
    public var isActive: Bool { ended == nil }
    /// Its name, or `f3`.
    public var label: String { record.name ?? record.id.description }
}

/// What all clients saw together.
public struct ClientsState: Sendable, Equatable {
    /// One second each, oldest first; at most `ClientsState.kept`.
    public var seconds = Chunked<Second>()
    /// All since every node was ready for the first time.
    public var total = Second(at: .zero)
    /// Longest time without a success so far, in seconds.
    public var longestOutage: Float = 0
    /// What each of them saw, by its node; all since every node was ready for the first time.
    public var each: [NodeID: Second] = [:]
    /// What each of them told last.
    public var last: [NodeID: ClientSample] = [:]

    /// How many seconds are kept: an hour.
    public static let kept = 3_600

    /// One second of all clients.
    public struct Second: Sendable, Equatable {
        /// When it began.
        public var at: Stamp
        /// Operations that were due.
        public var due: UInt64 = 0
        /// Answered with success.
        public var ok: UInt64 = 0
        /// Certainly did not happen.
        public var refused: UInt64 = 0
        /// Nobody knows.
        public var unknown: UInt64 = 0
        /// Longest silence that a client told, in seconds.
        public var silence: Float = 0
        /// Longest outage that a client told, in seconds; never less than `silence`.
        public var outage: Float = 0
        /// Latency of the answered ones, from when they were due.
        public var latency = LatencyHistogram()
        /// The same from when they were sent: what one measures who waits for one answer before he asks again.
        public var uncorrected = LatencyHistogram()

        /// A second in which nothing happened yet.
        public init(at: Stamp) { self.at = at }

        /// Share of finished operations that succeeded; `nil` when none finished.
        public var availability: Double? {
            let finished = ok + refused + unknown
            return finished == 0 ? nil : Double(ok) / Double(finished)
        }
    }
}

/// A command and when it was given.
public struct StampedCommand: Sendable, Equatable {
    /// When.
    public var at: Stamp
    /// What.
    public var record: CommandRecord
    /// Why it was refused; `nil` when it was accepted.
    public var refusal: String?
}

/// A sentence for the event line.
public struct News: Sendable, Equatable {
    /// When.
    public var at: Stamp
    /// What it is about; decides the glyph.
    public var kind: Kind
    /// The sentence.
    public var text: String
    /// What came of it, told later at the right: "felt +200.3 over 40 echoes".
    public var outcome: String
    /// The fault that it tells of.
    public var fault: FaultID?
    /// The node that it tells of.
    public var node: NodeID?

    /// Kinds of news.
    public enum Kind: String, Sendable, CaseIterable {
        case fault
        case heal
        case gone
        case back
        case role
        case restart
        case refused
        case verdict
        /// Clients saw what was promised not to be; found later, and told by recordings alone.
        case violation
        case note
        case lost
    }
}

/// A scenario's course.
public struct ScenarioState: Sendable, Equatable {
    /// The scenario's name.
    public var name: String
    /// The steps that began, in order, with their last state.
    public var steps: [ScenarioPosition]
    /// Whether it stands still before its next step.
    public var isPaused = false

    /// How it ended; `nil` while it runs.
    public var end: ScenarioPosition? {
        steps.last { $0.step.isEmpty && $0.text == Self.text(of: name) && $0.state != .began }
    }

    /// What a position about the scenario itself says.
    public static func text(of name: String) -> String { "scenario \(name)" }
}

/// A node disappeared through a fault: when did the others notice, who took over, when was it back?
public struct Incident: Sendable, Equatable {
    /// The fault.
    public var fault: FaultID
    /// The node.
    public var node: NodeID
    /// How it disappeared: "crashed", "was paused".
    public var deed: String
    /// Whether it led.
    public var wasLeader: Bool
    /// Whether it was seen to be not ready since.
    var wasLost = false
    /// When the fault began.
    public var began: Stamp
    /// The first time that another node changed its role or readiness, or a client's operation failed.
    public var noticed: Stamp?
    /// The node that noticed; `nil` when it was a client.
    public var noticedBy: NodeID?
    /// When another node led.
    public var replaced: Stamp?
    /// Which one.
    public var replacedBy: NodeID?
    /// When the node was ready again.
    public var back: Stamp?
    /// The longest that a client went without success meanwhile, in seconds.
    public var waited: Float
    /// Operations that failed from the fault until all was well: reads may still succeed elsewhere
    /// while every write fails, and then nobody waited.
    public var failed: UInt64 = 0
    /// When clients succeeded again (or at once), all nodes that should be ready were, and somebody led if somebody had.
    public var recovered: Stamp?
}
