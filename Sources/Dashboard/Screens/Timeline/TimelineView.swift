/// One time axis for everything. What a viewer chose there.
public struct TimelineView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
