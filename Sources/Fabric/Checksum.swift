internal import CLinux

/// The Internet checksum (RFC 1071).
enum Checksum {
    /// The sum of bytes as 16-bit words in network order, an odd last byte padded; added to `sum`.
    static func sum(_ bytes: UnsafePointer<UInt8>, _ count: Int, adding start: UInt64 = 0) -> UInt64
    {
        var sum = start
        var at = 0
        while at + 4 <= count {
            sum &+= UInt64(squall_get32(bytes + at))
            at += 4
        }
        if at + 2 <= count {
            sum &+= UInt64(squall_get16(bytes + at))
            at += 2
        }
        if at < count { sum &+= UInt64(bytes[at]) << 8 }
        return sum
    }

    /// Carries added in until sixteen bits are left. Words of 32 bits fold as two of 16.
    static func fold(_ sum: UInt64) -> UInt16 {
        var sum = (sum & 0xffff_ffff) + (sum >> 32)
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        return UInt16(sum)
    }

    /// Sets the checksum of an IPv4 header of `length` bytes.
    static func setHeader(_ ip: FramePointer, _ length: Int) {
        squall_put16(ip + 10, 0)
        squall_put16(ip + 10, ~fold(sum(ip, length)))
    }

    /// The pseudo header's sum of a transport packet of `length` bytes: what a field holds whose
    /// checksum is still to be completed.
    static func pseudo(_ ip: UnsafePointer<UInt8>, length: Int) -> UInt16 {
        fold(sum(ip + 12, 8, adding: UInt64(ip[9]) + UInt64(length)))
    }

    /// Completes a checksum that the sender's kernel left open, so that the packet may be altered or
    /// shown: a receiving kernel believes an open one without looking. `length` is the IP packet's.
    /// A packet of several segments must be cut first. True when the packet is complete now, false
    /// when its header is nonsense.
    @discardableResult
    static func complete(_ frame: FramePointer, length: Int) -> Bool {
        guard frame[Frame.gsoType] == Frame.gsoNone else { return false }
        guard frame[Frame.flags] & Frame.needsChecksum != 0 else { return true }
        let start = Int(squall_get16_native(frame + Frame.checksumStart))
        let field = start + Int(squall_get16_native(frame + Frame.checksumOffset))
        guard field + 2 <= length else { return false }
        let ip = frame + Frame.ip
        var checksum = ~fold(sum(ip + start, length - start))
        // In UDP zero means "none was made".
        if checksum == 0, ip[9] == 17 { checksum = 0xffff }
        squall_put16(ip + field, checksum)
        frame[Frame.flags] &= ~Frame.needsChecksum
        squall_put16_native(frame + Frame.checksumStart, 0)
        squall_put16_native(frame + Frame.checksumOffset, 0)
        return true
    }
}
