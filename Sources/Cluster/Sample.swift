/// What one node told in one tick. NaN means "not told"; for equality it equals itself.
public struct Sample: Equatable, Sendable, BitwiseCopyable {
    /// The node.
    public var node: NodeID
    /// What it says it is.
    public var role: Role
    /// Whether its probe says yes.
    public var ready: Bool
    /// Seconds behind the leader.
    public var lag: Float
    /// Requests a second.
    public var requests: Float
    /// Errors a second.
    public var errors: Float
    /// Seconds; the probe's own round trip where the node tells no latency.
    public var p99: Float
    /// Share of one core, 1 is one core.
    public var cpu: Float
    /// Entries or bytes behind; `notTold` when unknown.
    public var behind: UInt32
    /// Resident memory in KiB; `notTold` when unknown.
    public var memory: UInt32
    /// Term or epoch; `notTold` when there is none.
    public var term: UInt32
    /// Position in the log; 0 when unknown.
    public var position: UInt64

    /// Stands for an unknown whole number.
    public static let notTold = UInt32.max

    /// A sample in which nothing was told yet.
    public init(node: NodeID) {
        self.node = node
        role = .unknown
        ready = false
        lag = .nan
        requests = .nan
        errors = .nan
        p99 = .nan
        cpu = .nan
        behind = Sample.notTold
        memory = Sample.notTold
        term = Sample.notTold
        position = 0
    }

    /// By bits, but every NaN equals every other.
    public static func == (a: Sample, b: Sample) -> Bool {
        a.node == b.node && a.role == b.role && a.ready == b.ready
            && a.lag.isSame(as: b.lag) && a.requests.isSame(as: b.requests)
            && a.errors.isSame(as: b.errors) && a.p99.isSame(as: b.p99)
            && a.cpu.isSame(as: b.cpu)
            && a.behind == b.behind && a.memory == b.memory && a.term == b.term
            && a.position == b.position
    }
}

/// What crossed one direction between two machines in the last second.
public struct LinkSample: Equatable, Sendable, BitwiseCopyable {
    /// The sender.
    public var from: NodeID
    /// The receiver.
    public var to: NodeID
    /// Last felt round trip of squall's own echo in seconds; NaN before the first.
    public var rtt: Float
    /// Wire packets a second.
    public var packets: Float
    /// Wire bytes a second.
    public var bytes: Float
    /// New TCP connections a second.
    public var connections: Float
    /// Wire packets a second dropped by faults.
    public var dropped: Float

    /// A sample of a link.
    public init(
        from: NodeID, to: NodeID, rtt: Float = .nan, packets: Float = 0, bytes: Float = 0,
        connections: Float = 0, dropped: Float = 0
    ) {
        self.from = from
        self.to = to
        self.rtt = rtt
        self.packets = packets
        self.bytes = bytes
        self.connections = connections
        self.dropped = dropped
    }

    /// By bits, but every NaN equals every other.
    public static func == (a: LinkSample, b: LinkSample) -> Bool {
        a.from == b.from && a.to == b.to && a.rtt.isSame(as: b.rtt)
            && a.packets.isSame(as: b.packets) && a.bytes.isSame(as: b.bytes)
            && a.connections.isSame(as: b.connections) && a.dropped.isSame(as: b.dropped)
    }
}

extension BinaryFloatingPoint {
    /// Equal, or both NaN: "not told" is one value, whatever bits a division left in it.
    func isSame(as other: Self) -> Bool { self == other || (isNaN && other.isNaN) }
}

/// What one client machine saw in one interval.
public struct ClientSample: Equatable, Sendable {
    /// The client.
    public var client: NodeID
    /// Length of the interval in seconds.
    public var interval: Float
    /// Operations that were due in the interval.
    public var due: UInt32
    /// Answered with success.
    public var ok: UInt32
    /// Certainly did not happen.
    public var refused: UInt32
    /// Nobody knows: a time-out, a lost connection.
    public var unknown: UInt32
    /// Seconds since the last success, at the end of the interval; 0 when the interval's last one succeeded.
    public var silence: Float
    /// The longest time without a success that ended in the interval or lasts at its end, in seconds,
    /// whenever it began; finer than `silence` for what begins and ends between two ends of intervals.
    public var outage: Float
    /// Latency of the answered ones, from the intended start.
    public var latency: LatencyHistogram
    /// Latency of the answered ones, from the moment of sending: what a closed loop would have seen.
    public var uncorrected: LatencyHistogram

    /// A sample of a client.
    public init(
        client: NodeID, interval: Float, due: UInt32 = 0, ok: UInt32 = 0, refused: UInt32 = 0,
        unknown: UInt32 = 0, silence: Float = 0, outage: Float = 0,
        latency: LatencyHistogram = LatencyHistogram(),
        uncorrected: LatencyHistogram = LatencyHistogram()
    ) {
        self.client = client
        self.interval = interval
        self.due = due
        self.ok = ok
        self.refused = refused
        self.unknown = unknown
        self.silence = silence
        self.outage = outage
        self.latency = latency
        self.uncorrected = uncorrected
    }

    /// By bits, but every NaN equals every other.
    public static func == (a: ClientSample, b: ClientSample) -> Bool {
        a.client == b.client && a.interval.isSame(as: b.interval) && a.due == b.due && a.ok == b.ok
            && a.refused == b.refused && a.unknown == b.unknown && a.silence.isSame(as: b.silence)
            && a.outage.isSame(as: b.outage) && a.latency == b.latency
            && a.uncorrected == b.uncorrected
    }
}
