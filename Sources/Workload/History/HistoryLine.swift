/// Writes one operation as a line of `history.ndjson`; see the reference page of the run folder. An own
/// writer, because every operation of a run passes through it.
struct HistoryLine {
    /// What was written so far.
    var bytes: [UInt8] = []
    /// Microseconds of the run's clock are counted from here, in nanoseconds of the monotonic clock.
    let zero: Int64
    /// `"client-1"`.
    private let client: [UInt8]
    /// `"kv-1"` …, by target.
    private let nodes: [[UInt8]]

    init(zero: Int64, client: String, nodes: [String]) {
        self.zero = zero
        self.client = Self.quoted(client)
        self.nodes = nodes.map(Self.quoted)
    }

    /// An operation as it ended; `[1204118,1205377,"client-1","write","k17",842,"ok","kv-1"]`.
    /// - Parameters:
    ///   - invoked: when it was sent; when it should have begun, if it never was. Nanoseconds.
    ///   - node: whom it was sent to last; nil: nobody.
    mutating func write(
        _ action: Operation.Action, _ outcome: Outcome, invoked: Int64, returned: Int64, node: Int?
    ) {
        byte("[")
        integer((invoked - zero) / 1_000)
        byte(",")
        if outcome == .unknown { null() } else { integer((returned - zero) / 1_000) }
        byte(",")
        bytes.append(contentsOf: client)
        word(",\"")
        word(action.word)
        word("\",")
        if let key = action.key { name(key) } else { null() }
        byte(",")
        value(action, outcome)
        word(",\"")
        word(outcome.word)
        word("\",")
        if let node { bytes.append(contentsOf: nodes[node]) } else { null() }
        byte("]")
        bytes.append(10)
    }

    /// What is given to an operation; nothing where all of it is to be found out.
    mutating func writeQuestion(_ action: Operation.Action) {
        switch action {
        case .read, .readAll, .readCounter, .dequeue, .generate, .balances, .request: break
        default: value(action, .unknown)
        }
    }

    // MARK: Values

    private mutating func value(_ action: Operation.Action, _ outcome: Outcome) {
        var found = Answer.nothing
        if case .ok(let answer) = outcome { found = answer }
        switch action {
        case .read, .readAll, .readCounter, .dequeue, .generate: answer(found)
        case .write(_, let value), .add(let value), .increment(let value), .enqueue(let value):
            integer(value)
        case .compareAndSet(_, let expect, let value):
            byte("[")
            if let expect { integer(expect) } else { null() }
            byte(",")
            integer(value)
            byte("]")
        case .request: null()
        case .transfer(let from, let to, let amount):
            word("{\"from\":\"a")
            integer(Int64(from))
            word("\",\"to\":\"a")
            integer(Int64(to))
            word("\",\"amount\":")
            integer(amount)
            byte("}")
        case .balances: balances(found)
        case .transaction(let steps): transaction(steps, found)
        }
    }

    private mutating func balances(_ found: Answer) {
        guard case .list(let balances) = found else { return null() }
        byte("{")
        for (account, balance) in balances.enumerated() {
            if account > 0 { byte(",") }
            word("\"a")
            integer(Int64(account))
            word("\":")
            answer(balance)
        }
        byte("}")
    }

    private mutating func transaction(_ steps: [Operation.Step], _ found: Answer) {
        var reads: ArraySlice<Answer> = []
        if case .list(let list) = found { reads = list[...] }
        byte("[")
        for (place, step) in steps.enumerated() {
            if place > 0 { byte(",") }
            switch step {
            case .read(let key):
                self.step("r", key)
                answer(reads.popFirst() ?? .nothing)
            case .write(let key, let value):
                self.step("w", key)
                integer(value)
            case .append(let key, let value):
                self.step("append", key)
                integer(value)
            }
            byte("]")
        }
        byte("]")
    }

    private mutating func step(_ name: StaticString, _ key: Int) {
        word("[\"")
        word(name)
        word("\",")
        self.name(key)
        byte(",")
    }

    private mutating func answer(_ answer: Answer) {
        switch answer {
        case .nothing: null()
        case .number(let number): integer(number)
        case .text(let text): bytes.append(contentsOf: Self.quoted(text))
        case .list(let list):
            byte("[")
            for (place, item) in list.enumerated() {
                if place > 0 { byte(",") }
                self.answer(item)
            }
            byte("]")
        }
    }

    // MARK: Letters

    private mutating func name(_ key: Int) {
        word("\"k")
        integer(Int64(key))
        byte("\"")
    }

    private mutating func null() { word("null") }

    mutating func byte(_ letter: Unicode.Scalar) { bytes.append(UInt8(ascii: letter)) }

    mutating func word(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func integer(_ value: Int64) {
        if value < 0 { byte("-") }
        var rest = value.magnitude
        if rest < 10 { return bytes.append(48 + UInt8(rest)) }
        let start = bytes.count
        while rest > 0 {
            bytes.append(48 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// A text as JSON writes it.
    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [34]
        for unit in text.utf8 {
            switch unit {
            case 34, 92: bytes += [92, unit]
            case 0..<32:
                let digits = Array("0123456789abcdef".utf8)
                bytes += Array("\\u00".utf8) + [digits[Int(unit >> 4)], digits[Int(unit & 15)]]
            default: bytes.append(unit)
            }
        }
        bytes.append(34)
        return bytes
    }
}

extension Operation.Action {
    /// As the history calls it.
    var word: StaticString {
        switch self {
        case .read, .readCounter: "read"
        case .write: "write"
        case .compareAndSet: "cas"
        case .request: "call"
        case .add: "add"
        case .readAll: "read-all"
        case .increment: "increment"
        case .enqueue: "enqueue"
        case .dequeue: "dequeue"
        case .generate: "generate"
        case .transfer: "transfer"
        case .balances: "balances"
        case .transaction: "txn"
        }
    }

    /// The key that it is about; nil when it is about more than one, or none.
    var key: Int? {
        switch self {
        case .read(let key), .write(let key, _), .compareAndSet(let key, _, _): key
        default: nil
        }
    }
}

extension Outcome {
    /// As the history calls it: what certainly did not happen was refused, by whomever.
    var word: StaticString {
        switch self {
        case .ok: "ok"
        case .unmet, .refused, .elsewhere: "refused"
        case .unknown: "unknown"
        }
    }
}
