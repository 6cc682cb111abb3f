/// One question to a node as a course of requests and responses; pure. The connection may be
/// another one for each request.
enum Dialogue: Sendable {
    case redis(RedisDialogue)
    case pages(PageDialogue)

    /// What is sent to a node.
    enum Request: Equatable, Sendable {
        /// A command in Redis' protocol.
        case command([String])
        /// `GET path`.
        case get(path: String)
    }

    /// What a node sends.
    enum Response: Equatable, Sendable {
        case reply(RESPReply)
        case page(status: Int, body: [UInt8])
    }

    /// What follows on a response.
    enum Step: Equatable, Sendable {
        case ask(Request)
        case done(Answer)
    }

    /// The end of a question.
    struct Answer: Equatable, Sendable {
        var reading = Reading()
        /// What is wrong with it; empty when it is good.
        var trouble = ""
    }

    /// The first request.
    mutating func begin() -> Request {
        switch self {
        case .redis(let dialogue): return dialogue.request
        case .pages(var dialogue):
            defer { self = .pages(dialogue) }
            return dialogue.begin()
        }
    }

    /// Takes in a response.
    mutating func take(_ response: Response) -> Step {
        switch (self, response) {
        case (.redis(var dialogue), .reply(let reply)):
            defer { self = .redis(dialogue) }
            return dialogue.take(reply)
        case (.pages(var dialogue), .page(let status, let body)):
            defer { self = .pages(dialogue) }
            return dialogue.take(status: status, body: body)
        default:
            return .done(Answer(trouble: "its answer is in another protocol"))
        }
    }
}
