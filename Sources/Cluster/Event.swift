/// One line of the journal.
public struct Entry: Equatable, Sendable {
    /// 0, 1, 2 … without a gap.
    public var number: UInt64
    /// Never smaller than that of the entry before.
    public var at: Stamp
    /// What happened.
    public var event: Event

    /// An entry of the journal.
    public init(number: UInt64, at: Stamp, event: Event) {
        self.number = number
        self.at = at
        self.event = event
    }
}

/// What happened, never what to think of it.
public indirect enum Event: Equatable, Sendable {
    /// The first entry of every journal.
    case runBegan(RunDescription)
    case nodeDefined(NodeID, NodeDescription)
    case nodeChanged(NodeID, NodeChange)
    case roleChanged(NodeID, RoleChange)
    /// One entry a tick for all nodes that changed.
    case samples([Sample])
    case linkSamples([LinkSample])
    case clientSamples([ClientSample])
    /// What nodes told under words of the topology's own; only those that changed.
    case metricSamples([MetricSample])
    case commandAccepted(CommandRecord)
    case commandRefused(CommandRecord, message: String)
    case faultBegan(FaultRecord)
    case faultMeasured(FaultID, Proof)
    case faultEnded(FaultID, FaultEnd)
    case scenarioStep(ScenarioPosition)
    /// A check, an expectation or an invariant was judged.
    case judged(Judgement)
    /// Lines were written to `logs/NODE.log`; their text stays there.
    case logLines(NodeID, firstByte: UInt64, count: UInt32)
    /// A bounded queue was full.
    case dropped(DropReport)
    case note(String, by: String)
    /// Somebody asked a node by hand, and what came of it.
    case asked(AskRecord)
    /// Written by a newer squall; kept, ignored by the fold.
    case unknown(kind: String)
    case runEnded(RunEnd)
}

/// What is true of the whole run.
public struct RunDescription: Equatable, Sendable {
    /// The run's name, as its folder is called.
    public var run: String
    /// The topology's name.
    public var topology: String
    /// One sentence about it.
    public var about: String
    /// Wall-clock time at stamp 0, RFC 3339, for people.
    public var wall: String
    /// Every random decision comes from it.
    public var seed: UInt64
    /// `virtual/veth` or `virtual/tun`.
    public var fabric: String
    /// The scheduling that the packet loop got: `fifo`, `nice`, `slice`, `plain`.
    public var scheduling: String
    /// The scenario that runs, if any.
    public var scenario: String?

    /// A description of a run.
    public init(
        run: String, topology: String, about: String = "", wall: String = "", seed: UInt64,
        fabric: String = "", scheduling: String = "", scenario: String? = nil
    ) {
        self.run = run
        self.topology = topology
        self.about = about
        self.wall = wall
        self.seed = seed
        self.fabric = fabric
        self.scheduling = scheduling
        self.scenario = scenario
    }
}

/// What never changes about a machine.
public struct NodeDescription: Equatable, Sendable {
    /// `kv-1`, `primary`, `client-1`.
    public var name: String
    /// `kv`; equal to the name for a group of one without `count`.
    public var group: String
    /// `10.66.0.2`.
    public var address: String
    /// Nodes run a program of the topology; clients make the load.
    public var kind: Kind
    /// Labels, sorted by key.
    public var labels: [Label]
    /// Whether the node has a probe (without one it is ready when started).
    public var probed: Bool
    /// The size of its disk, which is memory then; `nil` for an ordinary directory.
    public var disk: ByteCount?
    /// Whether its clock can be set.
    public var hasFaultableClock: Bool
    /// Words of `metrics` that have no meaning of their own, sorted: `metric(WORD, NODE)`.
    public var metrics: [String]

    /// A machine's description.
    public init(
        name: String, group: String, address: String, kind: Kind = .node, labels: [Label] = [],
        probed: Bool = true, disk: ByteCount? = nil, hasFaultableClock: Bool = false,
        metrics: [String] = []
    ) {
        self.metrics = metrics
        self.name = name
        self.group = group
        self.address = address
        self.kind = kind
        self.labels = labels
        self.probed = probed
        self.disk = disk
        self.hasFaultableClock = hasFaultableClock
    }

    /// What a machine is for.
    public enum Kind: String, Sendable, CaseIterable {
        case node
        case client
    }

    /// A label of a machine.
    public struct Label: Equatable, Sendable {
        /// `zone`.
        public var key: String
        /// `eu`.
        public var value: String

        /// A label.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }
}

/// How far a node has come.
public enum Phase: String, Sendable, CaseIterable {
    /// Waits for others (`after`), or for `start`.
    case waiting
    /// The machine is being made.
    case starting
    /// The program runs; the probe has not said yes yet.
    case started
    /// The probe says yes.
    case ready
    /// The program runs; the probe says no, or nothing.
    case unready
    /// The stop ladder is under way.
    case stopping
    /// Ended with status 0.
    case exited
    /// Ended otherwise.
    case failed
    /// Ended; will be started again.
    case backingOff = "backing-off"
    /// Held down by a fault, or stopped on request.
    case stopped
    /// The machine has no power.
    case off

    /// Whether the node's program is running.
    public var isUp: Bool {
        switch self {
        case .started, .ready, .unready, .stopping: true
        default: false
        }
    }
}

/// A node changed its phase.
public struct NodeChange: Equatable, Sendable {
    /// The new phase.
    public var phase: Phase
    /// In words: "killed by SIGKILL, injected by f3", "waits for primary", "probe: connection refused".
    public var reason: String
    /// The fault that did it.
    public var fault: FaultID?
    /// Exit status of the main process.
    public var status: Int32?
    /// Signal that ended the main process, as `SIGKILL`.
    public var signal: String?
    /// When it will be tried again.
    public var until: Stamp?
    /// How many times it was started in this run.
    public var starts: UInt32

    /// A change of phase.
    public init(
        phase: Phase, reason: String = "", fault: FaultID? = nil, status: Int32? = nil,
        signal: String? = nil, until: Stamp? = nil, starts: UInt32 = 0
    ) {
        self.phase = phase
        self.reason = reason
        self.fault = fault
        self.status = status
        self.signal = signal
        self.until = until
        self.starts = starts
    }
}

/// A node told another role.
public struct RoleChange: Equatable, Sendable {
    /// In our words.
    public var role: Role
    /// In the engine's own word.
    public var own: String
    /// The term or epoch, where there is one.
    public var term: UInt64?

    /// A change of role.
    public init(role: Role, own: String, term: UInt64? = nil) {
        self.role = role
        self.own = own
        self.term = term
    }
}

/// A command as it was given and as it was understood.
public struct CommandRecord: Equatable, Sendable {
    /// From 1.
    public var number: UInt64
    /// As written.
    public var text: String
    /// With names in place of roles and numbers.
    public var names: String
    /// `key`, `palette`, `do`, `scenario leader-crash, step 3`.
    public var by: String
    /// The fault that it made, if any.
    public var fault: FaultID?

    /// A record of a command.
    public init(number: UInt64, text: String, names: String, by: String, fault: FaultID? = nil) {
        self.number = number
        self.text = text
        self.names = names
        self.by = by
        self.fault = fault
    }
}

/// Where a scenario stands.
public struct ScenarioPosition: Equatable, Sendable {
    /// The scenario's name.
    public var scenario: String
    /// `3`, or `4.2` inside a block; empty for the scenario itself.
    public var step: String
    /// The line, or a sentence about the phase ("settling").
    public var text: String
    /// What became of it.
    public var state: State
    /// Why it failed.
    public var message: String

    /// A position.
    public init(
        scenario: String, step: String, text: String, state: State, message: String = ""
    ) {
        self.scenario = scenario
        self.step = step
        self.text = text
        self.state = state
        self.message = message
    }

    /// What became of a step.
    public enum State: String, Sendable, CaseIterable {
        case began
        case done
        case failed
        /// It stands still before its next step; told of the scenario itself.
        case paused
        /// It goes on.
        case resumed
    }
}

/// Something was lost because a bounded queue was full.
public struct DropReport: Equatable, Sendable {
    /// What was lost: "log lines of kv-1", "packets to kv-2: device queue full".
    public var what: String
    /// How many since the last report on it.
    public var count: UInt64

    /// A report.
    public init(what: String, count: UInt64) {
        self.what = what
        self.count = count
    }
}

/// How a run ended.
public struct RunEnd: Equatable, Sendable {
    /// In words: "quit", "scenario passed", "interrupted".
    public var reason: String
    /// The exit code that it means, where it was judged.
    public var code: Int32
    /// How packets kept their times, if they did not: "disturbed: …"; empty when all is well.
    public var timing: String

    /// An end.
    public init(reason: String, code: Int32 = 0, timing: String = "") {
        self.reason = reason
        self.code = code
        self.timing = timing
    }
}

/// One operation by hand at one node.
public struct AskRecord: Equatable, Sendable {
    /// Who was asked.
    public var node: NodeID
    /// What was done.
    public var verb: Verb
    /// The key, or the path of a call.
    public var key: String
    /// How it ended.
    public var outcome: Outcome
    /// What was read; `nil`: nothing was there, or nothing was to be read.
    public var value: String?
    /// Why it was not done, in words; empty when it was.
    public var reason: String
    /// Who did it.
    public var by: String

    /// Verbs by hand.
    public enum Verb: String, Sendable, CaseIterable {
        case put
        case get
        case call
    }

    /// How it can end.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Done.
        case ok
        /// Certainly not done.
        case refused
        /// Nobody knows.
        case timeout
    }

    /// What was asked, and what came of it.
    public init(
        node: NodeID, verb: Verb, key: String, outcome: Outcome, value: String? = nil,
        reason: String = "", by: String = ""
    ) {
        self.node = node
        self.verb = verb
        self.key = key
        self.outcome = outcome
        self.value = value
        self.reason = reason
        self.by = by
    }

    /// What a person reads: the value, `ok`, `no such key`, or what went wrong.
    public var words: String {
        switch outcome {
        case .ok where verb == .get: value ?? "no such key"
        case .ok: "ok"
        case .refused, .timeout:
            reason.isEmpty ? outcome.rawValue : "\(outcome.rawValue) (\(reason))"
        }
    }
}

/// What one node told under one word of its `metrics` that has no meaning of its own.
public struct MetricSample: Equatable, Sendable {
    /// The node.
    public var node: NodeID
    /// The word.
    public var word: String
    /// The value, counters as a rate a second; NaN when it is not told any more.
    public var value: Float

    /// A value of a word.
    public init(node: NodeID, word: String, value: Float) {
        self.node = node
        self.word = word
        self.value = value
    }

    /// By bits, but every NaN equals every other.
    public static func == (a: MetricSample, b: MetricSample) -> Bool {
        a.node == b.node && a.word == b.word && a.value.isSame(as: b.value)
    }
}
