/// Who nodes are outside their machines. Never root.
public struct Identity: Equatable, Sendable {
    /// The outer user id of every node's command.
    public var userID: UInt32
    /// The outer group id of every node's command.
    public var groupID: UInt32
    /// Why this one, for `doctor` and the first line of `up`.
    public var origin: Origin

    /// Where an identity comes from.
    public enum Origin: Equatable, Sendable {
        /// An ordinary user: themselves.
        case operatorOwn
        /// Root through sudo: `SUDO_UID`.
        case sudo
        /// Asked for with `--user NAME`.
        case named(String)
        /// Root without either: a free id made for the run.
        case free
    }
}
