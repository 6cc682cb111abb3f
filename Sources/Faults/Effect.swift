public import Cluster

/// What a fault does to the packets of a link.
public enum Effect: Hashable, Sendable {
    /// Nothing passes; what the line held is lost with it.
    case cut
    /// As `cut`, and the machine's own port is silent too: not even an address question is
    /// answered. For a power-off.
    case mute
    /// Everything waits, in order, until the hold is taken away.
    case hold
    /// Everything comes later, in the order it was sent.
    case delay(Delay)
    /// A share of the wire packets is lost: each for itself, or in bursts of so many on average.
    case loss(Share, burst: Fixed? = nil)
    /// A share of the wire packets comes twice.
    case duplicate(Share)
    /// A share of the wire packets comes so much later that others overtake them.
    case reorder(Share, within: Duration = Effect.overtaking)
    /// A share of the wire packets has one bit turned: under a checksum that tells, or one made right.
    case corrupt(Share, right: Bool = false)
    /// No more than so many bits a second.
    case limit(Limit)
    /// Wire packets of more bytes than this are dropped, and their sender told unless it is silent.
    case mtu(Int, silent: Bool = false)
    /// What begins something is dropped, and its sender told that nobody takes it.
    case refuse

    /// How late a reordered packet is unless said.
    public static let overtaking = Duration.milliseconds(10)
}

/// A one-way delay. Uniform jitter lies within ± `jitter`; normal jitter has it as its standard
/// deviation; exponential and Pareto jitter only add, `jitter` on average. A packet never leaves
/// before it came.
public struct Delay: Hashable, Sendable {
    /// What every packet waits.
    public var base: Duration
    /// The size of the random part; zero for none.
    public var jitter: Duration
    /// How the random part is distributed.
    public var bell: Bell
    /// How much of the random part is that of the packet before, from 0% to 100%.
    public var correlation: Share

    /// A one-way delay.
    public init(
        _ base: Duration, jitter: Duration = .zero, bell: Bell = .uniform,
        correlation: Share = Share(billionths: 0)
    ) {
        self.base = base
        self.jitter = jitter
        self.bell = bell
        self.correlation = correlation
    }
}

/// A line of limited rate. Bytes are those of wire packets, the IP and transport headers of each
/// included, Ethernet headers not.
public struct Limit: Hashable, Sendable {
    /// How much passes.
    public var rate: Bandwidth
    /// How much may pass at once after a pause.
    public var burst: ByteCount
    /// What would have to wait longer than this is dropped.
    public var queue: Duration

    /// A line of limited rate.
    public init(
        _ rate: Bandwidth, burst: ByteCount = ByteCount(bytes: 0),
        queue: Duration = .milliseconds(200)
    ) {
        self.rate = rate
        self.burst = burst
        self.queue = queue
    }
}
