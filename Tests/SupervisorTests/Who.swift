internal import Glibc

/// Who runs the lab. Root's tests run as both: the ordinary one in a process of its own, which gives
/// up its ids first.
enum Who: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case root
    case ordinary

    /// Those that this test run can be.
    static var all: [Who] { geteuid() == 0 ? [.root, .ordinary] : [.ordinary] }

    var description: String { self == .root ? "root" : "an ordinary user" }

    /// Becomes it, for the rest of this process.
    func become() {
        guard self == .ordinary, geteuid() == 0 else { return }
        guard setgroups(0, nil) == 0, setgid(4242) == 0, setuid(4242) == 0 else { exit(2) }
    }

    /// The attachments it may use on this machine.
    var attachments: [String] {
        let tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC)
        guard tun >= 0 else { return ["veth"] }
        close(tun)
        return ["veth", "tun"]
    }
}
