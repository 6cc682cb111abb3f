/// Who follows whom, and how far behind. What a viewer chose there.
public struct ReplicationView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
