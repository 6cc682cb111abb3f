/// Why nothing could be measured.
public struct BenchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence.
    public var description: String

    /// A reason.
    init(_ description: String) { self.description = description }
}
