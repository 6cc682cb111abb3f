internal import Glibc
internal import Supervisor

/// The machine that a run was made on, as far as its figures depend on it; part of `run.json`.
public struct MachineFacts: Codable, Sendable, Equatable {
    /// `6.1.0-18-amd64`.
    public var kernel: String
    /// `x86_64`.
    public var architecture: String
    /// Processors that are on.
    public var processors: Int
    /// Bytes of memory.
    public var memory: Int64
    /// `root` or `an ordinary user`.
    public var startedBy: String
    /// Who the nodes are outside of their machines.
    public var nodesRunAs: String
    /// `virtual/veth` or `virtual/tun`.
    public var fabric: String
    /// What the packet loop asked for and got: `fifo`, `nice`, `slice` or `none`.
    public var scheduling: String
    /// How processor time is limited.
    public var processorLimit: String
    /// How memory is limited.
    public var memoryLimit: String
    /// `net.core.rmem_max`, in bytes.
    public var largestReceiveBuffer: Int64?
    /// What this machine refused, with the reason; empty where it refuses nothing.
    public var refused: [String]

    /// The facts of this machine.
    init(host: MachineHost, attachment: Attachment, scheduling: String, _ groups: ControlGroups) {
        var name = utsname()
        uname(&name)
        kernel = Self.text(&name.release)
        architecture = Self.text(&name.machine)
        processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        memory = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        startedBy = geteuid() == 0 ? "root" : "an ordinary user"
        nodesRunAs = host.identity.description
        fabric = "virtual/\(attachment.rawValue)"
        self.scheduling = scheduling
        processorLimit =
            groups.cpu.place == nil ? "stopping and waking the programs" : "control group"
        memoryLimit = groups.memory.place == nil ? "none" : "control group"
        largestReceiveBuffer = KernelRules.ofThisMachine(host: "").largestReceiveBuffer
        refused = []
        if host.tunError != 0 {
            refused.append("/dev/net/tun: " + String(cString: strerror(host.tunError)))
        }
        if scheduling != "fifo" { refused.append("SCHED_FIFO for the packet loop") }
        if case .none(let reason) = groups.cpu { refused.append("a cpu control group: \(reason)") }
        if case .none(let reason) = groups.memory {
            refused.append("a memory control group: \(reason)")
        }
    }

    /// The text of a field of `utsname`.
    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
