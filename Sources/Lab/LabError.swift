/// Something that a lab cannot do, in words a user can act on.
public struct LabError: Error, CustomStringConvertible, Sendable {
    /// The sentence, and perhaps a line that helps.
    public let description: String
    /// The exit code that it means; 69 for what this machine lacks, 70 for what should not happen.
    public let code: Int32

    /// An error.
    public init(_ description: String, code: Int32 = 70) {
        self.description = description
        self.code = code
    }
}
