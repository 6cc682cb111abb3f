/// The topology as it runs. What a viewer chose there.
public struct ConfigView: Equatable, Sendable {
    /// Nothing chosen yet.
    public init() {}
}
