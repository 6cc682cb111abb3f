/// Why a machine, or something in it, could not be had.
public enum MachineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kernel refused a call while the machine was made. `help` is the line that mends it, if
    /// one is known.
    case refused(call: String, code: Int32, help: String?)
    /// `squall-host` could not be started, or was of another version.
    case noHost(String)
    /// A program could not be started in the machine.
    case notStarted(program: String, call: String, code: Int32)
    /// A request to a running machine failed.
    case failed(call: String, code: Int32)
    /// The machine, or the host of all machines, is gone.
    case gone
    /// More requests wait for this machine than it may hold.
    case busy
    /// A message is larger than the socket takes (arguments and environment together: 128 kB).
    case tooLarge

    /// One sentence, with the kernel's own words.
    public var description: String {
        switch self {
        case .refused(let call, let code, let help):
            "this machine refuses \(call): \(words(ofError: code))" + (help.map { "\n\($0)" } ?? "")
        case .noHost(let message): message
        case .notStarted(let program, let call, let code):
            "cannot start \(program): \(call): \(words(ofError: code))"
        case .failed(let call, let code): "\(call): \(words(ofError: code))"
        case .gone: "the machine is gone"
        case .busy: "too many requests wait for this machine"
        case .tooLarge: "arguments and environment are larger than 128 kB"
        }
    }
}
