internal import CLinux
internal import Glibc
internal import Synchronization

/// One machine that has power. All requests go straight to its pid 1, so machines never wait for
/// each other.
public final class Machine: Sendable {
    /// Given once.
    public let id: MachineID
    /// Its host name.
    public let name: String
    /// The switch's end of its device.
    public let port: Port
    /// Process id of its pid 1, as the host sees it.
    public let processID: Int32
    /// What this machine must do without, in words; usually nothing.
    public let losses: [String]

    private let channel: Channel
    private let host: HostThread
    private let lastProcess = Atomic<UInt32>(0)

    init(
        id: MachineID, name: String, port: Port, processID: Int32, losses: [String],
        channel: Channel, host: HostThread
    ) {
        self.id = id
        self.name = name
        self.port = port
        self.processID = processID
        self.losses = losses
        self.channel = channel
        self.host = host
    }

    /// Starts a program; its end arrives as `MachineEvent.exited`. Throws `notStarted` where the
    /// program cannot be executed or the directory does not exist.
    public func start(
        _ spec: ProcessSpec, streams: StandardStreams
    ) async throws(MachineError) -> ProcessID {
        let process = reserveProcess()
        try await start(spec, as: process, streams: streams)
        return process
    }

    /// A number for a process that is started later, so that whoever receives its events can know
    /// it before it runs.
    public func reserveProcess() -> ProcessID {
        ProcessID(number: lastProcess.add(1, ordering: .relaxed).newValue)
    }

    /// Starts a program under a number that was reserved for it.
    public func start(
        _ spec: ProcessSpec, as process: ProcessID, streams: StandardStreams
    ) async throws(MachineError) {
        let null = Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
        let descriptors = [streams.input, streams.output, streams.error]
            .map { $0 < 0 ? null.number : $0 }
        // A program may open its streams again by name (/dev/stdout), and a pipe made by root could
        // then not be opened by the node's id.
        for descriptor in descriptors { host.give(stream: descriptor) }
        do throws(MachineError) {
            _ = try await channel.request(SQUALL_START, descriptors: descriptors) { message in
                message.put(process.number)
                message.put(spec.controllingTerminal ? SQUALL_START_TERMINAL : 0)
                message.put(spec.directory)
                message.put(spec.arguments)
                message.put(host.runtime.environment(spec.environment))
            }
        } catch {
            guard case .failed(let call, let code) = error else { throw error }
            throw .notStarted(
                program: call == "chdir" ? spec.directory : spec.arguments.first ?? "",
                call: call, code: code)
        }
    }

    /// Sends a signal to one process that was started by request. `ESRCH` when it has ended.
    public func signal(_ number: Int32, to process: ProcessID) async throws(MachineError) {
        try await signal(number, target: process.number)
    }

    /// Sends a signal to every process but pid 1, in one system call, so that nothing escapes by
    /// forking. SIGKILL is a crash, SIGSTOP a pause, SIGCONT its end. No process is no error.
    public func signalAll(_ number: Int32) async throws(MachineError) {
        try await signal(number, target: 0)
    }

    private func signal(_ number: Int32, target: UInt32) async throws(MachineError) {
        _ = try await channel.request(SQUALL_SIGNAL) { message in
            message.put(target)
            message.put(UInt32(bitPattern: number))
        }
    }

    /// What its processes use together.
    public func usage() async throws(MachineError) -> MachineUsage {
        var reply = try await channel.request(SQUALL_USAGE)
        return MachineUsage(
            processes: reply.u32(), stopped: reply.u32(),
            cpu: .microseconds(Int64(clamping: reply.u64())), residentBytes: reply.u64())
    }

    /// A socket made inside: used from outside, it acts as the machine's own programs would, crosses
    /// no link, and reaches ports bound to loopback. Close-on-exec and non-blocking.
    public func socket(
        domain: Int32, type: Int32, protocol number: Int32
    ) async throws(MachineError) -> Descriptor {
        let reply = try await channel.request(SQUALL_SOCKET) { message in
            message.put(UInt32(bitPattern: domain))
            message.put(UInt32(bitPattern: type))
            message.put(UInt32(bitPattern: number))
        }
        guard let made = reply.descriptors.first else { throw .gone }
        return made
    }

    /// A ping socket (ICMP echo, datagram) connected to an address in host byte order: what is
    /// written is an echo request, what is read its reply; it crosses the machine's links.
    public func pingSocket(to address: UInt32) async throws(MachineError) -> Descriptor {
        let made = try await socket(
            domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: Int32(IPPROTO_ICMP))
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_addr.s_addr = address.bigEndian
        let result = withUnsafePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw .failed(call: "connect", code: errno) }
        return made
    }

    /// Ends connections between this machine and an address, as `ss -K` does; returns how many.
    public func resetConnections(to address: UInt32) async throws(MachineError) -> Int {
        var reply = try await channel.request(SQUALL_RESET) { $0.put(address) }
        return Int(reply.u32())
    }

    /// Writes `/etc/hosts` anew, in place.
    public func replaceHosts(_ text: String) async throws(MachineError) {
        _ = try await channel.request(SQUALL_HOSTS) { $0.put(text) }
    }

    /// Takes the power: pid 1 and everything else is killed by the kernel. Mute the port first, or
    /// peers will hear the dying kernel. Returns when `gone` has been delivered. To give power back,
    /// make a machine of the same spec.
    public func powerOff() async throws(MachineError) {
        try await host.powerOff(id)
    }
}
