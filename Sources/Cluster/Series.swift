/// Histories of numbers for sparklines and timelines.
public struct Series: Sendable, Equatable {
    /// No history yet.
    public init() {}

    /// Folds one entry; `core` has folded it already.
    mutating func apply(_ entry: Entry, core: Core) {}
}
