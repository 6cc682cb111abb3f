extension Topology {
    /// What the clients do.
    public struct Workload: Hashable, Sendable {
        /// Which operations.
        public var kind = Kind.register
        /// In whose protocol.
        public var driver = Driver.kv
        /// The group that is asked; all nodes when `nil`.
        public var target: String?
        /// For `http`: method and path.
        public var request: Request?
        /// For `driver: "exec: …"`: the program and its arguments; `{topology}` is the folder of the
        /// topology file.
        public var program: [String] = []
        /// How many keys are used.
        public var keys = 100
        /// For `bank`: how many accounts there are.
        public var accounts = 10
        /// How much the history may hold; `nil`: none is kept.
        public var history: History? = History()
        /// Operations a second over all clients, as an open loop: latency counts from the intended
        /// start.
        public var traffic = 100.0
        /// Machines, `client-1` ….
        public var clients = 1
        /// Of each client machine.
        public var connections = 1
        /// After which an operation's outcome is unknown.
        public var timeout: Duration = .seconds(1)
        /// Labels of the client machines.
        public var labels: [Setting] = []
        /// Where the workload begins.
        public var place: Place

        /// Which operations there are.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Reads, writes and compare-and-set over a few keys.
            case register
            /// Elements into one set, and looks at all of it.
            case set
            /// Into and out of one queue.
            case queue
            /// Onto one counter, and looks at it.
            case counter
            /// Ids that nobody else gets.
            case uniqueIDs = "unique-ids"
            /// Transfers between accounts, and looks at all of them.
            case bank
            /// Transactions of reads and appends to lists.
            case append
            /// Transactions of reads and writes.
            case rwRegister = "rw-register"
            /// One request, again and again.
            case http
        }

        /// The bound of `history.ndjson`.
        public struct History: Hashable, Sendable {
            /// Operations that it may hold.
            public var operations = 20_000_000
            /// Bytes that it may hold.
            public var bytes = 1_000_000_000
        }

        /// In whose protocol clients speak.
        public enum Driver: String, Hashable, Sendable, CaseIterable {
            case kv
            case redis
            case etcd
            /// A program of one's own, which is told what to do by lines.
            case exec
            case http

            /// The kinds of workload that it can carry, in the order of the reference.
            public var kinds: [Kind] {
                switch self {
                case .kv: [.register, .counter, .uniqueIDs]
                case .redis:
                    [.register, .set, .queue, .counter, .uniqueIDs, .bank, .append, .rwRegister]
                case .etcd, .exec: Driver.redis.kinds
                case .http: [.http]
                }
            }
        }

        /// `GET /path`.
        public struct Request: Hashable, Sendable {
            /// `GET` or `POST`.
            public var method: String
            /// Begins with `/`.
            public var path: String
        }
    }
}
