/// What clients ask for and what they get. What a viewer chose there.
public struct TrafficView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
