/// What is asked of a node, how often, and what its numbers mean. Filled in from a topology.
public struct ProbePlan: Hashable, Sendable {
    /// What is asked.
    public var kind: Kind
    /// The node's own IPv4 address, dotted. The socket comes from inside of its machine.
    public var address: String
    /// TCP port.
    public var port: UInt16
    /// From the start of one question to the start of the next; a question never begins before the
    /// one before it was answered or given up.
    public var every: Duration
    /// From the start of a question, a socket and a connection included, until it is given up.
    public var timeout: Duration
    /// Good answers in a row that make it ready.
    public var healthyAfter: Int
    /// Bad answers in a row that make it unready again.
    public var unhealthyAfter: Int
    /// Word → metric name (`kv_requests_total`, `requests{code="500"}`) or JSON pointer (`/raft/term`).
    /// `role term position behind lag requests errors latency` have a meaning, every other word is
    /// kept as it is told. Only `http` and `prometheus` look at it.
    public var metrics: [String: String]
    /// Nodes with the same word have positions that can be compared: where one of them leads, the
    /// others' `behind` and `lag` follow from their positions. A group's name, or `nil`.
    public var peers: String?

    /// What is asked.
    public enum Kind: Hashable, Sendable {
        /// `GET path` answers `status`, or any 2xx when `nil`. Its own page is read for `metrics` that
        /// are JSON pointers; for names `GET /metrics` is asked as well.
        case http(path: String, status: Int?)
        /// `GET path` answers 2xx with a page of metrics, in Prometheus' text or in JSON.
        case prometheus(path: String)
        /// `INFO` answers, and neither loads nor is without its primary.
        case redis
        /// A connection is accepted.
        case tcp
    }

    /// A plan; what is left out is as in a topology.
    public init(
        kind: Kind, address: String, port: UInt16, every: Duration = .milliseconds(500),
        timeout: Duration = .seconds(1), healthyAfter: Int = 1, unhealthyAfter: Int = 3,
        metrics: [String: String] = [:], peers: String? = nil
    ) {
        self.kind = kind
        self.address = address
        self.port = port
        self.every = every
        self.timeout = timeout
        self.healthyAfter = healthyAfter
        self.unhealthyAfter = unhealthyAfter
        self.metrics = metrics
        self.peers = peers
    }
}
