/// One thing that a client does.
struct Operation: Equatable, Sendable {
    /// What it is.
    var action: Action
    /// When it was to begin, in nanoseconds.
    var intended: Int64

    /// The words of all kinds of workload.
    enum Action: Equatable, Sendable {
        case read(key: Int)
        case write(key: Int, value: Int64)
        /// `expect` nil: no such key.
        case compareAndSet(key: Int, expect: Int64?, value: Int64)
        /// The one of kind `http`.
        case request
        /// An element into the set.
        case add(Int64)
        /// The whole set.
        case readAll
        /// Onto the counter.
        case increment(Int64)
        /// The counter.
        case readCounter
        /// An element into the queue.
        case enqueue(Int64)
        /// The oldest element out of the queue.
        case dequeue
        /// An id that nobody else gets.
        case generate
        /// Money from one account to another.
        case transfer(from: Int, to: Int, amount: Int64)
        /// All accounts at once.
        case balances
        /// Several steps, all or none.
        case transaction([Step])
    }

    /// A step of a transaction.
    enum Step: Equatable, Sendable {
        case read(key: Int)
        case write(key: Int, value: Int64)
        case append(key: Int, value: Int64)
    }

    /// Whether only a node that takes writes can do it.
    var isWrite: Bool {
        switch action {
        case .read, .request, .readAll, .readCounter, .balances: false
        case .write, .compareAndSet, .add, .increment, .enqueue, .dequeue, .generate, .transfer,
            .transaction:
            true
        }
    }
}

/// What an answer told.
enum Answer: Equatable, Sendable {
    /// Nothing: it is done, or there is no such thing.
    case nothing
    case number(Int64)
    case text(String)
    /// Elements of a set, balances in the order of the accounts, or what the reads of a transaction
    /// found, in their order.
    case list([Answer])
}

extension Answer: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int64) { self = .number(value) }

    /// A text as other clients wrote it: a number where it is one.
    init(parsing text: String) {
        self = Int64(text).map(Answer.number) ?? .text(text)
    }

    /// A number where there is one.
    var number: Int64? {
        if case .number(let number) = self { number } else { nil }
    }
}

/// How an operation ended.
enum Outcome: Equatable, Sendable {
    /// It was done; what was read.
    case ok(Answer)
    /// It was answered and certainly not done, because what it wanted was not so; what is there
    /// instead. The one who asked was served.
    case unmet(Answer)
    /// It certainly did not happen.
    case refused
    /// It certainly did not happen here, but another node may be able to do it.
    case elsewhere
    /// Nobody knows.
    case unknown

    /// Whether there was an answer that a user could work with.
    var isAnswered: Bool {
        switch self {
        case .ok, .unmet: true
        case .refused, .elsewhere, .unknown: false
        }
    }
}
