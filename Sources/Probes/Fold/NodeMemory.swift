internal import Cluster

/// What is remembered of one node; pure.
struct NodeMemory: Sendable {
    /// The last result.
    var last: ProbeResult
    /// The last one that was answered: what the node told then stays true for a while.
    var told: ProbeResult?
    /// Whether the node is off, or its probe stopped.
    var isGone = false

    /// Rates by word.
    var rates: [String: Rate] = [:]
    /// Lag in seconds and in entries or bytes, as it follows from positions.
    var lag: Double?
    var behind: UInt64?

    /// The log that this node said it leads, when it last said anything.
    var leads: String?
    /// The node that this one followed last.
    var leader: NodeID?
    /// The last moment at which it had all that its leader had.
    var caughtUpAt: Int64?

    /// Since when the node has answered without a break, and when it last did.
    private(set) var answeringSince: Int64?
    private(set) var answeredAt: Int64?
    private(set) var isSilent = true

    init(_ result: ProbeResult) { last = result }

    /// Takes in a result; rates and the streak of answers follow.
    mutating func add(_ result: ProbeResult) {
        if result.start != last.start { rates = [:] }
        last = result
        isGone = false
        guard result.isAnswered else {
            isSilent = true
            return
        }
        if isSilent { answeringSince = result.at }
        isSilent = false
        answeredAt = result.at
        told = result
        let reading = result.reading
        count("requests", reading.requests, result.at)
        count("errors", reading.errors, result.at)
        for word in reading.counters { count(word, reading.others[word], result.at) }
    }

    /// The node is no longer asked.
    mutating func forget() {
        isGone = true
        isSilent = true
        told = nil
        rates = [:]
        lag = nil
        behind = nil
        caughtUpAt = nil
    }

    /// What it told, unless that is too old.
    func told(now: Int64) -> ProbeResult? {
        guard !isGone, let told, now - told.at <= told.lasts else { return nil }
        return told
    }

    private mutating func count(_ word: String, _ value: Double?, _ moment: Int64) {
        guard let value, value.isFinite else { return }
        rates[word, default: Rate(value, at: moment)].add(value, at: moment)
    }
}
