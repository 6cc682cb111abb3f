/// What is known of a signal's name: what it is asked of, and what kind of value it has. Names that
/// are not here come from a topology's `metrics:` and are not checked.
struct SignalWord: Sendable {
    var name: String
    var arguments: Shape
    var value: Value
    var help: String

    /// What stands in the parentheses.
    enum Shape: Sendable {
        case nothing
        /// Nodes; without parentheses all that have the signal.
        case nodes
        case path
        /// A fault's name, a check's name.
        case word
        /// A word, then perhaps nodes.
        case wordAndNodes
        case expression
    }

    /// The kinds of value that it may be compared with.
    enum Value: Sendable {
        case truth
        case word
        case units([Unit])
        /// Depends on the topology.
        case anything
    }

    static func known(_ name: String) -> SignalWord? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static let all: [SignalWord] = [
        SignalWord("ready", .nodes, .truth, "every one is ready"),
        SignalWord("role", .nodes, .word, "leader, follower, candidate, or the engine's own word"),
        SignalWord("term", .nodes, .units([.number]), "the term or epoch"),
        SignalWord("position", .nodes, .units([.number]), "position in the log"),
        SignalWord("behind", .nodes, .units([.number, .size]), "entries behind the leader"),
        SignalWord("lag", .nodes, .units([.time]), "time behind the leader"),
        SignalWord("requests", .nodes, .units([.frequency, .number]), "requests a second"),
        SignalWord(
            "errors", .nodes, .units([.share, .frequency, .number]), "failed requests"),
        SignalWord("latency", .nodes, .units([.time]), "time to answer"),
        SignalWord("cpu", .nodes, .units([.share]), "share of a processor"),
        SignalWord("memory", .nodes, .units([.size]), "memory in use"),
        SignalWord("restarts", .nodes, .units([.number]), "how often it was started again"),
        SignalWord("metric", .wordAndNodes, .anything, "a metric of the topology"),
        SignalWord("rtt", .path, .units([.time]), "felt round trip"),
        SignalWord("dropped", .path, .units([.number]), "packets dropped by faults"),
        SignalWord("passed", .path, .units([.number]), "packets that passed"),
        SignalWord("leaders", .nothing, .units([.number]), "how many say that they lead"),
        SignalWord(
            "leaders-per-term", .nothing, .units([.number]), "most leaders in one term"),
        SignalWord(
            "quorum", .nothing, .truth, "a majority of voters is ready and mutually reachable"),
        SignalWord("groups", .nothing, .units([.number]), "separate groups of nodes, measured"),
        SignalWord("faults", .nothing, .units([.number]), "faults that act now"),
        SignalWord("undelivered", .nothing, .units([.number]), "messages not delivered yet"),
        SignalWord("availability", .nothing, .units([.share]), "share of operations that succeed"),
        SignalWord("throughput", .nothing, .units([.frequency, .number]), "answers a second"),
        SignalWord("p50", .nothing, .units([.time]), "median latency of the clients"),
        SignalWord("p90", .nothing, .units([.time]), "latency of the clients, 90th percentile"),
        SignalWord("p99", .nothing, .units([.time]), "latency of the clients, 99th percentile"),
        SignalWord("p999", .nothing, .units([.time]), "latency of the clients, 99.9th percentile"),
        SignalWord("outage", .nothing, .units([.time]), "longest time without a success"),
        SignalWord("detection", .word, .units([.time]), "from the fault until noticed"),
        SignalWord("election", .word, .units([.time]), "from the fault until another one leads"),
        SignalWord("recovery", .word, .units([.time]), "from the fault until all is well"),
        SignalWord("check", .word, .truth, "a check of the topology holds"),
        SignalWord("lost", .nothing, .units([.number]), "acknowledged writes that are gone"),
        SignalWord("stale", .nothing, .units([.number]), "reads of what was overwritten"),
        SignalWord("duplicated", .nothing, .units([.number]), "operations done twice"),
        SignalWord("refused", .nothing, .units([.number]), "false callers turned away"),
        SignalWord("did", .wordAndNodes, .truth, "this verb was used since the step began"),
        SignalWord("last", .wordAndNodes, .anything, "outcome of the last put, get or call there"),
        SignalWord("any", .expression, .truth, "one node is enough"),
    ]

    private init(_ name: String, _ arguments: Shape, _ value: Value, _ help: String) {
        self.name = name
        self.arguments = arguments
        self.value = value
        self.help = help
    }
}
