/// What `squall bench load` found: how many operations a second squall's clients make, and what it costs to
/// write all of them down. Rates are operations a second.
public struct LoadReport: Codable, Sendable {
    /// Successes at a set rate.
    public struct Share: Codable, Sendable {
        /// What was asked for.
        public var rate: Double
        /// What succeeded, of what was due in the measured seconds.
        public var share: Double
        /// The 99th percentile from the intended start, in ms; `nil` when nothing succeeded.
        public var p99: Double?

        /// A share.
        public init(rate: Double, share: Double, p99: Double?) {
            self.rate = rate
            self.share = share
            self.p99 = p99
        }
    }

    /// 10,000/s, every operation written into the history.
    public var kept: Share
    /// The same without a history.
    public var plain: Share
    /// 50,000/s with history.
    public var fast: Share
    /// As many as one client can, without a history, on the loopback of the server's machine.
    public var flat: Double
    /// `redis-benchmark` in the client's place: as many connections, as many reads as writes.
    public var benchmark: Double
    /// What has a bar.
    public var judgements: [Judgement] = []

    /// A report, judged.
    public init(
        kept: Share, plain: Share, fast: Share, flat: FlatOut
    ) {
        self.kept = kept
        self.plain = plain
        self.fast = fast
        self.flat = flat.client
        benchmark = flat.benchmark
        judgements = [
            .atLeast(
                "10,000/s set: the share that is made, with history", kept.share * 100, must: 99.9,
                aim: 99.99, unit: "%"),
            .atLeast(
                "the same, of what is made without history", kept.share / max(1e-9, plain.share),
                must: 0.95, aim: 0.99),
            .atLeast(
                "flat out without history, of redis-benchmark",
                flat.client / max(1, flat.benchmark),
                must: 0.7, aim: 1),
        ]
    }

    /// Whether nothing is missing that must be.
    public var holds: Bool { judgements.allSatisfy(\.holds) }

    /// What people read.
    public var lines: [String] {
        var table = Table(["one redis-server", "asked for /s", "made /s", "p99 ms"])
        for (name, one) in [
            ("with history", kept), ("without", plain), ("with history, 50,000/s", fast),
        ] {
            table.add([
                name, figure(one.rate), figure(one.rate * one.share), figure(one.p99),
            ])
        }
        table.add(["flat out, on loopback", "–", figure(flat), ""])
        table.add(["redis-benchmark, the same", "–", figure(benchmark), ""])
        return table.lines + [""] + Bench.lines(of: judgements)
    }
}
