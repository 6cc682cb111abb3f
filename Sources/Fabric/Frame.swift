/// How a packet lies in the switch's memory, wherever it came from: a `virtio_net_hdr` of 10 bytes,
/// room for an Ethernet header, then the IP packet. A veth port reads and writes all of it in one
/// piece, a TUN port leaves the middle out, and neither needs the packet to be moved.
///
/// In memory the header's offsets count from the IP header, as a TUN has them; a veth port adds and
/// takes away the 14 bytes at its edge.
enum Frame {
    /// Where the Ethernet header is.
    static let ethernet = 10
    /// Where the IP header is.
    static let ip = 24
    /// Bytes of an Ethernet header.
    static let ethernetLength = 14
    /// The longest IP packet.
    static let longest = 65_535
    /// Bytes that the longest frame takes.
    static let room = ip + longest
    /// More segments than this in one packet are nonsense: the smallest segment size that a TCP of
    /// the kernel ever uses is 48 bytes.
    static let mostSegments = 2_048

    // Fields of the virtio_net_hdr (VIRTIO 1.2, §5.1.6), in the machine's byte order.
    static let flags = 0
    static let gsoType = 1
    static let headerLength = 2
    static let gsoSize = 4
    static let checksumStart = 6
    static let checksumOffset = 8

    static let needsChecksum: UInt8 = 1
    static let gsoNone: UInt8 = 0
    static let gsoTCP4: UInt8 = 1
    static let gsoUDP: UInt8 = 5
    /// Joined to a gso type: the first segment carries CWR.
    static let gsoECN: UInt8 = 0x80
}

/// A frame's memory.
typealias FramePointer = UnsafeMutablePointer<UInt8>
