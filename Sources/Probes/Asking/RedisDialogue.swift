/// Asks a Redis, Valkey or Sentinel for `INFO`.
struct RedisDialogue: Sendable {
    /// Versions before 7 take one section only; they are asked for all of them.
    private var isOld = false
    /// The process that is asked, and how many of its commands were this probe's.
    private var run = ""
    private var own = 0.0

    /// What is sent.
    var request: Dialogue.Request {
        .command(isOld ? ["INFO"] : ["INFO", "server", "persistence", "stats", "replication"])
    }

    /// Takes in a reply.
    mutating func take(_ reply: RESPReply) -> Dialogue.Step {
        switch reply {
        case .error(let message) where !isOld && message.contains("syntax"):
            isOld = true
            return .ask(request)
        case .error(let message):
            return .done(.init(trouble: Self.trouble(message)))
        case .text(let text):
            guard let info = RedisInfo(text) else { fallthrough }
            return .done(.init(reading: reading(info), trouble: info.trouble ?? ""))
        default:
            return .done(.init(trouble: "its answer is not that of INFO"))
        }
    }

    /// The probe's own commands are taken off, so that an idle node shows none.
    private mutating func reading(_ info: RedisInfo) -> Reading {
        var reading = info.reading
        if info.run != run {
            run = info.run
            own = 0
        }
        if let commands = reading.requests { reading.requests = max(0, commands - own) }
        own += 1
        return reading
    }

    private static func trouble(_ message: String) -> String {
        switch message.prefix(while: { $0 != " " }) {
        case "NOAUTH", "NOPERM", "WRONGPASS": return "it asks for a password"
        case "DENIED": return "its protected mode turns the probe away"
        case "LOADING": return "loading its data"
        default: return "it answers: " + message.plain(80)
        }
    }
}

extension String {
    /// At most `count` characters, control characters left out: fit for one line of a screen.
    func plain(_ count: Int) -> String {
        String(unicodeScalars.filter { $0.value >= 32 && !(0x7f...0x9f).contains($0.value) })
            .prefix(count).description
    }
}
