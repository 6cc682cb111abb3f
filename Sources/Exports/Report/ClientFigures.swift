internal import Cluster

/// What all clients saw together in a stretch of the run.
public struct ClientFigures: Equatable, Sendable {
    /// How long it was, in seconds.
    public var seconds: Double
    /// Operations that were due, and what became of them.
    public var due: UInt64
    /// Answered with success.
    public var ok: UInt64
    /// Certainly did not happen.
    public var refused: UInt64
    /// Nobody knows.
    public var unknown: UInt64
    /// Latency of the answered ones in seconds, by quantile from 0.5 to 0.999; `nil` when none was.
    public var latency: Latency?
    /// The longest time without a success, in seconds.
    public var outage: Double

    /// Quantiles of the latency, in seconds.
    public struct Latency: Equatable, Sendable {
        /// Half of the answers came within it.
        public var p50: Double
        /// Nine of ten.
        public var p90: Double
        /// 99 of a hundred.
        public var p99: Double
        /// 999 of a thousand.
        public var p999: Double
    }

    /// `nil` when no operation was due or finished in it.
    init?(_ sum: ClientsState.Second?, seconds: Double) {
        guard let sum, sum.due > 0 || sum.ok + sum.refused + sum.unknown > 0 else { return nil }
        self.seconds = seconds
        due = sum.due
        ok = sum.ok
        refused = sum.refused
        unknown = sum.unknown
        outage = Double(sum.outage)
        if let p50 = sum.latency(atQuantile: 0.5), let p90 = sum.latency(atQuantile: 0.9),
            let p99 = sum.latency(atQuantile: 0.99), let p999 = sum.latency(atQuantile: 0.999)
        {
            latency = Latency(p50: p50, p90: p90, p99: p99, p999: p999)
        }
    }

    /// Operations that did not succeed.
    public var failed: UInt64 { refused + unknown }

    /// Share of the finished operations that succeeded, 0 to 1; `nil` when none finished.
    public var availability: Double? {
        ok + failed == 0 ? nil : Double(ok) / Double(ok + failed)
    }

    /// Answers with success a second.
    public var throughput: Double { Double(ok) / max(1, seconds) }
}

extension Core {
    /// What clients saw before, during or after a fault, over the same seconds as
    /// `availability during split`.
    func clientFigures(_ window: SignalTerm.Window) -> ClientFigures? {
        guard let range = clientWindow(window), !range.isEmpty else { return nil }
        return ClientFigures(
            clients.summary(in: range), seconds: (range.upperBound - range.lowerBound).inSeconds)
    }

    /// What clients saw from "all ready" to the end.
    var clientFigures: ClientFigures? {
        guard let range = wholeWindow else { return nil }
        return ClientFigures(
            clients.total, seconds: (range.upperBound - range.lowerBound).inSeconds)
    }
}
