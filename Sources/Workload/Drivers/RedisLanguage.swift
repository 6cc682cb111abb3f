/// What the driver `redis` asks, and what answers mean. Pure.
enum RedisLanguage {
    /// The commands of an operation, sent together; only the last one's reply tells how it went, but a
    /// command that was turned away before it is why.
    static func commands(
        _ action: Operation.Action, kind: ClientConfiguration.Kind, accounts: Int
    ) -> [[String]] {
        switch action {
        case .read(let key): [["GET", "k\(key)"]]
        case .write(let key, let value): [["SET", "k\(key)", "\(value)"]]
        case .add(let element): [["SADD", "set", "\(element)"]]
        case .readAll: [["SMEMBERS", "set"]]
        case .increment(let amount): [["INCRBY", "counter", "\(amount)"]]
        case .readCounter: [["GET", "counter"]]
        case .enqueue(let element): [["LPUSH", "queue", "\(element)"]]
        case .dequeue: [["RPOP", "queue"]]
        case .generate: [["INCR", "ids"]]
        case .transfer(let from, let to, let amount):
            [["EVAL", transfer, "2", "a\(from)", "a\(to)", "\(amount)", opening]]
        case .balances: [["MGET"] + (0..<accounts).map { "a\($0)" }]
        case .transaction(let steps):
            [["MULTI"]] + steps.map { command($0, kind: kind) } + [["EXEC"]]
        case .compareAndSet, .request: [["PING"]]
        }
    }

    private static func command(
        _ step: Operation.Step, kind: ClientConfiguration.Kind
    ) -> [String] {
        switch step {
        case .read(let key) where kind == .append: ["LRANGE", "k\(key)", "0", "-1"]
        case .read(let key): ["GET", "k\(key)"]
        case .write(let key, let value): ["SET", "k\(key)", "\(value)"]
        case .append(let key, let value): ["RPUSH", "k\(key)", "\(value)"]
        }
    }

    private static let opening = "\(ClientConfiguration.openingBalance)"

    /// Scripts are carried out whole: nobody sees the money between two accounts.
    private static let transfer = """
        local from = tonumber(redis.call('GET', KEYS[1]) or ARGV[2])
        local to = tonumber(redis.call('GET', KEYS[2]) or ARGV[2])
        local amount = tonumber(ARGV[1])
        if from < amount then return 0 end
        redis.call('SET', KEYS[1], string.format('%d', from - amount))
        redis.call('SET', KEYS[2], string.format('%d', to + amount))
        return 1
        """

    /// An error of Redis says that the command was not carried out. Some say that this node is the
    /// wrong one to ask, or not now.
    static func outcome(_ action: Operation.Action, _ replies: [RedisReply]) -> Outcome {
        guard let last = replies.last else { return .unknown }
        if case .error(let why) = replies.first(where: \.isError) ?? last {
            return ["READONLY", "LOADING", "MASTERDOWN"].contains { why.hasPrefix($0) }
                ? .elsewhere : .refused
        }
        switch (action, last) {
        case (.transfer, .integer(0)): return .unmet(.nothing)
        case (.add, _), (.write, _), (.increment, _), (.enqueue, _), (.transfer, _):
            return .ok(.nothing)
        case (.transaction(let steps), .list(let found)):
            // A command that failed among others that did not: neither done nor not done.
            if found.contains(where: \.isError) || found.count != steps.count { return .unknown }
            return .ok(.list(zip(steps, found).filter { $0.0.isRead }.map { $0.1.answer }))
        case (.transaction, _): return .refused
        case (.balances, .list(let found)):
            return .ok(
                .list(
                    found.map {
                        $0 == .missing
                            ? .number(ClientConfiguration.openingBalance) : $0.answer
                    }))
        case (.readCounter, .missing): return .ok(0)
        default: return .ok(last.answer)
        }
    }
}

extension RedisReply {
    /// Whether it is an error.
    var isError: Bool { if case .error = self { true } else { false } }

    /// As an answer; a status is one too.
    var answer: Answer {
        switch self {
        case .text(let text): Answer(parsing: text)
        case .integer(let number): .number(number)
        case .missing, .error: .nothing
        case .list(let items): .list(items.map(\.answer))
        }
    }
}

extension Operation.Step {
    /// Whether it only looks.
    var isRead: Bool { if case .read = self { true } else { false } }
}
