/// What clients did and what they were told, as columns: one row an operation, in the order of
/// finishing. About thirty bytes a row, without the values.
public struct History: Sendable {
    /// What kind of object the clients worked on; it decides which checks make sense.
    public enum Kind: String, CaseIterable, Sendable {
        /// Keys that are read, written, compared and set.
        case register
        /// Elements are added, the whole is read.
        case set
        /// A number goes up and down.
        case counter
        /// Elements go in at one end and out at the other.
        case queue
        /// Identifiers are handed out.
        case uniqueIDs = "unique-ids"
        /// Money moves between accounts.
        case bank
        /// Transactions that append to lists and read them.
        case append
        /// Transactions that write registers and read them.
        case rwRegister = "rw-register"
    }

    /// What an operation does. The value beside it is what was read, written, added, …
    public enum Function: UInt8, Sendable, BitwiseCopyable {
        /// Reads a register or counter; the value is what was read.
        case read
        /// Writes the value.
        case write
        /// Compares and sets; the value is `[expected, new]`.
        case cas
        /// Adds the value to a set.
        case add
        /// Reads a set; the value is a list.
        case readAll
        /// Adds the value to a counter.
        case increment
        /// Puts the value into a queue.
        case enqueue
        /// Takes the value out of a queue; `null` when it was empty.
        case dequeue
        /// Is handed the value, which nobody else must be.
        case generate
        /// Moves money; the value is a map with from, to and amount.
        case transfer
        /// Reads all accounts; the value is a map.
        case balances
        /// A transaction; the value is a list of its parts.
        case transaction
    }

    /// How an operation ended.
    public enum Outcome: UInt8, Sendable, BitwiseCopyable {
        /// It took effect, and the client knows.
        case ok
        /// It certainly did not happen.
        case refused
        /// Nobody knows: it may take effect at any later time, or never.
        case unknown
    }

    /// What the times mean.
    public enum Clock: Sendable {
        /// Microseconds since the run began.
        case run
        /// The place in the file: nothing else was told.
        case order
    }

    /// Kind of object.
    public internal(set) var kind: Kind
    /// What the times mean.
    public internal(set) var clock: Clock
    /// The run that it belongs to, if it says so.
    public internal(set) var run: String?
    /// Whether the writer came to its end. Without it nothing may be concluded from what is missing.
    public internal(set) var isComplete = false
    /// Whether a node that acknowledged a write may have passed it on to another one, and may itself have
    /// it later: then what a node shows says nothing of what it acknowledged.
    public internal(set) var forwards = false
    /// Keys that were dropped to keep within bounds: their rows are there, and are not judged.
    public internal(set) var dropped: Set<ValueID> = []
    /// Values of all rows.
    public var values = ValueTable()

    private(set) var invoked: [Int64] = []
    private var durations: [UInt32] = []
    private(set) var clients: [UInt32] = []
    private(set) var functions: [Function] = []
    private(set) var keys: [ValueID] = []
    private(set) var value: [ValueID] = []
    private(set) var outcomes: [Outcome] = []
    private var nodes: [UInt32] = []
    private var names: [String] = [""]
    private var namePlaces: [String: UInt32] = ["": 0]

    /// A duration that is no duration: it never returned.
    private static let never = UInt32.max

    /// An empty history.
    public init(kind: Kind, clock: Clock = .run) {
        self.kind = kind
        self.clock = clock
    }

    /// How many operations.
    public var count: Int { invoked.count }

    /// When the client sent it.
    public func invoked(_ row: Int) -> Int64 { invoked[row] }

    /// When the client had its answer; `Int64.max` when it never had one.
    @inline(__always)
    public func returned(_ row: Int) -> Int64 {
        let duration = durations[row]
        return duration == Self.never ? .max : invoked[row] &+ Int64(duration)
    }

    /// What it does.
    public func function(_ row: Int) -> Function { functions[row] }
    /// What it does it to.
    public func key(_ row: Int) -> ValueID { keys[row] }
    /// With what value, or with what answer.
    public func value(_ row: Int) -> ValueID { value[row] }
    /// How it ended.
    public func outcome(_ row: Int) -> Outcome { outcomes[row] }
    /// Who did it.
    public func client(_ row: Int) -> String { names[Int(clients[row])] }
    /// Who was asked, if anybody.
    public func node(_ row: Int) -> String? { nodes[row] == 0 ? nil : names[Int(nodes[row])] }
    /// How many different nodes are named.
    var nodeCount: Int { Set(nodes.lazy.filter { $0 != 0 }).count }
    /// The same as a number that is the same for the same node; 0 for nobody.
    func nodeNumber(_ row: Int) -> UInt32 { nodes[row] }

    /// The time of the last thing that happened.
    public var last: Int64 {
        var last: Int64 = 0
        for row in 0..<count {
            let returned = returned(row)
            last = max(last, returned == .max ? invoked[row] : returned)
        }
        return last
    }

    /// One operation to add.
    public struct Row: Sendable {
        /// When it was sent.
        public var invoked: Int64
        /// When it was answered; `nil` when nobody knows its outcome.
        public var returned: Int64?
        /// The session.
        public var client: String
        /// What it does.
        public var function: Function
        /// To what.
        public var key: ValueID
        /// With what.
        public var value: ValueID
        /// How it ended.
        public var outcome: Outcome
        /// Who was asked.
        public var node: String?

        /// An operation.
        public init(
            invoked: Int64, returned: Int64?, client: String, function: Function,
            key: ValueID = .null, value: ValueID, outcome: Outcome, node: String? = nil
        ) {
            self.invoked = invoked
            self.returned = returned
            self.client = client
            self.function = function
            self.key = key
            self.value = value
            self.outcome = outcome
            self.node = node
        }
    }

    /// Adds an operation. One whose outcome is unknown has no end, whatever is said of it: it may
    /// take effect later.
    public mutating func append(_ row: Row) {
        invoked.append(row.invoked)
        if let returned = row.returned, row.outcome != .unknown {
            // An hour and eleven minutes fit; a longer one counts as never answered, which only
            // ever demands less.
            let (duration, overflow) = returned.subtractingReportingOverflow(row.invoked)
            durations.append(
                overflow ? Self.never : UInt32(exactly: max(0, duration)) ?? Self.never)
        } else {
            durations.append(Self.never)
        }
        clients.append(place(of: row.client))
        functions.append(row.function)
        keys.append(values.scalar(row.key))
        value.append(row.value)
        outcomes.append(row.outcome)
        nodes.append(row.node.map { place(of: $0) } ?? 0)
    }

    /// Says that all that happened is here.
    public mutating func complete() { isComplete = true }

    private mutating func place(of name: String) -> UInt32 {
        if let place = namePlaces[name] { return place }
        let place = UInt32(truncatingIfNeeded: names.count)
        names.append(name)
        namePlaces[name] = place
        return place
    }

    /// The rows of each key that is judged, in the order of first appearance.
    func rowsByKey() -> [(key: ValueID, rows: [Int])] {
        var places: [ValueID: Int] = [:]
        var groups: [(key: ValueID, rows: [Int])] = []
        for row in 0..<count where !dropped.contains(keys[row]) {
            if let place = places[keys[row]] {
                groups[place].rows.append(row)
            } else {
                places[keys[row]] = groups.count
                groups.append((keys[row], [row]))
            }
        }
        return groups
    }
}
