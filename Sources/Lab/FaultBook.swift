internal import Cluster
internal import Faults

/// The faults in force, by number. Pure: what follows from them for links is `table`.
struct FaultBook: Sendable {
    /// A fault in force.
    struct Active: Sendable {
        var record: FaultRecord
        var spec: FaultSpec
        /// What it does to links; `nil` for one that only holds processes.
        var link: LinkFault?
        /// Nodes whose processes it still holds.
        var holds: Set<NodeID>
        /// When it began, for what grows with its age.
        var began = Stamp.zero
    }

    private(set) var active: [FaultID: Active] = [:]
    private var last: UInt32 = 0
    private var names: Set<String> = []

    /// The number of the next fault.
    mutating func nextID() -> FaultID {
        last += 1
        return FaultID(last)
    }

    /// Puts a fault in force.
    mutating func insert(_ fault: Active) {
        active[fault.record.id] = fault
    }

    /// Takes a fault out of force.
    mutating func remove(_ id: FaultID) -> Active? { active.removeValue(forKey: id) }

    /// One node is no longer held by it.
    mutating func release(_ id: FaultID, _ node: NodeID) { active[id]?.holds.remove(node) }

    /// It does something else to links from now on.
    mutating func change(_ id: FaultID, _ link: LinkFault?) { active[id]?.link = link }

    /// Remembers the name of a fault.
    mutating func use(name: String) { names.insert(name) }

    /// Whether a fault of this run has, or had, the name.
    func isTaken(_ name: String) -> Bool { names.contains(name) }

    /// The fault of that name or number that is in force.
    func find(_ word: String) -> Active? {
        active.values.first { $0.record.name == word || $0.record.id.description == word }
    }

    /// All in force, in order of injection.
    var inOrder: [Active] { active.values.sorted { $0.record.id < $1.record.id } }

    /// What all links do now.
    func table(machines: Int) -> LinkTable {
        LinkTable(inOrder.compactMap(\.link), nodes: machines)
    }
}

extension LinkSet {
    /// Every link, one by one.
    var expanded: [LinkID] {
        blocks.flatMap { block in Links.from(block.from, to: block.to) }
    }
}
