/// What happened, and why things are as they are. What a viewer chose there.
public struct EventsView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
