internal import Glibc

/// Why the fabric could not do what it was asked to.
public enum FabricError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A kernel call failed.
    case system(call: String, code: Int32)
    /// The switch has been stopped.
    case stopped
    /// More than 4,096 changes wait to be adopted: the switch is stuck.
    case busy
    /// An address or index that no port can have.
    case impossible(String)

    /// For people.
    public var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .stopped: "the switch has been stopped"
        case .busy: "the switch does not take changes any more"
        case .impossible(let what): what
        }
    }
}
