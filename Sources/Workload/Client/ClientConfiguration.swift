/// What a client machine is to do: the first line on its standard input, as one JSON object.
public struct ClientConfiguration: Codable, Equatable, Sendable {
    /// Its number, from 1; values that it writes are its own.
    public var client: Int
    /// The name of its machine, as the history has it.
    public var name: String
    /// How often it was started before in this run: values that it writes are new ones each time.
    public var incarnation = 0
    /// Which operations it makes.
    public var kind: Kind
    /// In which protocol.
    public var driver: Driver
    /// Whom it asks; its connections are dealt out over them in turn, each client
    /// beginning with another one. (Not so for Redis where they are too few for all targets: then the
    /// first ones are asked, so the primary must come first.)
    public var targets: [Target]
    /// For `http`: `GET` or `POST`.
    public var method: String
    /// For `http`: begins with `/`.
    public var path: String
    /// How many keys are used: `k0` … .
    public var keys: Int
    /// For `bank`: how many accounts there are, `a0` …; each opens with `openingBalance`.
    public var accounts = 10
    /// For `exec`: the program and its arguments.
    public var program: [String] = []
    /// Whether every finished operation is told, on standard input (a socket that carries orders the
    /// other way).
    public var history = false
    /// The file that keeps what of the history was not told yet; nil: it is lost with the process.
    public var historyMemory: String?
    /// The run's beginning, in nanoseconds of `CLOCK_MONOTONIC`.
    public var zero: Int64 = 0
    /// Operations a second of this client, from the first moment on.
    public var rate: Double
    /// Connections, and with them operations under way.
    public var connections: Int
    /// How long an operation may wait for a connection, in milliseconds; and, once it is sent, how
    /// long for its answer.
    public var timeout: Int
    /// From one report to the next, in milliseconds.
    public var interval: Int
    /// The run's seed: the operations of a client are the same in every run with the same seed.
    public var seed: UInt64

    /// Which operations there are.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Reads and writes over a few keys, and compare-and-set where the driver has it.
        case register
        /// Elements into one set, and looks at all of it.
        case set
        /// Into and out of one queue.
        case queue
        /// Onto one counter.
        case counter
        /// Ids that nobody else gets.
        case uniqueIDs = "unique-ids"
        /// Transfers between accounts.
        case bank
        /// Transactions of reads and appends to lists.
        case append
        /// Transactions of reads and writes.
        case rwRegister = "rw-register"
        /// One request, again and again.
        case http
    }

    /// Protocols.
    public enum Driver: String, Codable, Sendable, CaseIterable {
        /// The built-in store: any node takes everything.
        case kv
        /// Any node is read; whoever says it is the master is written to.
        case redis
        /// etcd's JSON gateway: any node takes everything.
        case etcd
        /// A program that does it, told by lines.
        case exec
        /// Any node is asked.
        case http

        /// The kinds of operations that it can carry.
        public var kinds: Set<Kind> {
            switch self {
            case .kv: [.register, .counter, .uniqueIDs]
            case .redis, .etcd, .exec: Set(Kind.allCases).subtracting([.http])
            case .http: [.http]
            }
        }
    }

    /// What every account of a bank holds before its first transfer.
    public static let openingBalance: Int64 = 100

    /// A node.
    public struct Target: Codable, Equatable, Sendable {
        /// Its name.
        public var node: String
        /// Its IPv4 address, dotted.
        public var address: String
        /// Its port.
        public var port: Int

        /// A node by name, address and port.
        public init(node: String, address: String, port: Int) {
            self.node = node
            self.address = address
            self.port = port
        }
    }

    /// Connections that a client may have.
    public static let mostConnections = 1_000
    /// Operations a second that a client may make.
    public static let highestRate = 100_000.0

    /// A client; what is left out is as in a topology.
    public init(
        client: Int, name: String? = nil, kind: Kind = .register, driver: Driver = .kv,
        targets: [Target],
        method: String = "GET", path: String = "/", keys: Int = 100, rate: Double = 100,
        connections: Int = 1, timeout: Int = 1_000, interval: Int = 500, seed: UInt64 = 0
    ) {
        self.client = client
        self.name = name ?? "client-\(client)"
        self.kind = kind
        self.driver = driver
        self.targets = targets
        self.method = method
        self.path = path
        self.keys = keys
        self.rate = rate
        self.connections = connections
        self.timeout = timeout
        self.interval = interval
        self.seed = seed
    }

    /// Which target a connection goes to.
    func target(of connection: Int) -> Int {
        let turn = driver == .redis && connections < targets.count ? 0 : client - 1
        return (connection + turn) % targets.count
    }

    /// What is wrong with it, in words; nil when nothing is.
    public var problem: String? {
        if targets.isEmpty { return "no node is asked" }
        if !(1...8_000).contains(client) { return "client \(client) is not from 1 to 8000" }
        if !(1...Self.mostConnections).contains(connections) {
            return "\(connections) connections are not from 1 to \(Self.mostConnections)"
        }
        if !(0...Self.highestRate).contains(rate) {
            return "a rate of \(rate)/s is not from 0 to \(Int(Self.highestRate))"
        }
        if !(1...10_000_000).contains(keys) { return "\(keys) keys are not from 1 to 10 million" }
        if !(1...600_000).contains(timeout) { return "a time-out of \(timeout) ms" }
        if !(10...60_000).contains(interval) { return "an interval of \(interval) ms" }
        if !driver.kinds.contains(kind) {
            return "kind \(kind.rawValue) cannot be done by driver \(driver.rawValue)"
        }
        if driver == .exec && program.isEmpty { return "no program is named" }
        if !(2...100_000).contains(accounts) { return "\(accounts) accounts" }
        if !(0...255).contains(incarnation) { return "started \(incarnation) times before" }
        if let bad = targets.first(where: { !(1...65_535).contains($0.port) }) {
            return "\(bad.node) has no port \(bad.port)"
        }
        if !path.hasPrefix("/") || path.utf8.contains(where: { $0 <= 32 || $0 == 127 }) {
            return "the path '\(path)' does not begin with / or holds blanks"
        }
        return nil
    }
}

/// What a client is told later: each line after the first on its standard input. What is left out stays
/// as it is.
public struct ClientOrder: Codable, Equatable, Sendable {
    /// Operations a second from now on; 0 stops.
    public var rate: Double?
    /// How many times the history has halved the keys that it keeps; see `HistoryShare`.
    public var historyLevel: Int?
    /// Nothing more is to be begun. The history ends when nothing is under way any more, at the latest
    /// after the time-out; what is under way then is told as unknown.
    public var ends: Bool?

    /// A new rate.
    public init(rate: Double? = nil, historyLevel: Int? = nil, ends: Bool? = nil) {
        self.rate = rate
        self.historyLevel = historyLevel
        self.ends = ends
    }
}
