/// The machines that selectors choose from, and what they say of themselves now. Made from the
/// running cluster's facts, or from a topology's descriptions before anything runs.
public struct Roster: Sendable, Equatable {
    /// By `NodeID.index`; dense.
    public var machines: [Machine]

    /// One machine, as far as selectors look at it.
    public struct Machine: Sendable, Equatable {
        /// Its index.
        public var id: NodeID
        /// `kv-1`.
        public var name: String
        /// `kv`.
        public var group: String
        /// Whether the load is made here.
        public var isClient: Bool
        /// Labels, in any order.
        public var labels: [NodeDescription.Label]
        /// What it says it is now.
        public var role: Role
        /// The same in the engine's own word; empty when it says nothing.
        public var own: String

        /// A machine that says of itself what it says.
        public init(
            id: NodeID, description: NodeDescription, role: Role = .unknown, own: String = ""
        ) {
            self.id = id
            name = description.name
            group = description.group
            isClient = description.kind == .client
            labels = description.labels
            self.role = role
            self.own = own
        }
    }

    /// A roster of these machines; their order is that of their indices.
    public init(machines: [Machine]) { self.machines = machines }

    /// Before anything runs: nobody says what it is.
    public init(_ descriptions: [NodeDescription]) {
        machines = descriptions.enumerated().map { index, description in
            Machine(id: NodeID(UInt16(clamping: index)), description: description)
        }
    }

    /// The cluster now. What a node said before it went down does not count.
    public init(_ core: Core) {
        machines = core.nodes.map { node in
            Machine(
                id: node.id, description: node.description,
                role: node.phase.isUp ? node.role.role : .unknown,
                own: node.phase.isUp ? node.role.own : "")
        }
    }

    /// Every machine, clients among them.
    public var everyMachine: [NodeID] { machines.map(\.id) }

    /// Every node.
    public var nodes: [NodeID] { ids { !$0.isClient } }

    /// Every load generator.
    public var clients: [NodeID] { ids(where: \.isClient) }

    /// The machines for which it is true.
    public func ids(where matches: (Machine) -> Bool) -> [NodeID] {
        machines.filter(matches).map(\.id)
    }

    /// The name of a machine; `?` for one that is not there.
    public func name(_ id: NodeID) -> String {
        Int(id.index) < machines.count ? machines[Int(id.index)].name : "?"
    }

    /// Names, joined by commas.
    public func names(_ ids: [NodeID]) -> String { ids.map(name).joined(separator: ",") }
}
