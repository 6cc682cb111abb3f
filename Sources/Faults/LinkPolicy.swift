/// What the packet loop reads for one ordered pair: 8 bytes. `count == 0` is "nothing": forward.
@frozen
public struct LinkPolicy: Hashable, Sendable, BitwiseCopyable {
    /// Index of the first term in the table.
    public var first: UInt32
    /// How many terms there are.
    public var count: UInt16
    /// Their sum in short.
    public var flags: LinkFlags

    /// Nothing is wrong with this link.
    public static let open = LinkPolicy(first: 0, count: 0, flags: [])

    /// A policy.
    @inlinable
    public init(first: UInt32, count: UInt16, flags: LinkFlags) {
        self.first = first
        self.count = count
        self.flags = flags
    }
}

/// The sum of a link's terms in short.
@frozen
public struct LinkFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8

    /// A set of flags.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing passes, of no protocol.
    public static let cut = LinkFlags(rawValue: 1)
    /// Everything waits.
    public static let hold = LinkFlags(rawValue: 2)
    /// Draws once for each wire packet.
    public static let perPacket = LinkFlags(rawValue: 4)
    /// Some packets come later.
    public static let timed = LinkFlags(rawValue: 8)
    /// The machine's port is silent.
    public static let mute = LinkFlags(rawValue: 16)
    /// More than dropping and waiting in one queue: packets are altered, sent twice, overtaken, answered,
    /// paced, or only some of them wait.
    public static let alters = LinkFlags(rawValue: 32)
}
