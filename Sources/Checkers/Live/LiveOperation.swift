/// An operation on one key, as a run tells it while it goes on.
public struct LiveOperation: Equatable, Sendable {
    /// What it does to the value; `null` is the value of a key that is not there.
    public enum Effect: Equatable, Sendable {
        /// It read this.
        case read(Value)
        /// It writes this.
        case write(Value)
        /// It sets the value if it is the expected one.
        case compareAndSet(expected: Value, new: Value)
    }

    /// The key.
    public var key: String
    /// Microseconds since the run began.
    public var invoked: Int64
    /// `nil` when nobody knows its outcome: it may take effect at any later time, or never.
    public var returned: Int64?
    /// What it does.
    public var effect: Effect
    /// Who did it, in the words of a verdict.
    public var client: String

    /// An operation.
    public init(
        key: String, invoked: Int64, returned: Int64?, effect: Effect, client: String = ""
    ) {
        self.key = key
        self.invoked = invoked
        self.returned = returned
        self.effect = effect
        self.client = client
    }

    func applies(to state: Value) -> Bool {
        switch effect {
        case .read(let value): state == value
        case .write: true
        case .compareAndSet(let expected, _): state == expected
        }
    }

    func apply(to state: Value) -> Value {
        switch effect {
        case .read: state
        case .write(let value): value
        case .compareAndSet(_, let new): new
        }
    }

    var isRead: Bool { if case .read = effect { true } else { false } }
}
