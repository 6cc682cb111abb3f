internal import CLinux

/// What the switch keeps for one machine's plug.
struct PortState: BitwiseCopyable {
    /// -1 while nothing is plugged in.
    var descriptor: Int32 = -1
    var kind = Port.Attachment.Code.veth
    var address: UInt32 = 0
    /// Packets that the machine's kernel would not take yet.
    var blockedHead = Slab.none
    var blockedTail = Slab.none
    var blockedPackets = 0
    var blockedBytes = 0
    var missed: UInt64 = 0
    var refused: UInt64 = 0
    var failed: UInt64 = 0
    var foreign: UInt64 = 0
    var malformed: UInt64 = 0
    var unknown: UInt64 = 0
    var answered: UInt64 = 0
    /// Reads that failed one after the other; a dead descriptor must not keep the loop busy.
    var errors = 0

    /// A machine's kernel that does not take packets may keep so many waiting, then they are refused.
    static let mostBlockedPackets = 1_024
    static let mostBlockedBytes = 16 << 20
    static let mostErrors = 1_000
    /// What reading nothing at all counts as: the other end of a socket pair is closed.
    private static let ended = -1

    /// Reads one packet into a frame: bytes after the virtio header (and the Ethernet header), or
    /// -errno. `type` is the Ethernet type, 0x0800 where there is none; `short` of both headers is 0.
    func read(_ frame: FramePointer, type: inout UInt16) -> Int {
        switch kind {
        case .veth, .frames:
            let count = Int(squall_read1(descriptor, frame, Frame.room))
            guard count > 0 else { return count < 0 ? count : Self.ended }
            guard count >= Frame.ip else { return 0 }
            type = squall_get16(frame + Frame.ip - 2)
            if frame[Frame.flags] & Frame.needsChecksum != 0 {
                let start = squall_get16_native(frame + Frame.checksumStart)
                guard start >= Frame.ethernetLength else { return 0 }
                squall_put16_native(
                    frame + Frame.checksumStart, start - UInt16(Frame.ethernetLength))
            }
            return count - Frame.ip
        case .tun, .message:
            let count = Int(
                squall_read2(
                    descriptor, frame, Frame.ethernet, frame + Frame.ip, Frame.longest))
            guard count > 0 else { return count < 0 ? count : Self.ended }
            type = 0x0800
            return max(0, count - Frame.ethernet)
        }
    }

    /// Writes an IP packet whose first `head` bytes follow the frame's headers and whose rest is
    /// elsewhere (`tail` bytes at `rest`). 0, or a negative errno.
    func write(
        _ frame: FramePointer, head: Int, rest: UnsafePointer<UInt8>? = nil, tail: Int = 0
    ) -> Int32 {
        let written: Int64
        switch kind {
        case .veth, .frames:
            writeEthernet(frame)
            shift(frame, by: UInt16(Frame.ethernetLength))
            written = squall_write3(descriptor, frame, Frame.ip + head, rest, tail, nil, 0)
            shift(frame, by: 0 &- UInt16(Frame.ethernetLength))
        case .tun, .message:
            written = squall_write3(
                descriptor, frame, Frame.ethernet, frame + Frame.ip, head, rest, tail)
        }
        return written < 0 ? Int32(written) : 0
    }

    /// Moves the header's offsets between "from the IP header" and "from the Ethernet header".
    private func shift(_ frame: FramePointer, by amount: UInt16) {
        if frame[Frame.flags] & Frame.needsChecksum != 0 {
            let start = squall_get16_native(frame + Frame.checksumStart)
            squall_put16_native(frame + Frame.checksumStart, start &+ amount)
        }
        if frame[Frame.gsoType] != Frame.gsoNone {
            let length = squall_get16_native(frame + Frame.headerLength)
            squall_put16_native(frame + Frame.headerLength, length &+ amount)
        }
    }

    private func writeEthernet(_ frame: FramePointer) {
        let ethernet = frame + Frame.ethernet
        let to = squall_get32(frame + Frame.ip + 16)
        if to == address {
            PortState.writeHardwareAddress(ethernet, of: address)
        } else if to >> 28 == 14 {
            // RFC 1112 §6.4: the lower 23 bits of the group.
            squall_put16(ethernet, 0x0100)
            squall_put32(ethernet + 2, 0x5e00_0000 | to & 0x007f_ffff)
        } else {
            squall_put16(ethernet, 0xffff)
            squall_put32(ethernet + 2, 0xffff_ffff)
        }
        PortState.writeHardwareAddress(ethernet + 6, of: squall_get32(frame + Frame.ip + 12))
        squall_put16(ethernet + 12, 0x0800)
    }

    /// `02:00:` and the four bytes of the IPv4 address.
    static func writeHardwareAddress(_ bytes: FramePointer, of address: UInt32) {
        squall_put16(bytes, 0x0200)
        squall_put32(bytes + 2, address)
    }
}
