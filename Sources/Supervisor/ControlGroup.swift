internal import Glibc

/// A control group that was made for one machine's processes.
public final class ControlGroup: Sendable {
    /// What it can hold back.
    public let controllers: Set<ControlGroups.Controller>
    /// Its directory.
    public let path: String
    private let place: ControlGroups.Place

    /// The folder of a process's groups below a place; it holds one group for each machine.
    public static func folder(in place: ControlGroups.Place, of process: Int32) -> String {
        "\(place.parent)/squall-\(process)"
    }

    /// Makes a group for a machine, in the folder of this process.
    ///
    /// - Throws: `failed` with the kernel's refusal.
    public init(
        _ place: ControlGroups.Place, _ controllers: Set<ControlGroups.Controller>, machine: String
    ) throws(MachineError) {
        self.place = place
        self.controllers = controllers
        let folder = Self.folder(in: place, of: getpid())
        path = "\(folder)/\(machine)"
        if place.version == 2 { try Self.passOn(controllers, in: place.parent) }
        try Self.makeFolder(folder)
        if place.version == 2 { try Self.passOn(controllers, in: folder) }
        try Self.makeFolder(path)
    }

    private static func makeFolder(_ path: String) throws(MachineError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .failed(call: "mkdir of \(path)", code: errno)
        }
    }

    private static func passOn(
        _ controllers: Set<ControlGroups.Controller>, in path: String
    ) throws(MachineError) {
        let file = path + "/cgroup.subtree_control"
        let given = fileText(file).split { $0.isWhitespace }
        for controller in controllers where !given.contains(Substring(controller.rawValue)) {
            try write("+" + controller.rawValue, to: file)
        }
    }

    /// `cgroup.procs` of the group, open for writing: whoever holds it may move processes there.
    public func processes() throws(MachineError) -> Descriptor { try Self.open(path) }

    /// The same of the group where the processes were before.
    public func home() throws(MachineError) -> Descriptor { try Self.open(place.home) }

    private static func open(_ group: String) throws(MachineError) -> Descriptor {
        let file = group + "/cgroup.procs"
        let number = Glibc.open(file, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw .failed(call: "open of \(file)", code: errno) }
        return Descriptor(owning: number)
    }

    /// Removes it, and the folder with the last one. It must be empty; `false` when it is not yet.
    @discardableResult
    public func remove() -> Bool {
        guard rmdir(path) == 0 || errno == ENOENT else { return false }
        rmdir(Self.folder(in: place, of: getpid()))
        return true
    }

    // MARK: Processor

    /// At most so much of one processor, in millionths, in periods of 20 ms (longer ones for less than
    /// 5 %: the kernel grants no less than 1 ms); `nil` ends it.
    public func limitProcessor(millionths share: UInt32?) throws(MachineError) {
        let period = Self.period(of: share ?? 0)
        let quota = share.map { UInt64($0) * period / 1_000_000 }
        if place.version == 2 {
            return try Self.write(
                "\(quota.map(String.init) ?? "max") \(period)", to: path + "/cpu.max")
        }
        // The old quota may be more than the new period allows.
        try Self.write("-1", to: path + "/cpu.cfs_quota_us")
        try Self.write("\(period)", to: path + "/cpu.cfs_period_us")
        if let quota { try Self.write("\(quota)", to: path + "/cpu.cfs_quota_us") }
    }

    /// Microseconds.
    static func period(of share: UInt32) -> UInt64 {
        share == 0 ? 20_000 : min(1_000_000, max(20_000, 1_000_000_000 / UInt64(share) + 1))
    }

    /// In how many periods its processes were held back.
    public var heldBack: UInt64 { figure("nr_throttled", of: "cpu.stat") }

    // MARK: Memory

    /// At most so many bytes; `nil` ends it. What is in use already has to be reclaimed first: throws
    /// `failed` with EBUSY where the kernel could not.
    public func limitMemory(bytes: UInt64?) throws(MachineError) {
        let words = bytes.map(String.init)
        if place.version == 2 {
            if access(path + "/memory.swap.max", F_OK) == 0 {
                try Self.write(bytes == nil ? "max" : "0", to: path + "/memory.swap.max")
            }
            return try Self.write(words ?? "max", to: path + "/memory.max")
        }
        // Memory and swap together are never less than memory alone.
        let together = path + "/memory.memsw.limit_in_bytes"
        let hasSwap = access(together, F_OK) == 0
        if bytes == nil, hasSwap { try Self.write("-1", to: together) }
        try Self.write(words ?? "-1", to: path + "/memory.limit_in_bytes")
        if let words, hasSwap { try Self.write(words, to: together) }
    }

    /// What memory is used, and how often the limit was met.
    public struct MemoryUse: Equatable, Sendable {
        /// In use now.
        public var bytes: UInt64
        /// How often more was asked for than the limit allows.
        public var refused: UInt64
        /// Processes that were killed for it.
        public var killed: UInt64

        /// Figures of a group.
        public init(bytes: UInt64, refused: UInt64, killed: UInt64) {
            self.bytes = bytes
            self.refused = refused
            self.killed = killed
        }
    }

    /// What memory its processes use.
    public var memoryUse: MemoryUse {
        place.version == 2
            ? MemoryUse(
                bytes: number(in: "memory.current"), refused: figure("max", of: "memory.events"),
                killed: figure("oom_kill", of: "memory.events"))
            : MemoryUse(
                bytes: number(in: "memory.usage_in_bytes"), refused: refusedOfOld,
                killed: figure("oom_kill", of: "memory.oom_control"))
    }

    /// With swap counted too, that counter is asked first.
    private var refusedOfOld: UInt64 {
        number(in: "memory.failcnt") + number(in: "memory.memsw.failcnt")
    }

    // MARK: Files

    private func number(in file: String) -> UInt64 {
        UInt64(fileText("\(path)/\(file)").filter { !$0.isWhitespace }) ?? 0
    }

    private func figure(_ word: String, of file: String) -> UInt64 {
        let line = fileText("\(path)/\(file)").split(separator: "\n").first {
            $0.hasPrefix(word + " ")
        }
        return line.flatMap { UInt64($0.dropFirst(word.count + 1)) } ?? 0
    }

    private static func write(_ text: String, to path: String) throws(MachineError) {
        let file = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw .failed(call: "open of \(path)", code: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw .failed(call: "write of \(text) to \(path)", code: errno)
        }
    }
}
