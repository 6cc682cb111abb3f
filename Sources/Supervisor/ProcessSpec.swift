/// A program to be started in a machine.
public struct ProcessSpec: Sendable {
    /// The program (looked up in the environment's `PATH`, as the node's own id) and its arguments.
    public var arguments: [String]
    /// `NAME=value`; nothing is inherited.
    public var environment: [String]
    /// Working directory in the machine; an absolute path.
    public var directory: String
    /// Whether standard input is a terminal of its own session (`squall shell`): it becomes the
    /// controlling one, so ^C and job control work.
    public var controllingTerminal = false

    /// A program with arguments, environment and working directory.
    public init(arguments: [String], environment: [String], directory: String = "/") {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}

/// The three standard descriptors of a process. The caller keeps its own copies (and closes them);
/// the machine gets duplicates.
public struct StandardStreams: Sendable {
    /// Standard input; -1 is `/dev/null`, here and below.
    public var input: Int32
    /// Standard output.
    public var output: Int32
    /// Standard error.
    public var error: Int32

    /// Descriptors by number; what is left out is `/dev/null`.
    public init(input: Int32 = -1, output: Int32 = -1, error: Int32 = -1) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// A process that was started in a machine by number; given once in a machine's life.
public struct ProcessID: Hashable, Sendable {
    /// From 1.
    public let number: UInt32
}

/// How a process ended, and when.
public struct ProcessEnd: Equatable, Sendable {
    /// Exit status, when it ended by itself.
    public var status: Int32?
    /// Number of the signal that ended it.
    public var signal: Int32?
    /// Nanoseconds of `CLOCK_MONOTONIC` when the machine's pid 1 collected it.
    public var monotonicNanoseconds: UInt64

    /// An end.
    public init(status: Int32?, signal: Int32?, monotonicNanoseconds: UInt64) {
        self.status = status
        self.signal = signal
        self.monotonicNanoseconds = monotonicNanoseconds
    }
}

/// What the processes of a machine use together, pid 1 left out.
public struct MachineUsage: Equatable, Sendable {
    /// Processes in the machine.
    public var processes: UInt32
    /// Of those, stopped by a signal.
    public var stopped: UInt32
    /// Time on a CPU since the machine was made, ended processes included.
    public var cpu: Duration
    /// Resident memory, summed (shared pages count for each), in bytes.
    public var residentBytes: UInt64

    /// What is used.
    public init(processes: UInt32, stopped: UInt32, cpu: Duration, residentBytes: UInt64) {
        self.processes = processes
        self.stopped = stopped
        self.cpu = cpu
        self.residentBytes = residentBytes
    }
}
