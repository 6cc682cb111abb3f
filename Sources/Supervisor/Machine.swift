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

    init(id: MachineID, name: String, port: Port, processID: Int32) {
        self.id = id
        self.name = name
        self.port = port
        self.processID = processID
    }

    /// Starts a program; its end arrives as `MachineEvent.exited`. Throws `notStarted` where the
    /// program cannot be executed or the directory does not exist.
    public func start(
        _ spec: ProcessSpec, streams: StandardStreams
    ) async throws(MachineError) -> ProcessID { throw .gone }

    /// Sends a signal to one process that was started by request. `ESRCH` when it has ended.
    public func signal(_ number: Int32, to process: ProcessID) async throws(MachineError) {
        throw .gone
    }

    /// Sends a signal to every process but pid 1, in one system call, so that nothing escapes by
    /// forking. SIGKILL is a crash, SIGSTOP a pause, SIGCONT its end. No process is no error.
    public func signalAll(_ number: Int32) async throws(MachineError) { throw .gone }

    /// What its processes use together.
    public func usage() async throws(MachineError) -> MachineUsage { throw .gone }

    /// A socket made inside: used from outside, it acts as the machine's own programs would, crosses
    /// no link, and reaches ports bound to loopback. Close-on-exec and non-blocking.
    public func socket(
        domain: Int32, type: Int32, protocol number: Int32
    ) async throws(MachineError) -> Descriptor { throw .gone }

    /// A ping socket (ICMP echo, datagram) connected to an address in host byte order: what is
    /// written is an echo request, what is read its reply; it crosses the machine's links.
    public func pingSocket(to address: UInt32) async throws(MachineError) -> Descriptor {
        throw .gone
    }

    /// Ends connections between this machine and an address, as `ss -K` does; returns how many.
    public func resetConnections(to address: UInt32) async throws(MachineError) -> Int {
        throw .gone
    }

    /// Writes `/etc/hosts` anew, in place.
    public func replaceHosts(_ text: String) async throws(MachineError) { throw .gone }

    /// Takes the power: pid 1 and everything else is killed by the kernel. Mute the port first, or
    /// peers will hear the dying kernel. Returns when `gone` has been delivered. To give power back,
    /// make a machine of the same spec.
    public func powerOff() async throws(MachineError) { throw .gone }
}
