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
        /// How many keys are used.
        public var keys = 100
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
            /// One request, again and again.
            case http
        }

        /// In whose protocol clients speak.
        public enum Driver: String, Hashable, Sendable, CaseIterable {
            case kv
            case redis
            case http
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
