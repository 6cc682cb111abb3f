/// What a client asks of a running lab: one JSON object a line over the owner-only socket.
/// Everything that is only read (`ask`, `ps`, `logs`) is folded from the journal instead.
public struct ControlRequest: Codable, Sendable, Equatable {
    /// What is asked.
    public var verb: Verb
    /// `do`: one line of the command language. `exec`, `tcpdump`: the node.
    public var text: String
    /// Who asks: `key`, `palette`, `do`.
    public var by: String
    /// `exec`: the program and its arguments. `tcpdump`: the filter and the bytes of each packet.
    public var arguments: [String]

    /// A request.
    public init(verb: Verb, text: String = "", by: String = "", arguments: [String] = []) {
        self.verb = verb
        self.text = text
        self.by = by
        self.arguments = arguments
    }

    /// Requests that a lab knows.
    public enum Verb: String, Codable, Sendable {
        /// This client keeps the lab alive; see `Attachment`.
        case attach
        /// Runs one command.
        case command = "do"
        /// Runs a program inside a node's machine with the descriptors sent along.
        case exec
        /// Shows the packets of a node's machine to the socket that is sent along.
        case tcpdump
        /// Heals, judges what was judged so far, ends with 130.
        case interrupt
        /// The lab goes on although nobody is attached.
        case detach
        /// Ends the lab.
        case quit
        /// How many are attached.
        case viewers
    }
}

/// The lab's answer: one JSON object a line.
public struct ControlReply: Codable, Sendable, Equatable {
    /// Whether it was done.
    public var ok: Bool
    /// `do`: the command with names. Otherwise why it was refused.
    public var text: String
    /// `do`: the effect in words: "round trip +200 ms".
    public var effect: String
    /// `do`: the number of the fault that it made.
    public var fault: UInt32?
    /// `exec`: the program's exit status.
    public var code: Int32?
    /// `attach`: nanoseconds of CLOCK_MONOTONIC when the run began.
    public var origin: Int64?
    /// `viewers`: how many are attached.
    public var viewers: Int?

    /// An answer.
    public init(
        ok: Bool, text: String = "", effect: String = "", fault: UInt32? = nil, code: Int32? = nil,
        origin: Int64? = nil, viewers: Int? = nil
    ) {
        self.ok = ok
        self.text = text
        self.effect = effect
        self.fault = fault
        self.code = code
        self.origin = origin
        self.viewers = viewers
    }
}
