/// Decides which operation goes over which connection, what is given up, and when to connect again.
/// A value without I/O: told of the clock and of the connections, it says what to do.
///
/// - An operation waits for a connection at most the time-out, then it is refused: it was never sent.
/// - Sent, it has the time-out once more for its answer, then it is unknown, and its connection is given
///   up, because the answer might still come. (One time-out for both would let a backlog kill healthy
///   connections: whatever had waited long would be given up as soon as it was sent.)
/// - Connections carry one operation at a time; the one that has been idle longest is next, so that the
///   nodes are asked in turn, and one that does not answer keeps only its own connections busy.
/// - What a node certainly did not do but another one may is sent to another one, at once, once. So a node
///   that merely cannot reach its leader costs no operation, and one that nobody can do fails soon.
struct Dispatcher: Sendable {
    /// What is to be done.
    enum Action: Equatable, Sendable {
        case connect(Int)
        case send(Int, Operation)
        /// Close the connection; nothing that it says later counts.
        case drop(Int)
    }

    /// Something that a node has turned away.
    private struct TurnedAway: Sendable {
        var operation: Operation
        var notAt: Int
    }

    /// An operation that has ended.
    struct Ended: Equatable, Sendable {
        var operation: Operation
        var outcome: Outcome
        /// When it was sent last; nil: never.
        var sent: Int64?
        /// Over which connection; nil: it was never sent.
        var connection: Int?
        var timedOut = false
    }

    private enum Link: Equatable, Sendable {
        case down(until: Int64)
        case connecting(since: Int64)
        case idle
        case busy(Operation, sent: Int64, isRetry: Bool)
    }

    private struct Connection: Sendable {
        var link = Link.down(until: .min)
        var takesWrites = false
        /// Tries in a row that ended before anything was answered.
        var failures = 0
    }

    /// Operations that may wait for a connection.
    static let mostWaiting = 10_000
    static let firstPause: Int64 = 10_000_000
    static let longestPause: Int64 = 100_000_000

    private let timeout: Int64
    private var connections: [Connection]
    /// Oldest first; they are found in the order in which they became idle.
    private var idle: [Int] = []
    private var reads = Waiting()
    private var writes = Waiting()
    /// Never more than there are connections: each came from one, which is idle since.
    private var turnedAway: [TurnedAway] = []
    private let targets: Int

    /// - Parameters:
    ///   - targets: connection n goes to target n modulo this.
    ///   - timeout: in nanoseconds.
    init(connections: Int, targets: Int = 1, timeout: Int64) {
        self.timeout = timeout
        self.targets = max(1, targets)
        self.connections = Array(repeating: Connection(), count: connections)
    }

    // MARK: what happens

    /// An operation is due.
    /// - Returns: it, when there is no room to wait.
    mutating func add(_ operation: Operation) -> Ended? {
        guard reads.count + writes.count < Self.mostWaiting else {
            return Ended(operation: operation, outcome: .refused)
        }
        if operation.isWrite { writes.append(operation) } else { reads.append(operation) }
        return nil
    }

    /// A connection stands.
    mutating func opened(_ number: Int, takesWrites: Bool) {
        guard case .connecting = connections[number].link else { return }
        connections[number].takesWrites = takesWrites
        connections[number].link = .idle
        idle.append(number)
    }

    /// A connection is gone, or could not be made.
    mutating func closed(_ number: Int, now: Int64) -> Ended? {
        let ended = giveUp(number, now: now)
        return ended.map {
            Ended(operation: $0.0, outcome: .unknown, sent: $0.1, connection: number)
        }
    }

    /// An answer came.
    /// - Parameter takesWrites: false: the node said that it does not take writes (any more).
    mutating func answered(_ number: Int, _ outcome: Outcome, takesWrites: Bool = true) -> Ended? {
        guard case .busy(let operation, let sent, let isRetry) = connections[number].link else {
            return nil
        }
        connections[number].failures = 0
        connections[number].link = .idle
        if !takesWrites { connections[number].takesWrites = false }
        idle.append(number)
        guard outcome == .elsewhere else {
            return Ended(
                operation: operation, outcome: outcome, sent: sent, connection: number)
        }
        if isRetry || !canGo(operation, elsewhereThan: number) {
            return Ended(
                operation: operation, outcome: .refused, sent: sent, connection: number)
        }
        turnedAway.append(TurnedAway(operation: operation, notAt: number % targets))
        return nil
    }

    private func canGo(_ operation: Operation, elsewhereThan number: Int) -> Bool {
        connections.indices.contains { other in
            guard other % targets != number % targets else { return false }
            switch connections[other].link {
            case .down, .connecting: return false
            case .idle, .busy: return !operation.isWrite || connections[other].takesWrites
            }
        }
    }

    // MARK: what to do

    /// Everything that is to be done now, and what has ended because its time was over.
    mutating func step(now: Int64) -> (actions: [Action], ended: [Ended]) {
        var actions: [Action] = []
        var ended: [Ended] = []
        expire(now, &actions, &ended)
        for number in connections.indices {
            guard case .down(let until) = connections[number].link, until <= now else { continue }
            connections[number].link = .connecting(since: now)
            actions.append(.connect(number))
        }
        return (actions + send(now: now), ended)
    }

    /// Operations that can be sent now; the cheap part of `step`, after every answer.
    mutating func send(now: Int64) -> [Action] {
        guard reads.count + writes.count + turnedAway.count > 0 else { return [] }
        var actions: [Action] = []
        var left: [Int] = []
        for number in idle {
            let takesWrites = connections[number].takesWrites
            let retry = takeTurnedAway(at: number % targets, writes: takesWrites)
            guard let operation = retry ?? takeNext(writes: takesWrites) else {
                left.append(number)
                continue
            }
            connections[number].link = .busy(operation, sent: now, isRetry: retry != nil)
            actions.append(.send(number, operation))
        }
        idle = left
        return actions
    }

    /// What is under way, as unknown: nobody will wait for it any more.
    func underWay() -> [Ended] {
        connections.indices.compactMap { number in
            guard case .busy(let operation, let sent, _) = connections[number].link else {
                return nil
            }
            return Ended(operation: operation, outcome: .unknown, sent: sent, connection: number)
        }
    }

    /// Whether nothing waits and nothing is under way.
    var isIdle: Bool { oldest == nil }

    /// Intended start of the oldest operation that has not ended.
    var oldest: Int64? {
        let waiting = [reads.first, writes.first] + turnedAway.map { $0.operation }
        var oldest = waiting.compactMap { $0?.intended }.min()
        for connection in connections {
            if case .busy(let operation, _, _) = connection.link {
                oldest = min(oldest ?? operation.intended, operation.intended)
            }
        }
        return oldest
    }

    /// Connections that stand.
    var open: Int {
        connections.count { connection in
            switch connection.link {
            case .idle, .busy: true
            case .down, .connecting: false
            }
        }
    }

    private mutating func expire(_ now: Int64, _ actions: inout [Action], _ ended: inout [Ended]) {
        let limit = now - timeout
        let lateWrites = writes.take(before: limit)
        let lateOnes = turnedAway.filter { $0.operation.intended < limit }.map(\.operation)
        turnedAway.removeAll { $0.operation.intended < limit }
        for operation in reads.take(before: limit) + lateWrites + lateOnes {
            ended.append(Ended(operation: operation, outcome: .refused, timedOut: true))
        }
        if !lateWrites.isEmpty, !connections.contains(where: \.takesWrites), let first = idle.first
        {
            // Nobody took writes when we connected. Perhaps somebody does now: ask one of them again.
            _ = giveUp(first, now: now)
            actions.append(.drop(first))
        }
        for number in connections.indices {
            switch connections[number].link {
            case .busy(_, let sent, _) where sent < limit:
                if let (operation, sent) = giveUp(number, now: now) {
                    ended.append(
                        Ended(
                            operation: operation, outcome: .unknown, sent: sent,
                            connection: number, timedOut: true))
                }
                actions.append(.drop(number))
            case .connecting(let since) where since < limit:
                _ = giveUp(number, now: now)
                actions.append(.drop(number))
            default: break
            }
        }
    }

    private mutating func takeTurnedAway(at target: Int, writes mayWrite: Bool) -> Operation? {
        let place = turnedAway.firstIndex {
            $0.notAt != target && (mayWrite || !$0.operation.isWrite)
        }
        return place.map { turnedAway.remove(at: $0).operation }
    }

    private mutating func takeNext(writes mayWrite: Bool) -> Operation? {
        guard mayWrite, let write = writes.first else { return reads.popFirst() }
        guard let read = reads.first, read.intended < write.intended else {
            return writes.popFirst()
        }
        return reads.popFirst()
    }

    /// Ends a connection; gives what it carried.
    private mutating func giveUp(_ number: Int, now: Int64) -> (Operation, Int64)? {
        var carried: (Operation, Int64)?
        switch connections[number].link {
        case .down: return nil
        case .connecting: break
        case .idle: idle.removeAll { $0 == number }
        case .busy(let operation, let sent, _): carried = (operation, sent)
        }
        connections[number].takesWrites = false
        let pause = Self.firstPause << min(connections[number].failures, 5)
        connections[number].failures += 1
        connections[number].link = .down(until: now + min(pause, Self.longestPause))
        return carried
    }
}

/// Operations in the order of their intended start; taking the first costs nothing.
private struct Waiting: Sendable {
    private var items: [Operation] = []
    private var start = 0

    var count: Int { items.count - start }
    var first: Operation? { start < items.count ? items[start] : nil }

    mutating func append(_ operation: Operation) {
        items.append(operation)
    }

    mutating func popFirst() -> Operation? {
        guard start < items.count else { return nil }
        defer { advance(to: start + 1) }
        return items[start]
    }

    mutating func take(before moment: Int64) -> [Operation] {
        var end = start
        while end < items.count, items[end].intended < moment { end += 1 }
        defer { advance(to: end) }
        return Array(items[start..<end])
    }

    private mutating func advance(to position: Int) {
        start = position
        if start > 1_024 && start * 2 > items.count {
            items.removeFirst(start)
            start = 0
        }
    }
}
