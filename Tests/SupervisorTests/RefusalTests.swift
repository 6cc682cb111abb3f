internal import Glibc
import Testing

@testable import Supervisor

/// Who nodes are, and what is said where a kernel refuses.
struct RefusalTests {
    private let root = Identity.Account(name: "root", userID: 0, groupID: 0)
    private let alice = Identity.Account(name: "alice", userID: 1000, groupID: 1000)

    @Test
    func `an ordinary user's nodes are that user`() throws {
        let decided = try Identity.decide(
            effective: alice, sudo: nil, requested: nil, isFree: { _ in true })
        #expect(decided == Identity(userID: 1000, groupID: 1000, origin: .operatorOwn))
        #expect(throws: MachineError.self) {
            try Identity.decide(
                effective: alice, sudo: nil, requested: root, isFree: { _ in true })
        }
    }

    @Test
    func `root's nodes are whom it names, else who called sudo, else a free id, never root`() throws
    {
        let bob = Identity.Account(name: "bob", userID: 1001, groupID: 1001)
        let named = try Identity.decide(
            effective: root, sudo: alice, requested: bob, isFree: { _ in true })
        #expect(named.userID == 1001 && named.origin == .named("bob"))
        let sudo = try Identity.decide(
            effective: root, sudo: alice, requested: nil, isFree: { _ in true })
        #expect(sudo.userID == 1000 && sudo.origin == .sudo)
        let free = try Identity.decide(
            effective: root, sudo: root, requested: nil, isFree: { $0 >= 61_186 })
        #expect(free == Identity(userID: 61_186, groupID: 61_186, origin: .free))
        #expect(throws: MachineError.self) {
            try Identity.decide(effective: root, sudo: nil, requested: root, isFree: { _ in true })
        }
        #expect(throws: MachineError.self) {
            try Identity.decide(effective: root, sudo: nil, requested: nil, isFree: { _ in false })
        }
    }

    @Test
    func `each rule of a kernel has the line that mends it`() throws {
        func help(_ call: String, _ code: Int32, _ change: (inout KernelRules) -> Void) -> String? {
            var rules = KernelRules()
            rules.host = "/opt/squall/squall-host"
            change(&rules)
            return rules.help(call: call, code: code)
        }
        let ubuntu = help("unshare(CLONE_NEWNS)", EPERM) { $0.appArmorRestriction = 1 }
        #expect(ubuntu?.contains("profile squall-host \"/opt/squall/squall-host\"") == true)
        #expect(ubuntu?.contains("kernel.apparmor_restrict_unprivileged_userns=0") == true)
        let debian = help("unshare(CLONE_NEWUSER)", EPERM) { $0.unprivilegedClone = 0 }
        #expect(debian?.contains("sysctl -w kernel.unprivileged_userns_clone=1") == true)
        let docker = help("unshare(CLONE_NEWUSER)", EPERM) { $0.seccompMode = 2 }
        #expect(docker?.contains("--security-opt seccomp=unconfined") == true)
        let full = help("clone(CLONE_NEWUSER|…)", ENOSPC) { $0.maximumUserNamespaces = 100 }
        #expect(full?.contains("user.max_user_namespaces is 100") == true)
        let tun = help("open(/dev/net/tun)", EACCES) { _ in }
        #expect(tun?.contains("veth") == true)
        let noTun = help("open(/dev/net/tun)", ENOENT) { _ in }
        #expect(noTun?.contains("modprobe tun") == true)
        #expect(help("unshare(CLONE_NEWUSER)", EPERM) { _ in } == nil)
        // For root those two rules are none.
        let sudo = help("unshare(CLONE_NEWNS)", EPERM) {
            $0.isRoot = true
            $0.appArmorRestriction = 1
        }
        #expect(sudo == nil)
    }

    @Test
    func `a host that cannot be started says its path and why`() async throws {
        let error = await #expect(throws: MachineError.self) {
            try await MachineHost.start(.init(executable: "/no/such/host", onEvent: { _ in }))
        }
        #expect(error?.description.contains("/no/such/host: No such file") == true)
        // A program that is no host ends without a word.
        await #expect(throws: MachineError.gone) {
            try await MachineHost.start(.init(executable: "/bin/true", onEvent: { _ in }))
        }
    }

    @Test(arguments: ["user", "net"])
    func `where no namespace is left, the call, the rule and the line that helps are told`(
        kind: String
    ) async {
        await #expect(processExitsWith: .success) { [kind = kind as String] in
            Who.ordinary.become()
            let folder = try #require(temporaryFolder())
            let host = Who.ordinary.host
            // The host in a user namespace of its own, in which none more may be made.
            let limited = """
                #!/bin/sh
                exec unshare --user --map-current-user --keep-caps sh -c \
                'echo 0 > /proc/sys/user/max_\(kind)_namespaces && exec \(host) "$@"' sh "$@"

                """
            try #require(make(folder + "/squall-host", mode: 0o755, text: limited))
            let error = await #expect(throws: MachineError.self) {
                try await MachineHost.start(
                    .init(executable: folder + "/squall-host", onEvent: { _ in }))
            }
            remove(folder)
            guard case .refused(let call, let code, let help) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            expect(call, is: "unshare(CLONE_NEW\(kind.uppercased()))")
            #expect(code == ENOSPC, "\(code)")
            #expect(help?.contains("sysctl -w user.max_user_namespaces") == true, "\(help ?? "")")
        }
    }

    @Test
    func `the host itself refuses to make nodes root, whoever asks`() async throws {
        await #expect(processExitsWith: .success) {
            let error = await #expect(throws: MachineError.self) {
                let host = try await MachineHost.start(
                    .init(identity: Identity(userID: 0, groupID: 0, origin: .free)) { _ in })
                await host.end()
            }
            guard case .refused(let call, let code, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(code == EPERM)
            #expect(call.contains("id"))
        }
    }

    @Test
    func `what this machine allows is found by trying`() async {
        let found = await Capabilities.probe()
        #expect(found.attachments.contains(.veth))
        #expect(found.findings.first?.subject == "nodes run as")
        #expect(found.findings.contains { $0.subject == "machine (veth)" && $0.isGood })
        let tun = found.findings.first { $0.subject == "machine (tun)" }
        #expect(tun?.isGood == found.attachments.contains(.tun))
    }
}
