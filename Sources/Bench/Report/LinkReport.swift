/// What `squall bench links` found.
public struct LinkReport: Codable, Sendable {
    /// What it was measured on.
    public var surroundings: Surroundings
    /// Rounds that count.
    public var rounds: Int
    /// In the order of the table.
    public var contenders: [Row]
    /// How late a delay of 1 ms was.
    public var delays: [DelayRow]
    /// What a limit of 100 MB/s let through.
    public var rates: [RateRow]
    /// What has a bar.
    public var judgements: [Judgement] = []
    /// What could not be measured, and why.
    public var leftOut: [String]

    /// The machine, and what the packet loop got of it.
    public struct Surroundings: Codable, Sendable {
        /// Processor cores.
        public var cores: Int
        /// Release of the kernel.
        public var kernel: String
        /// Scheduling of the packet loop.
        public var scheduling: String
        /// Ways to attach machines, the one that labs take first.
        public var attachments: [String]
    }

    /// One way from here to there.
    public struct Row: Codable, Sendable {
        /// Its name in the table.
        public var name: String
        /// Payload of one TCP connection, Gbit/s.
        public var bulk = Measured()
        /// The same with 1 % loss set, Gbit/s.
        public var lossyBulk = Measured()
        /// Round trip of 64 bytes, median of each measurement, µs.
        public var tripMedian = Measured()
        /// Its 99th percentile, µs.
        public var tripP99 = Measured()
        /// redis-benchmark, SET, 50 connections, requests a second.
        public var redis = Measured()
        /// Connections made, used for a byte and ended, one after the other, a second.
        public var connections = Measured()
    }

    /// How late packets left that were to wait for 1 ms.
    public struct DelayRow: Codable, Sendable {
        /// Way of attachment.
        public var name: String
        /// Whether every core had something else to do.
        public var isBusy: Bool
        /// Median and 99th percentile of the switch's own lateness, µs.
        public var lateMedian = Measured()
        /// The 99th percentile.
        public var lateP99 = Measured()
        /// What round trips gained beyond 1 ms (their median), µs: the same, as felt by programs.
        public var felt = Measured()
    }

    /// What came through a limited link.
    public struct RateRow: Codable, Sendable {
        /// Way of attachment.
        public var name: String
        /// Bytes on the wire a second, in MB/s.
        public var rate = Measured()
    }

    /// Whether nothing is missing that must be.
    public var holds: Bool { judgements.allSatisfy(\.holds) }
}
