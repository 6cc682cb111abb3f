public import Cluster

/// Makes samples of what probes told: counters become rates, positions become lag, and what has
/// grown old becomes "not told". Pure: it reads no clock.
public struct ProbeFold: Sendable {
    /// Nothing was told yet.
    public init() {}

    /// Takes in one result. Results of an older start of the same node are ignored.
    public mutating func add(_ result: ProbeResult) {
    }

    /// The node is off, or its probe was stopped: what it told is no longer true.
    public mutating func forget(_ node: NodeID) {
    }

    /// A sample of every node that is known, in order of their indices. `cpu` and `memory` are not
    /// told here. Rates are over the time since the last call.
    /// - Parameter now: nanoseconds of CLOCK_MONOTONIC.
    public mutating func samples(now: Int64) -> [Sample] {
        []
    }

    /// What a node last told under a word of its `metrics` that has no meaning of its own, counters
    /// as rates a second; `nil` when it told nothing of late.
    public func metric(_ word: String, of node: NodeID, now: Int64) -> Double? {
        nil
    }
}
