internal import Glibc

@testable import Supervisor

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
        bringHost()
        guard setgroups(0, nil) == 0, setgid(4242) == 0, setuid(4242) == 0 else { exit(2) }
    }

    /// Path of `squall-host`, once `become` was called.
    var host: String {
        getenv("SQUALL_TEST_HOST").map { String(cString: $0) } ?? MachineHost.besideThisProgram()
    }

    /// Copies `squall-host` to where an ordinary user may go, when the package was built below root's
    /// home, as a clone of root's is. `Bench.start` removes it, once it runs.
    private func bringHost() {
        let path = MachineHost.besideThisProgram()
        let ordinary = Identity(userID: 4242, groupID: 4242, origin: .operatorOwn)
        guard !Runtime.isReached(path, by: ordinary), let folder = temporaryFolder() else { return }
        let copy = folder + "/squall-host"
        let original = open(path, O_RDONLY | O_CLOEXEC)
        let file = open(copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0o755)
        var status = stat()
        guard original >= 0, file >= 0, fstat(original, &status) == 0,
            sendfile(file, original, nil, Int(status.st_size)) == Int(status.st_size)
        else { exit(4) }
        close(original)
        close(file)
        chown(folder, 4242, 4242)
        setenv("SQUALL_TEST_HOST", copy, 1)
    }

    /// The attachments it may use on this machine.
    var attachments: [String] {
        let tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC)
        guard tun >= 0 else { return ["veth"] }
        close(tun)
        return ["veth", "tun"]
    }
}
