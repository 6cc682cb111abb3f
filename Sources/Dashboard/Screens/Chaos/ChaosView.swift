/// Faults to choose from, and scenarios. What a viewer chose there.
public struct ChaosView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
