internal import CLinux
internal import Glibc

/// `squall-host` at work: the one process that makes machines. It is started from a thread of its own
/// that lives as long as the host, because the kernel's parent-death signal follows the thread; the
/// same thread reads all control sockets and calls `onEvent`.
///
/// When this process dies in whatever way, the host and every machine die with it: by parent-death
/// signal and by end-of-file on the control sockets, each enough alone. While it lives, `end` ends
/// them; dropping the last reference does not.
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
        /// The Swift runtime that nodes shall reach; `nil` is this program's.
        var runtime: Runtime?

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
    public var identity: Identity { thread.identity }
    /// The attachments this machine allows, the preferred one first; never empty.
    public let attachments: [Attachment]
    /// Why `/dev/net/tun` may not be used; 0 when it may.
    public let tunError: Int32
    /// Process id of `squall-host`.
    public var processID: Int32 { thread.processID }

    private let thread: HostThread
    private let executable: String

    private init(thread: HostThread, tunError: Int32, executable: String) {
        self.thread = thread
        self.executable = executable
        self.tunError = tunError
        attachments = tunError == 0 ? [.tun, .veth] : [.veth]
    }

    /// Starts `squall-host`. Throws `refused` with the rule and the line that helps where the kernel
    /// grants no namespaces, `noHost` where the executable is missing.
    public static func start(_ options: Options) async throws(MachineError) -> MachineHost {
        let identity =
            if let given = options.identity { given } else { try Identity.ofThisProcess() }
        let thread = try HostThread(
            identity: identity, runtime: options.runtime ?? .ofThisProgram(for: identity),
            onEvent: options.onEvent)
        let executable = options.executable ?? besideThisProgram()
        do throws(MachineError) {
            var hello = try await thread.start(executable)
            guard hello.u32() == SQUALL_PROTOCOL_VERSION else {
                await thread.end()
                throw .noHost("squall-host is of another version: build squall again")
            }
            return MachineHost(
                thread: thread, tunError: Int32(bitPattern: hello.u32()), executable: executable)
        } catch {
            throw error.withHelp(host: executable)
        }
    }

    /// Makes a machine with power on and nothing running in it. Several may be made at a time.
    public func make(_ spec: MachineSpec) async throws(MachineError) -> Machine {
        do throws(MachineError) {
            return try await thread.make(spec)
        } catch {
            throw error.withHelp(host: executable)
        }
    }

    /// Makes a directory of the host (and what lies in it) the nodes' own, when root runs the lab;
    /// does nothing for an ordinary user.
    public func give(_ path: String) throws(MachineError) {
        guard geteuid() == 0 else { return }
        let error = squall_give(path, identity.userID, identity.groupID)
        guard error == 0 else { throw .failed(call: "chown of \(path)", code: error) }
    }

    /// Ends every machine and the host, and returns when all of them are collected.
    public func end() async { await thread.end() }

    static func besideThisProgram() -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
        return path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex) + "squall-host"
    }
}
