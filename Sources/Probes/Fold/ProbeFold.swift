public import Cluster

/// Makes samples of what probes told: counters become rates, positions become lag (see `Lag`), and
/// what has grown old becomes "not told". Pure: it reads no clock.
public struct ProbeFold: Sendable {
    private var nodes: [NodeID: NodeMemory] = [:]
    private(set) var streams = Streams()

    /// Nothing was told yet.
    public init() {}

    /// Takes in one result. Those of an earlier start of the same node, or of an earlier moment, are
    /// passed over.
    public mutating func add(_ result: ProbeResult) {
        var memory = nodes[result.node] ?? NodeMemory(result)
        guard result.start > memory.last.start || result.at >= memory.last.at,
            result.start >= memory.last.start
        else { return }
        memory.add(result)
        if result.isAnswered { follow(result, &memory) }
        nodes[result.node] = memory
    }

    /// The node is off, or its probe was stopped: what it told is no longer true. What is known of
    /// its log stays, since others are behind it.
    public mutating func forget(_ node: NodeID) {
        nodes[node]?.forget()
    }

    /// The last result of a node; `nil` when there is none, or it was forgotten.
    public func last(of node: NodeID) -> ProbeResult? {
        nodes[node].flatMap { $0.isGone ? nil : $0.last }
    }

    /// A sample of every node that is asked, in order of their indices. `cpu` and `memory` are not
    /// told here. Rates are over the time since the last call.
    /// - Parameter now: nanoseconds of CLOCK_MONOTONIC.
    public mutating func samples(now: Int64) -> [Sample] {
        var samples: [Sample] = []
        samples.reserveCapacity(nodes.count)
        for node in nodes.keys.sorted() {
            guard var memory = nodes[node], !memory.isGone else { continue }
            for word in memory.rates.keys { memory.rates[word]?.look() }
            nodes[node] = memory
            samples.append(Sample(memory, now: now))
        }
        return samples
    }

    /// What a node last told under a word of its `metrics` that has no meaning of its own, counters
    /// as rates a second (over the time between the last two calls of `samples`); `nil` when it told
    /// nothing of late.
    public func metric(_ word: String, of node: NodeID, now: Int64) -> Double? {
        guard let memory = nodes[node], let told = memory.told(now: now) else { return nil }
        return told.reading.counters.contains(word)
            ? memory.rates[word]?.perSecond : told.reading.others[word]
    }

    /// Positions: a leader moves the head of its log, others are measured against it.
    private mutating func follow(_ result: ProbeResult, _ memory: inout NodeMemory) {
        let reading = result.reading
        memory.lag = nil
        memory.behind = nil
        memory.leads = reading.role == .leader ? reading.stream?.name : nil
        guard let stream = reading.stream, let position = reading.position else { return }
        // The node itself is on its way out of the dictionary and back: put it where it is looked for.
        nodes[result.node] = memory
        if reading.role == .leader {
            streams.lead(
                stream, result.node, term: reading.term, position: position, at: result.at,
                isLeading: { [nodes] in
                    nodes[$0]?.leads == $1 && nodes[$0]?.isSilent == false
                })
            memory.caughtUpAt = nil
            return
        }
        let log = streams.log(
            stream.name, position: position, isClaimed: claims,
            isSilent: isSilent)
        if let log { memory.leader = log.leader }
        let lag = Lag(
            position: position, at: result.at, link: stream.link, history: log?.history,
            leader: memory.leader.flatMap { answers(of: $0, now: result.at) },
            caughtUpAt: memory.caughtUpAt)
        if lag.isCaughtUp { memory.caughtUpAt = result.at }
        memory.lag = lag.seconds
        memory.behind = lag.behind
    }

    private func claims(_ node: NodeID, _ stream: String) -> Bool {
        nodes[node]?.leads == stream
    }

    private func isSilent(_ node: NodeID) -> Bool { nodes[node]?.isSilent ?? true }

    private func answers(of node: NodeID, now: Int64) -> Lag.Leader? {
        guard let memory = nodes[node], let since = memory.answeringSince,
            let answeredAt = memory.answeredAt
        else { return nil }
        let goesOn = !memory.isSilent && now - answeredAt <= memory.last.lasts
        return Lag.Leader(since: since, until: goesOn ? now : answeredAt)
    }
}

extension Sample {
    /// What is known of a node at a moment. A leader is behind nobody: it tells no lag.
    fileprivate init(_ memory: NodeMemory, now: Int64) {
        self.init(node: memory.last.node)
        let isFresh = now - memory.last.at <= memory.last.lasts
        guard let told = memory.told(now: now) else { return }
        let reading = told.reading
        ready = isFresh && memory.last.ready
        role = reading.role
        requests = memory.rates["requests"]?.perSecond.map { Float($0) } ?? .nan
        errors = memory.rates["errors"]?.perSecond.map { Float($0) } ?? .nan
        p99 = reading.latency.map { Float($0) } ?? told.roundTrip
        term = Self.whole(reading.term)
        position = reading.position ?? 0
        guard role != .leader else { return }
        lag = (reading.lag ?? memory.lag).map { Float($0) } ?? .nan
        behind = Self.whole(reading.behind ?? memory.behind)
    }

    private static func whole(_ value: UInt64?) -> UInt32 {
        value.map { UInt32(min($0, UInt64(notTold - 1))) } ?? notTold
    }
}
