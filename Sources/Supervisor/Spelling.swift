internal import CLinux
internal import Glibc

// How values of this room are spelled for C and the kernel.

extension ProcessEnd {
    /// From the status that `waitpid` gave.
    init(waitStatus: Int32, monotonicNanoseconds: UInt64) {
        let signal = waitStatus & 0x7f
        self.init(
            status: signal == 0 ? waitStatus >> 8 & 0xff : nil,
            signal: signal == 0 ? nil : signal, monotonicNanoseconds: monotonicNanoseconds)
    }
}

extension MachineSpec {
    /// 02:00 and the address.
    var mac: [UInt8] {
        [0x02, 0x00] + (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
    }
}

extension Outgoing {
    mutating func put(_ spec: MachineSpec) {
        put(spec.attachment == .tun ? SQUALL_ATTACH_TUN : SQUALL_ATTACH_VETH)
        put(
            (spec.segmentationOffload ? 0 : SQUALL_MAKE_NO_TSO)
                | (spec.isBridged ? SQUALL_MAKE_BRIDGED : 0))
        put(spec.address)
        put(UInt32(spec.prefix))
        put(spec.mtu)
        put(spec.userID)
        put(spec.groupID)
        for text in [spec.name, spec.userName, spec.home, spec.hosts] { put(text) }
        put(UInt32(spec.binds.count))
        for bind in spec.binds {
            put(bind.writable ? SQUALL_BIND_WRITABLE : 0)
            put(bind.source)
            put(bind.target)
        }
        put(UInt32(spec.settings.count))
        for setting in spec.settings {
            // In /proc/sys dots are slashes.
            put(String(setting.name.map { $0 == "." ? "/" : $0 }))
            put(setting.value)
        }
    }
}

/// Calls `body` with a NULL-terminated array of C strings.
func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
