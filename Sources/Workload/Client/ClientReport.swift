public import Cluster

/// What a client saw in one interval: each line on its standard output.
public struct ClientReport: Equatable, Sendable {
    /// Length of the interval in seconds.
    public var interval = 0.0
    /// Operations whose intended start lay in the interval.
    public var due: UInt32 = 0
    /// Answered, also with "no such key" or "the value is another one".
    public var ok: UInt32 = 0
    /// Certainly did not happen: an error that says so, or no connection in time.
    public var refused: UInt32 = 0
    /// Nobody knows: sent, and no answer.
    public var unknown: UInt32 = 0
    /// Of refused and unknown: those whose time was over.
    public var timeouts: UInt32 = 0
    /// Seconds since the last success at the end of the interval; 0 when an operation succeeded in it.
    public var silence = 0.0
    /// The longest wait for a success that ended in the interval or lasts at its end, in seconds.
    public var outage = 0.0
    /// Connections that stand at the end of the interval.
    public var open: UInt32 = 0
    /// From the intended start to the answer, of the answered ones.
    public var latency = LatencyHistogram()
    /// From the moment of sending to the answer: what a closed loop would have measured. The
    /// difference to `latency` is the waiting that it would have overlooked.
    public var uncorrected = LatencyHistogram()

    /// Nothing yet.
    public init() {}

    /// As the journal has it.
    public func sample(of client: NodeID) -> ClientSample {
        ClientSample(
            client: client, interval: Float(interval), due: due, ok: ok, refused: refused,
            unknown: unknown, silence: Float(silence), outage: Float(outage), latency: latency,
            uncorrected: uncorrected)
    }
}

extension ClientReport: Codable {
    private enum CodingKeys: CodingKey {
        case interval, due, ok, refused, unknown, timeouts, silence, outage, open, latency
        case uncorrected
    }

    /// Reads a line that `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        interval = try container.decode(Double.self, forKey: .interval)
        due = try container.decode(UInt32.self, forKey: .due)
        ok = try container.decode(UInt32.self, forKey: .ok)
        refused = try container.decode(UInt32.self, forKey: .refused)
        unknown = try container.decode(UInt32.self, forKey: .unknown)
        timeouts = try container.decode(UInt32.self, forKey: .timeouts)
        silence = try container.decode(Double.self, forKey: .silence)
        outage = try container.decode(Double.self, forKey: .outage)
        open = try container.decode(UInt32.self, forKey: .open)
        latency = Self.histogram(try container.decode([UInt32].self, forKey: .latency))
        uncorrected = Self.histogram(try container.decode([UInt32].self, forKey: .uncorrected))
    }

    /// Histograms are lists of bucket, count, bucket, count …
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(interval, forKey: .interval)
        try container.encode(due, forKey: .due)
        try container.encode(ok, forKey: .ok)
        try container.encode(refused, forKey: .refused)
        try container.encode(unknown, forKey: .unknown)
        try container.encode(timeouts, forKey: .timeouts)
        try container.encode(silence, forKey: .silence)
        try container.encode(outage, forKey: .outage)
        try container.encode(open, forKey: .open)
        try container.encode(Self.list(latency), forKey: .latency)
        try container.encode(Self.list(uncorrected), forKey: .uncorrected)
    }

    private static func list(_ histogram: LatencyHistogram) -> [UInt32] {
        histogram.buckets.flatMap { [UInt32($0.index), $0.count] }
    }

    private static func histogram(_ list: [UInt32]) -> LatencyHistogram {
        LatencyHistogram(
            buckets: stride(from: 0, to: list.count - 1, by: 2).map {
                .init(index: UInt16(clamping: list[$0]), count: list[$0 + 1])
            })
    }
}
