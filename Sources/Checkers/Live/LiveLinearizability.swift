/// A verdict on linearizability while a run goes on.
///
/// Operations are told as they finish, in any order, and `advance` says up to when all that was sent
/// has been told; only then can an answer be judged, since an operation that was sent before it and is
/// still open may have come first. What is kept are open operations and the possible states of each key.
public struct LiveLinearizability: Sendable {
    /// A key that can't be had from any order of its operations.
    public struct Broken: Equatable, Sendable {
        /// The key.
        public var key: String
        /// When it can be seen: the answer that fits no order.
        public var at: Int64
        /// The operation that was answered so.
        public var operation: LiveOperation
    }

    /// Keys that are broken, in the order of being found; each once.
    public private(set) var broken: [Broken] = []
    /// Keys that are not judged any more, and since when: they had more possible states or open
    /// operations than may be kept.
    public private(set) var undecided: [String: Int64] = [:]
    /// Everything that was answered before this time is judged.
    public private(set) var judged: Int64 = 0
    /// How many answers were judged.
    public private(set) var answers = 0
    /// Whether there are keys and none of them is judged any more.
    public var isBlind: Bool { keys.isEmpty && broken.isEmpty && !undecided.isEmpty }

    private var keys: [String: LiveKey] = [:]
    private var waiting: [LiveOperation] = []
    private var begun: [Begun] = []
    private let limits: LiveKey.Limits

    private struct Begun: Sendable {
        var operation: LiveOperation
        var slot: Int
    }

    /// Nothing has happened. `states` bounds the possible states of one key.
    public init(states: Int = 4_096) {
        limits = LiveKey.Limits(states: max(1, states))
    }

    /// Tells an operation. One that was refused, or a read without an answer, need not be told. Those
    /// that were sent before the time that `advance` was told last come too late: they count as sent
    /// at that time, which can only accuse a run that a better teller would have acquitted; so tell in
    /// time.
    public mutating func add(_ operation: LiveOperation) { waiting.append(operation) }

    /// A key whose operations are not all told: it is not judged from now on.
    public mutating func forget(_ key: String) {
        guard isJudged(key) else { return }
        giveUp(key, at: judged)
    }

    /// All that was sent up to this time has been told. Judges the answers up to it.
    public mutating func advance(through time: Int64) {
        judged = max(judged, time)
        let ready = waiting.filter { $0.invoked <= time }.sorted { $0.invoked < $1.invoked }
        waiting.removeAll { $0.invoked <= time }
        var next = ready.startIndex
        while true {
            let answer = begun.indices.min { end(begun[$0]) < end(begun[$1]) }
            let answered = answer.map { end(begun[$0]) } ?? .max
            // What is sent at the time of an answer overlaps it.
            if next < ready.endIndex, ready[next].invoked <= answered {
                begin(ready[next])
                next += 1
            } else if let answer, answered <= time {
                let finished = begun.remove(at: answer)
                judge(finished)
            } else {
                return
            }
        }
    }

    private func end(_ begun: Begun) -> Int64 { begun.operation.returned ?? .max }

    private func isJudged(_ key: String) -> Bool {
        undecided[key] == nil && !broken.contains { $0.key == key }
    }

    private mutating func begin(_ operation: LiveOperation) {
        guard isJudged(operation.key) else { return }
        do {
            let slot = try keys[operation.key, default: LiveKey()].begin(operation, limits)
            if let slot { begun.append(Begun(operation: operation, slot: slot)) }
        } catch {
            giveUp(operation.key, at: operation.invoked)
        }
    }

    private mutating func judge(_ finished: Begun) {
        let key = finished.operation.key
        guard isJudged(key) else { return }
        answers += 1
        do {
            let holds = try keys[key]?.end(finished.slot, limits) ?? true
            guard !holds else { return }
            broken.append(
                Broken(
                    key: key, at: finished.operation.returned ?? judged,
                    operation: finished.operation))
            keys[key] = nil
        } catch {
            giveUp(key, at: finished.operation.returned ?? judged)
        }
    }

    private mutating func giveUp(_ key: String, at time: Int64) {
        undecided[key] = time
        keys[key] = nil
    }
}
