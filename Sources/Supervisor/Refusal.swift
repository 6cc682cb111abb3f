internal import Glibc

/// The rules of this machine's kernel that can refuse a lab, as they stand. A pure value: what they
/// mean for a refusal is decided in `help`, and the tests decide for machines they are not on.
public struct KernelRules: Equatable, Sendable {
    /// Whether the lab runs as root.
    public var isRoot = false
    /// `kernel.apparmor_restrict_unprivileged_userns`; `nil` where the kernel has no such rule.
    public var appArmorRestriction: Int?
    /// `kernel.unprivileged_userns_clone` of Debian's older kernels.
    public var unprivilegedClone: Int?
    /// `user.max_user_namespaces`, and the same of network namespaces.
    public var maximumUserNamespaces: Int?
    /// The bound on network namespaces.
    public var maximumNetworkNamespaces: Int?
    /// 2 when system calls of this process are filtered, as in a container.
    public var seccompMode: Int?
    /// A file that only container engines make.
    public var isContainer = false
    /// Errno of opening `/dev/net/tun`; 0 when it may be opened.
    public var tunError: Int32 = 0
    /// Path of `squall-host`, for the AppArmor profile.
    public var host = "squall-host"

    /// Rules that forbid nothing.
    public init() {}

    /// Reads the rules of this machine.
    public static func ofThisMachine(host: String) -> KernelRules {
        var rules = KernelRules()
        rules.isRoot = geteuid() == 0
        rules.appArmorRestriction = number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        rules.unprivilegedClone = number("/proc/sys/kernel/unprivileged_userns_clone")
        rules.maximumUserNamespaces = number("/proc/sys/user/max_user_namespaces")
        rules.maximumNetworkNamespaces = number("/proc/sys/user/max_net_namespaces")
        rules.seccompMode = fileText("/proc/self/status").split(separator: "\n")
            .first { $0.hasPrefix("Seccomp:") }
            .flatMap { Int($0.dropFirst(8).drop { $0 == "\t" || $0 == " " }) }
        rules.isContainer =
            access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0
        let tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC)
        rules.tunError = tun < 0 ? errno : 0
        if tun >= 0 { close(tun) }
        rules.host = host
        return rules
    }

    private static func number(_ path: String) -> Int? {
        Int(fileText(path).filter { !$0.isWhitespace })
    }

    /// The rule behind a refusal and the line that mends it; `nil` when none is known.
    public func help(call: String, code: Int32) -> String? {
        if call.contains("/dev/net/tun") || call.contains("TUNSET") { return tunHelp(code) }
        guard [EPERM, EACCES, ENOSPC, EUSERS, ENOSYS].contains(code) else { return nil }
        if code == ENOSPC || code == EUSERS { return limitHelp }
        if let restriction = unprivilegedClone, restriction == 0, !isRoot {
            return """
                kernel.unprivileged_userns_clone is 0: only root may make namespaces. Either
                    sudo sysctl -w kernel.unprivileged_userns_clone=1
                or run squall with sudo (the nodes still run as you).
                """
        }
        if let restriction = appArmorRestriction, restriction != 0, !isRoot { return appArmorHelp }
        if isContainer || seccompMode == 2 {
            return """
                This is a container whose filter forbids namespaces. Start it with
                    docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
                --security-opt systempaths=unconfined --cap-add SYS_ADMIN --cap-add NET_ADMIN …
                """
        }
        if maximumUserNamespaces == 0 || maximumNetworkNamespaces == 0 { return limitHelp }
        return nil
    }

    private func tunHelp(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENODEV:
            "There is no /dev/net/tun here: sudo modprobe tun. The veth attachment needs none."
        default:
            "Only root may open /dev/net/tun here. The veth attachment does not need it: leave out "
                + "--attachment tun, or sudo chmod 0666 /dev/net/tun"
        }
    }

    private var limitHelp: String {
        """
        No more namespaces may be made (user.max_user_namespaces is \
        \(maximumUserNamespaces.map(String.init) ?? "unknown"), user.max_net_namespaces \
        \(maximumNetworkNamespaces.map(String.init) ?? "unknown")). A machine takes one of each:
            sudo sysctl -w user.max_user_namespaces=65536 user.max_net_namespaces=65536
        """
    }

    private var appArmorHelp: String {
        """
        Ubuntu's AppArmor rule takes the capabilities from namespaces that an ordinary user makes \
        (kernel.apparmor_restrict_unprivileged_userns is 1). Allow it for this program:
            printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile squall-host "\(host)" \
        flags=(unconfined) { userns, }\\n' | sudo tee /etc/apparmor.d/squall-host >/dev/null \
        && sudo apparmor_parser -r /etc/apparmor.d/squall-host
        or, until the next boot and for every program,
            sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
        or run squall with sudo (the nodes still run as you).
        """
    }
}

extension MachineError {
    /// A refusal of the kernel, with the rule behind it, as far as one is known.
    func withHelp(host: String) -> MachineError {
        guard case .failed(let call, let code) = self else { return self }
        let help = KernelRules.ofThisMachine(host: host).help(call: call, code: code)
        return .refused(call: call, code: code, help: help)
    }
}
