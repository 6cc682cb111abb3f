public import Cluster

/// An IPv4 address.
public struct IPv4Address: Hashable, Comparable, Sendable, BitwiseCopyable,
    CustomStringConvertible
{
    /// In host order: 10.66.0.2 is 0x0a42_0002.
    public var value: UInt32

    /// An address in host order.
    public init(_ value: UInt32) { self.value = value }

    /// An address as it is written, `10.66.0.2`; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part) else {
                return nil
            }
            value = value << 8 | UInt32(byte)
        }
        self.value = value
    }

    /// `10.66.0.2`.
    public var description: String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    /// By number.
    public static func < (a: IPv4Address, b: IPv4Address) -> Bool { a.value < b.value }

    /// The Ethernet address that the switch gives to its owner: `02:00:` and the four bytes.
    public var hardwareAddress: [UInt8] {
        [
            2, 0, UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255),
            UInt8(value & 255),
        ]
    }
}

/// A machine's plug in the switch.
public struct Port: Sendable {
    /// The machine.
    public var node: NodeID
    /// How it is attached.
    public var attachment: Attachment
    /// The descriptor; the fabric owns it from `Fabric.addPort` on and closes it.
    public var descriptor: Int32
    /// The machine's address inside 10.66.0.0/16.
    public var address: IPv4Address

    /// How a machine is attached.
    public enum Attachment: String, Hashable, Sendable, CaseIterable {
        /// AF_PACKET raw socket, bound to the hub's end of a veth pair: a `virtio_net_hdr` of 10
        /// bytes and an Ethernet header before each packet. The machine's own end must have the
        /// hardware address `IPv4Address.hardwareAddress`. The fabric sets the socket's options.
        case veth
        /// A TUN device opened inside the machine with `IFF_NO_PI | IFF_VNET_HDR`: a
        /// `virtio_net_hdr` of 10 bytes before each IP packet.
        case tun
        /// A message socket (SOCK_DGRAM, SOCK_SEQPACKET) that speaks as `tun` does. For tests.
        case message
        /// A message socket that speaks as `veth` does. For tests.
        case frames
    }

    /// A machine's plug.
    public init(
        node: NodeID, attachment: Attachment, descriptor: Int32, address: IPv4Address
    ) {
        self.node = node
        self.attachment = attachment
        self.descriptor = descriptor
        self.address = address
    }
}
