internal import Cluster
internal import Fabric
internal import Glibc
internal import Supervisor

/// Makes many machines, lets them do nothing, lets some of them talk, and takes them away.
public struct MachineBench: Sendable {
    /// Machines to be made.
    public var count: Int
    /// How long they do nothing, and how long they talk.
    public var measurement: Duration
    /// How they are attached, `veth` or `tun`; the way that labs take here when `nil`.
    public var attachment: String?
    /// Path of `squall-host`; `nil` looks beside the running program.
    public var host: String?
    /// As root: who the nodes would be.
    public var user: String?
    /// Told as it goes.
    public var progress: @Sendable (String) -> Void

    /// `count` machines; `quick` looks for a shorter time.
    public init(
        count: Int, quick: Bool, user: String? = nil,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.count = count
        measurement = quick ? .seconds(2) : .seconds(10)
        self.user = user
        self.progress = progress
    }

    /// The whole course. Throws `MachineError` where machines cannot be made.
    public func run() async throws -> MachineReport {
        let clock = ContinuousClock()
        let (measured, ending) = try await Stage.with(host: host, user: user) { stage in
            let wished = attachment.flatMap(Attachment.init(rawValue:))
            let attachment = wished ?? stage.host.attachments[0]
            progress("making \(count) machines")
            let free = availableMemory()
            let began = clock.now
            let swarm = try await Swarm.make(count, attachment, on: stage)
            let up = clock.now - began
            var report = MachineReport(
                count: count, attachment: attachment.rawValue, up: up / .seconds(1),
                memory: Double(free - availableMemory()) / 1e6 / Double(max(1, count)), idle: 0)
            progress("doing nothing")
            report.idle = try await idle(stage, swarm)
            if count > 1 {
                progress("talking")
                report.mesh = try await Mesh(swarm, lasting: measurement).run(on: stage)
            }
            progress("ending")
            return (report, clock.now)
        }
        var report = measured
        report.gone = (clock.now - ending) / .seconds(1)
        report.judge()
        return report
    }

    /// The share of a core that this process, the host and all machines take; echoes included, as in
    /// a lab.
    private func idle(_ stage: Stage, _ swarm: Swarm) async throws -> Double {
        let processes = [getpid(), stage.host.processID] + swarm.machines.map(\.processID)
        stage.fabric.echo.idle(true)
        let before = processes.reduce(0) { $0 + processorTime(of: $1) }
        let began = monotonic()
        try await Task.sleep(for: measurement)
        let after = processes.reduce(0) { $0 + processorTime(of: $1) }
        stage.fabric.echo.idle(false)
        return (after - before) * 1e9 / Double(monotonic() - began)
    }
}

/// Machines in great number.
struct Swarm: Sendable {
    let machines: [Machine]

    /// Makes machines as a lab does, eight at a time, and gives each a port and a ping socket.
    static func make(
        _ count: Int, _ attachment: Attachment, on stage: Stage
    ) async throws -> Swarm {
        let machines = try await withThrowingTaskGroup(of: (Int, Machine).self) { group in
            var made = [Machine?](repeating: nil, count: count)
            for number in 0..<count {
                if number >= 8, let (place, machine) = try await group.next() {
                    made[place] = machine
                }
                group.addTask { (number, try await stage.member(number, attachment)) }
            }
            for try await (place, machine) in group { made[place] = machine }
            return made.compactMap { $0 }
        }
        return Swarm(machines: machines)
    }
}

extension Stage {
    /// A machine with everything that a node's has.
    fileprivate func member(_ number: Int, _ attachment: Attachment) async throws -> Machine {
        let node = NodeID(UInt16(clamping: number))
        let machine = try await machine(node, attachment)
        let ping = try await machine.socket(
            domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: Int32(IPPROTO_ICMP))
        try fabric.echo.add(node, socket: ping.release(), address: Self.address(node))
        return machine
    }
}

// MARK: What the kernel counts

/// Bytes that programs could still have.
private func availableMemory() -> Int {
    let line = readFile("/proc/meminfo").split(separator: "\n")
        .first { $0.hasPrefix("MemAvailable:") }
    return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1_024 }
        ?? 0
}

/// Seconds on a processor of a process, or of a thread by `/proc/self/task/…/stat`.
func processorTime(of process: pid_t) -> Double { processorTime(in: "/proc/\(process)/stat") }

/// Seconds on a processor, from a file of `proc(5)`.
func processorTime(in path: String) -> Double {
    // The name may hold blanks; what follows its bracket does not.
    let text = readFile(path)
    guard let bracket = text.lastIndex(of: ")") else { return 0 }
    let fields = text[bracket...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
        return 0
    }
    return (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
}

/// A small file's text; empty where there is none.
func readFile(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    return readText(file, until: nil, seconds: 1)
}
