/// One operation that somebody did by hand, for the history: client `operator`. Keys and values are as
/// they were written; a value that reads as a whole number is one.
public struct HandOperation: Equatable, Sendable {
    /// What was done.
    public enum Verb: String, Sendable {
        case read
        case write
        case call
    }

    /// How it ended.
    public enum Outcome: String, Sendable {
        case ok
        case refused
        case unknown
    }

    /// What was done.
    public var verb: Verb
    /// The key; nil for `call`.
    public var key: String?
    /// What was written, or read, or the path that was called; nil: nothing was there.
    public var value: String?
    /// How it ended.
    public var outcome: Outcome
    /// When it was sent, in microseconds of the run.
    public var invoked: Int64
    /// When it ended, in microseconds of the run.
    public var returned: Int64
    /// Who was asked.
    public var node: String

    /// An operation.
    public init(
        verb: Verb, key: String?, value: String?, outcome: Outcome, invoked: Int64,
        returned: Int64, node: String
    ) {
        self.verb = verb
        self.key = key
        self.value = value
        self.outcome = outcome
        self.invoked = invoked
        self.returned = returned
        self.node = node
    }

    /// As the history has it, without its end.
    var line: [UInt8] {
        var line = Array("[\(invoked),".utf8)
        line += Array((outcome == .unknown ? "null" : "\(returned)").utf8)
        line += Array(",\"operator\",\"\(verb.rawValue)\",".utf8)
        line += key.map(HistoryLine.quoted) ?? Array("null".utf8)
        line.append(UInt8(ascii: ","))
        if let value {
            line += Int64(value).map { Array("\($0)".utf8) } ?? HistoryLine.quoted(value)
        } else {
            line += Array("null".utf8)
        }
        line += Array(",\"\(outcome.rawValue)\",".utf8)
        line += HistoryLine.quoted(node)
        return line + [UInt8(ascii: "]")]
    }
}
