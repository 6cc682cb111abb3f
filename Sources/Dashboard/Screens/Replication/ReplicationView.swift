/// Who follows whom, and how far behind. Its cursor is the one of all tables.
public struct ReplicationView: Equatable, Sendable {
    /// Whether how far behind is shown over the last minute; else over ten.
    public var isLong = false

    /// The last minute.
    public init() {}
}
