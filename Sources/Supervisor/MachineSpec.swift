/// How a machine's one network device reaches the switch.
public enum Attachment: String, Sendable, CaseIterable {
    /// A veth pair whose other end is read and written through a packet socket. Frames with a
    /// 14-byte Ethernet header; needs no device file.
    case veth
    /// A TUN device. Bare IP packets; needs `/dev/net/tun`.
    case tun

    /// Bytes before the IP header, after the `virtio_net_hdr`.
    public var linkHeaderSize: Int { self == .veth ? 14 : 0 }
}

/// The switch's end of a machine's device.
public struct Port: Sendable {
    /// Bytes of `struct virtio_net_hdr` in front of each packet, both ways, for both attachments.
    public static let virtioHeaderSize = 10

    /// Non-blocking and close-on-exec. Read and write whole packets.
    public let descriptor: Descriptor
    /// What follows the `virtio_net_hdr`.
    public let attachment: Attachment
    /// 02:00 and the four bytes of the address; the machine's own (veth only).
    public let mac: [UInt8]
}

/// A directory or file of the host that appears in a machine.
public struct Bind: Equatable, Sendable {
    /// An absolute path of the host. As root it may lie where the node's own id could not reach it.
    public var source: String
    /// An absolute path in the machine. Below `/run`, `/tmp` and `/dev/shm`, which are the machine's
    /// own, it is made; elsewhere it must exist.
    public var target: String
    /// Whether the node may write there, as far as the owner and the modes of the files let its id.
    public var writable: Bool

    /// A directory or file of the host, at a place in the machine.
    public init(source: String, target: String, writable: Bool = false) {
        self.source = source
        self.target = target
        self.writable = writable
    }
}

/// What a machine is to be.
public struct MachineSpec: Sendable {
    /// Host name of the machine, and the name its events carry.
    public var name: String
    /// IPv4 address in host byte order: 10.66.0.2 is 0x0A42_0002.
    public var address: UInt32
    /// Bits of the network: 16 makes one network of 10.66.0.0/16.
    public var prefix: UInt8 = 16
    /// How it reaches the switch.
    public var attachment: Attachment
    /// Largest IP packet, in bytes.
    public var mtu: UInt32 = 1500
    /// The id that the node sees as its own (outside it is the operator's).
    public var userID: UInt32 = 1000
    /// The group id that the node sees as its own.
    public var groupID: UInt32 = 1000
    /// The name of that id in `/etc/passwd`; a line is added where the host has none.
    public var userName: String = "node"
    /// The node's home directory in `/etc/passwd`.
    public var home: String = "/tmp"
    /// The whole text of `/etc/hosts`; see `Machine.replaceHosts`.
    public var hosts: String
    /// Further directories; order matters when one lies in another.
    public var binds: [Bind] = []
    /// Kernel settings of the machine's own network, as `net.ipv4.tcp_retries2` = `5`.
    public var settings: [(name: String, value: String)] = []
    /// Whether super-packets of up to 64 kB travel whole; off for tests of segmentation.
    public var segmentationOffload = true
    /// Whether its device (veth) is joined to a bridge of the kernel instead of to the switch: what the
    /// switch is measured against. Bridged machines of a host reach each other; their port is of no use.
    public var isBridged = false

    /// A machine with a name, an address and what it knows of the others.
    public init(name: String, address: UInt32, attachment: Attachment, hosts: String) {
        self.name = name
        self.address = address
        self.attachment = attachment
        self.hosts = hosts
    }
}
