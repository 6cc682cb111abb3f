/// Blocks of the capture format that Wireshark calls pcapng (draft-ietf-opsawg-pcapng), one after the
/// other as bytes. Numbers are little-endian, whatever the machine.
struct Pcapng {
    /// What was written so far and not taken out.
    var bytes: [UInt8] = []

    /// Numbers of blocks.
    enum Kind {
        static let section: UInt32 = 0x0a0d_0d0a
        static let interface: UInt32 = 1
        static let names: UInt32 = 4
        static let statistics: UInt32 = 5
        static let packet: UInt32 = 6
        static let journal: UInt32 = 9
    }

    /// Linktype of the packets: bare IP.
    static let linkType: UInt16 = 101
    /// The longest block that is written: a packet of 64 kB and its options.
    static let longest = 80 << 10

    private enum Option {
        static let end: UInt16 = 0
        static let comment: UInt16 = 1
    }

    // MARK: Blocks

    /// Begins the file.
    mutating func section(application: String, system: String, comment: String) {
        block(Kind.section) {
            $0.put(UInt32(0x1a2b_3c4d))
            $0.put(UInt16(1))
            $0.put(UInt16(0))
            // How long the section is, is not known yet.
            $0.put(UInt64.max)
            $0.option(Option.comment, comment.utf8)
            $0.option(3, system.utf8)
            $0.option(4, application.utf8)
            $0.put(UInt32(Option.end))
        }
    }

    /// The port of a machine; `snap` is how many bytes of a packet are kept at most.
    mutating func interface(name: String, about: String, address: IPv4Address, snap: Int) {
        block(Kind.interface) {
            $0.put(Self.linkType)
            $0.put(UInt16(0))
            $0.put(UInt32(clamping: snap))
            $0.option(2, name.utf8)
            if !about.isEmpty { $0.option(3, about.utf8) }
            $0.option(4, address.bytes + [255, 255, 0, 0])
            $0.option(6, address.hardwareAddress)
            // Times are in 10^-9 s.
            $0.option(9, [9])
            $0.put(UInt32(Option.end))
        }
    }

    /// The names of addresses, for readers that resolve them.
    mutating func names(_ names: [(address: IPv4Address, name: String)]) {
        block(Kind.names) {
            for (address, name) in names { $0.option(1, address.bytes + Array(name.utf8) + [0]) }
            $0.put(UInt32(0))
        }
    }

    /// What stands beside a packet.
    struct Remarks {
        /// Beside it, in words.
        var comments: [String] = []
        /// Set when it was dropped: the number of the fault, or 0.
        var dropped: UInt32?
        /// The same number wherever the packet was seen.
        var id: UInt64 = 0
        /// Packets that were lost since the one before at the same port.
        var lost: UInt64 = 0
    }

    /// One wire packet; `at` is nanoseconds since 1970, `data` what is kept of its `length` bytes.
    mutating func packet(
        _ interface: UInt32, at: UInt64, data: UnsafeRawBufferPointer, length: Int, outbound: Bool,
        _ remarks: Remarks
    ) {
        block(Kind.packet) {
            $0.put(interface)
            $0.put(UInt32(truncatingIfNeeded: at >> 32))
            $0.put(UInt32(truncatingIfNeeded: at))
            $0.put(UInt32(data.count))
            $0.put(UInt32(length))
            $0.bytes.append(contentsOf: data)
            $0.pad()
            for comment in remarks.comments { $0.option(Option.comment, comment.utf8) }
            // epb_flags: 1 inbound, 2 outbound.
            $0.option(2, [outbound ? 2 : 1, 0, 0, 0])
            if remarks.lost > 0 { $0.option(4, Self.number(remarks.lost)) }
            $0.option(5, Self.number(remarks.id))
            // epb_verdict, of the kind "hardware": the switch's own word.
            if let fault = remarks.dropped { $0.option(7, [0] + Self.number(fault)) }
            $0.put(UInt32(Option.end))
        }
    }

    /// Something that happened, as an entry of systemd's journal: the one block that has a time and a
    /// text and that Wireshark shows as a line of its own. `at` is nanoseconds since 1970.
    mutating func journal(at: UInt64, _ message: String) {
        let line = message.replacing("\n", with: " ")
        block(Kind.journal) {
            $0.bytes.append(
                contentsOf:
                    "__REALTIME_TIMESTAMP=\(at / 1_000)\nMESSAGE=\(line)\nSYSLOG_IDENTIFIER=squall\n"
                    .utf8)
            $0.pad()
        }
    }

    /// How much a port's capture has seen and lost.
    mutating func statistics(
        _ interface: UInt32, from start: UInt64, to end: UInt64, received: UInt64, lost: UInt64
    ) {
        block(Kind.statistics) {
            $0.put(interface)
            $0.put(UInt32(truncatingIfNeeded: end >> 32))
            $0.put(UInt32(truncatingIfNeeded: end))
            for (code, time) in [(UInt16(2), start), (3, end)] {
                let high = Self.number(UInt32(truncatingIfNeeded: time >> 32))
                $0.option(code, high + Self.number(UInt32(truncatingIfNeeded: time)))
            }
            $0.option(4, Self.number(received))
            $0.option(5, Self.number(lost))
            $0.put(UInt32(Option.end))
        }
    }

    // MARK: Bytes

    private mutating func block(_ kind: UInt32, _ body: (inout Pcapng) -> Void) {
        let start = bytes.count
        put(kind)
        put(UInt32(0))
        body(&self)
        let length = Self.number(UInt32(bytes.count - start + 4))
        bytes.replaceSubrange(start + 4..<start + 8, with: length)
        bytes.append(contentsOf: length)
    }

    private mutating func option(_ code: UInt16, _ value: some Collection<UInt8>) {
        let value = value.prefix(Int(UInt16.max))
        put(code)
        put(UInt16(value.count))
        bytes.append(contentsOf: value)
        pad()
    }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    private mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

extension IPv4Address {
    /// In network order.
    fileprivate var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
