/// Why a selector means nobody, or a partition does not divide.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong: "no leader now".
    public var message: String
    /// What to write instead; empty when there is nothing to propose.
    public var hint: String

    /// An error with its hint.
    public init(_ message: String, hint: String = "") {
        self.message = message
        self.hint = hint
    }

    /// Message and hint in one line.
    public var description: String { message + (hint.isEmpty ? "" : " (\(hint))") }
}
