/// A promise that a history is held against. The raw value is its name in topologies and on the command
/// line.
public enum Check: String, CaseIterable, Sendable {
    /// Every key behaves as if operations took effect one by one, each between question and answer.
    case linearizable
    /// All keys together behave as if operations took effect one by one, each client's in its order.
    case sequential
    /// A client that wrote reads what it wrote, or something newer.
    case readYourWrites = "read-your-writes"
    /// What a client reads never grows older.
    case monotonicReads = "monotonic-reads"
    /// What was acknowledged is not gone.
    case noLostWrites = "no-lost-writes"
    /// What was added stays, once, and nothing else appears.
    case set
    /// What went in comes out, once, and nothing else does.
    case queue
    /// And in the order in which it went in.
    case fifo
    /// A read shows the sum of what was added.
    case counter
    /// No identifier is handed out twice.
    case uniqueIDs = "unique-ids"
    /// Money moves, and never grows or shrinks.
    case bankTotal = "bank-total"
    /// Two readers never see two writes in opposite orders.
    case longFork = "long-fork"
    /// Appending transactions behave as if they ran one after the other.
    case append
    /// Writing transactions behave as if they ran one after the other.
    case rwRegister = "rw-register"

    /// The kinds of history that it can be held against.
    public var kinds: [History.Kind] {
        switch self {
        case .linearizable, .sequential, .readYourWrites, .monotonicReads: [.register]
        case .noLostWrites: [.register, .set]
        case .set: [.set]
        case .queue, .fifo: [.queue]
        case .counter: [.counter]
        case .uniqueIDs: [.uniqueIDs]
        case .bankTotal: [.bank]
        case .longFork, .rwRegister: [.rwRegister]
        case .append: [.append]
        }
    }

    /// What a kind of history is held against when nobody says otherwise: the strongest promise, or
    /// the one that everybody expects.
    public static func usual(for kind: History.Kind) -> [Check] {
        switch kind {
        case .register: [.linearizable, .noLostWrites]
        case .set: [.set]
        case .queue: [.queue]
        case .counter: [.counter]
        case .uniqueIDs: [.uniqueIDs]
        case .bank: [.bankTotal]
        case .append: [.append]
        case .rwRegister: [.rwRegister]
        }
    }

    /// Holds a history against the promise.
    public func judge(_ history: History, _ options: Options = Options()) -> Judgement {
        switch self {
        case .linearizable: Linearizability.judge(history, options)
        case .sequential: SequentialConsistency.judge(history, options)
        case .readYourWrites: Sessions.readYourWrites(history, options)
        case .monotonicReads: Sessions.monotonicReads(history, options)
        case .noLostWrites:
            history.kind == .set
                ? SetCheck.judge(history, options, as: .noLostWrites)
                : LostWrites.judge(history, options)
        case .set: SetCheck.judge(history, options, as: .set)
        case .queue: QueueCheck.judge(history, options, inOrder: false)
        case .fifo: QueueCheck.judge(history, options, inOrder: true)
        case .counter: CounterCheck.judge(history, options)
        case .uniqueIDs: UniqueIDs.judge(history, options)
        case .bankTotal: BankCheck.judge(history, options)
        case .longFork: LongFork.judge(history, options)
        case .append: TransactionCheck.judge(history, options, as: .append)
        case .rwRegister: TransactionCheck.judge(history, options, as: .rwRegister)
        }
    }
}

/// How far a check may go, and how it reads what can be read in two ways.
public struct Options: Sendable {
    /// The longest that one check may take.
    public var time: Duration
    /// The most memory that one check may take for what it remembers, in bytes.
    public var memory: Int
    /// A compare-and-set that was refused: whether it proves that the value was another one
    /// (porcupine's reading), or only that nothing happened (Knossos's), which is all that is certain
    /// where a node refuses for other reasons too.
    public var refusedCompareObserves: Bool
    /// Transactions: whether one that was acknowledged before another one was sent has to come before
    /// it (strict serializability).
    public var realTime: Bool
    /// At most so many violations are told; all are counted.
    public var told: Int

    /// 30 s and 1 GB unless said.
    public init(
        time: Duration = .seconds(30), memory: Int = 1_000_000_000,
        refusedCompareObserves: Bool = false, realTime: Bool = false, told: Int = 10
    ) {
        self.time = time
        self.memory = memory
        self.refusedCompareObserves = refusedCompareObserves
        self.realTime = realTime
        self.told = told
    }
}
