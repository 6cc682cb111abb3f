/// `squall-host` at work: the one process that makes machines. It is started from a thread of its own
/// that lives as long as this object, because the kernel's parent-death signal follows the thread;
/// the same thread reads all control sockets and calls `onEvent`.
///
/// When this process dies in whatever way, the host and every machine die with it: by parent-death
/// signal and by end-of-file on the control sockets, each enough alone.
public final class MachineHost: Sendable {
    /// How to start a host.
    public struct Options: Sendable {
        /// Path of `squall-host`; `nil` looks beside the running executable.
        public var executable: String?
        /// Who the nodes are outside; `nil` decides as `Identity.decide` does.
        public var identity: Identity?
        /// Called for each event on the host's own thread: must not block. Put it into a bounded
        /// queue; each machine sends at most one event for each request made of it, `emptied` and
        /// `gone` apart.
        public var onEvent: @Sendable (MachineEvent) -> Void

        /// Options with a receiver of events.
        public init(
            executable: String? = nil, identity: Identity? = nil,
            onEvent: @escaping @Sendable (MachineEvent) -> Void
        ) {
            self.executable = executable
            self.identity = identity
            self.onEvent = onEvent
        }
    }

    /// Who the nodes are outside. Data directories must belong to it: see `give`.
    public var identity: Identity { Identity(userID: 0, groupID: 0, origin: .free) }
    /// The attachments this machine allows, the preferred one first; never empty.
    public var attachments: [Attachment] { [.veth] }
    /// Process id of `squall-host`.
    public var processID: Int32 { -1 }

    private init() {}

    /// Starts `squall-host`. Throws `refused` with the rule and the line that helps where the kernel
    /// grants no namespaces, `noHost` where the executable is missing.
    public static func start(_ options: Options) async throws(MachineError) -> MachineHost {
        throw .gone
    }

    /// Makes a machine with power on and nothing running in it. Several may be made at a time.
    public func make(_ spec: MachineSpec) async throws(MachineError) -> Machine { throw .gone }

    /// Makes a directory of the host (and what lies in it) the nodes' own, when root runs the lab;
    /// does nothing for an ordinary user.
    public func give(_ path: String) throws(MachineError) { throw .gone }

    /// Ends every machine and the host, and returns when all of them are collected.
    public func end() async {}
}
