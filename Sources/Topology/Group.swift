extension Topology {
    /// Nodes that run the same program.
    public struct Group: Hashable, Sendable {
        /// `replica`.
        public var name: String
        /// `nil` without the key: one member, called as the group.
        public internal(set) var count: Int?
        /// What runs.
        public internal(set) var command = Command.words([])
        /// In the order of the file.
        public internal(set) var ports: [Port] = []
        /// In the order of the file; keys are names of the one name space.
        public internal(set) var labels: [Setting] = []
        /// Environment, over what every node gets.
        public internal(set) var environment: [Variable] = []
        /// Written under the data directory before the first start.
        public internal(set) var files: [File] = []
        /// What has to happen first.
        public internal(set) var after: [Dependency] = []
        /// How to know that it is ready; started is enough without one.
        public internal(set) var probe: Probe?
        /// What the columns are fed from.
        public internal(set) var metrics: [Metric: String] = [:]
        /// Word → metric for words that feed no column: signals of the topology's own.
        public internal(set) var ownMetrics: [String: String] = [:]
        /// What happens when the program ends by itself.
        public internal(set) var restart = Restart()
        /// How it is asked to end.
        public internal(set) var stop = Stop()
        /// Ports reachable from outside of the lab.
        public internal(set) var publish: [Publication] = []
        /// Bytes of a disk of a size of its own, in memory; `nil` for an ordinary directory.
        public internal(set) var disk: Int64?
        /// Millionths of one processor that each member may use; no limit when `nil`.
        public internal(set) var processor: Limit?
        /// Bytes of memory that each member may use; no limit when `nil`.
        public internal(set) var memory: Limit?
        /// The user whose id each member's program sees as its own; a number without a meaning when `nil`.
        public internal(set) var user: Named?
        /// Directories of the machine that lie on the member's own disk.
        public internal(set) var writable: [Named] = []
        /// Where `clock: faultable` is written; `nil` for a clock that cannot be set.
        public internal(set) var clock: Place?
        /// Kernel settings of each member's own network.
        public internal(set) var settings: [KernelSetting] = []
        /// Where the group's name stands.
        public internal(set) var place: Place

        init(name: String, place: Place) {
            self.name = name
            self.place = place
        }

        /// `replica-1` …, or just `primary` for a group without `count`.
        public var memberNames: [String] {
            guard let count else { return [name] }
            return count > 0 ? (1...count).map { "\(name)-\($0)" } : []
        }

        /// The number behind a port's word.
        public func port(_ word: String) -> UInt16? {
            ports.first { $0.name == word }?.number
        }
    }

    /// A standing limit of a machine, and where it is written.
    public struct Limit: Hashable, Sendable {
        /// In the unit of the key.
        public var value: Int64
        /// Where the key stands.
        public var place: Place
    }

    /// A name or path, and where it is written.
    public struct Named: Hashable, Sendable {
        /// The text.
        public var value: String
        /// Where it stands.
        public var place: Place
    }

    /// `net.ipv4.tcp_retries2: 5`.
    public struct KernelSetting: Hashable, Sendable {
        /// With dots.
        public var name: String
        /// As it is written to the kernel.
        public var value: String
        /// Where the name stands.
        public var place: Place
    }

    /// What a node runs.
    public enum Command: Hashable, Sendable {
        /// `run`: split into words already, no shell.
        case words([Template])
        /// `shell`: text for `/bin/sh -c`.
        case shell(Template)
    }

    /// A port of a node.
    public struct Port: Hashable, Sendable {
        /// The word in `{port.WORD}`.
        public var name: String
        /// From 1 to 65535.
        public var number: UInt16
    }

    /// A variable of a node's environment.
    public struct Variable: Hashable, Sendable {
        /// As the program sees it.
        public var name: String
        /// With placeholders.
        public var value: Template
    }

    /// A file under the data directory.
    public struct File: Hashable, Sendable {
        /// Relative, without `..`.
        public var path: String
        /// With placeholders.
        public var text: Template
    }

    /// `after: {primary: ready}`.
    public struct Dependency: Hashable, Sendable {
        /// A group (all its members) or a member.
        public var on: String
        /// What they must have reached.
        public var state: State
        /// Where it stands.
        public var place: Place

        /// What a node can have reached.
        public enum State: String, Hashable, Sendable, CaseIterable {
            /// The program runs.
            case started
            /// The probe says so.
            case ready
            /// It ended with status 0.
            case exited
        }
    }

    /// `publish: {http: 8080}`.
    public struct Publication: Hashable, Sendable {
        /// A word of `ports`.
        public var port: String
        /// A port of this host; `nil` for any free one.
        public var hostPort: UInt16?
    }

    /// How to know that a node is ready.
    public struct Probe: Hashable, Sendable {
        /// What is asked.
        public var kind: Kind
        /// A word of `ports`.
        public var port: String
        /// From the start of one question to the next.
        public var every: Duration = .milliseconds(500)
        /// After which a question counts as not answered.
        public var timeout: Duration = .seconds(1)
        /// Good answers in a row that make it ready.
        public var healthyAfter = 1
        /// Bad answers in a row that make it unready.
        public var unhealthyAfter = 3

        /// What is asked.
        public enum Kind: Hashable, Sendable {
            /// `GET path` answers `status`, or any 2xx when `nil`.
            case http(path: String, status: Int?)
            /// `GET path` answers with Prometheus text.
            case prometheus(path: String)
            /// `INFO` answers, and neither loads nor is without its primary.
            case redis
            /// A connection is accepted.
            case tcp

            /// Whether `metrics` are asked for as well.
            var readsMetrics: Bool {
                switch self {
                case .http, .prometheus: true
                case .redis, .tcp: false
                }
            }
        }
    }

    /// What feeds the columns; counters become rates.
    public enum Metric: String, Hashable, Sendable, CaseIterable {
        case role
        case term
        case position
        case behind
        case lag
        case requests
        case errors
    }

    /// What happens when a program ends by itself.
    public struct Restart: Hashable, Sendable {
        /// `never` unless said: what died stays visible.
        public var policy = Policy.never
        /// The first pause and the longest one; each is twice the one before.
        public var backoff: ClosedRange<Duration> = .milliseconds(100) ... .seconds(10)
        /// Restarts in a row; no limit when `nil`.
        public var limit: Int?

        /// When a program is started again.
        public enum Policy: String, Hashable, Sendable, CaseIterable {
            case never
            case onFailure = "on-failure"
            case always
        }
    }

    /// How a program is asked to end, and how long it may take before KILL.
    public struct Stop: Hashable, Sendable {
        /// The name without `SIG`.
        public var signal = "TERM"
        /// From the signal to KILL.
        public var grace: Duration = .seconds(5)
    }
}
