/// The history of a run as Jepsen writes it: one map an event, `:invoke` and then `:ok`, `:fail` or
/// `:info`, in the order of time; values of keyed operations are `[key value]`. A process of Jepsen
/// does one thing at a time and is not seen again after an `:info`, so a client that had several
/// operations open becomes several processes. `nil` when the bytes are no history of squall.
public func edn(ofHistory bytes: [UInt8]) -> String? {
    HistoryFile(bytes).map { Events(of: $0).text }
}

/// Invocations and completions in order.
private struct Events {
    private struct Event {
        var time: Int64
        /// Invocations before completions: of two that touch, neither was before the other.
        var isCompletion: Bool
        var operation: Int
    }

    private let history: HistoryFile
    private var events: [Event] = []
    /// The process of each operation.
    private var processes: [Int]

    init(of history: HistoryFile) {
        self.history = history
        processes = Array(repeating: 0, count: history.operations.count)
        assignProcesses()
        let last = history.operations.map { max($0.invoked, $0.returned ?? 0) }.max() ?? 0
        let end = max(last, history.end ?? 0)
        for (index, operation) in history.operations.enumerated() {
            events.append(Event(time: operation.invoked, isCompletion: false, operation: index))
            events.append(
                Event(time: operation.returned ?? end, isCompletion: true, operation: index))
        }
        events.sort {
            ($0.time, $0.isCompletion ? 1 : 0, $0.operation)
                < ($1.time, $1.isCompletion ? 1 : 0, $1.operation)
        }
    }

    /// The first process of the same client that is free.
    private mutating func assignProcesses() {
        var free: [String: [(process: Int, from: Int64)]] = [:]
        var next = 0
        let order = history.operations.indices.sorted {
            (history.operations[$0].invoked, $0) < (history.operations[$1].invoked, $1)
        }
        for index in order {
            let operation = history.operations[index]
            var idle = free[operation.client] ?? []
            if let place = idle.firstIndex(where: { $0.from < operation.invoked }) {
                processes[index] = idle.remove(at: place).process
            } else {
                processes[index] = next
                next += 1
            }
            // Who got no answer is never heard of again.
            if let returned = operation.returned, operation.outcome != "unknown" {
                idle.append((processes[index], returned))
            }
            free[operation.client] = idle
        }
    }

    var text: String {
        var lines = [
            "; squall run \(Escaping.oneLine(history.run)), kind "
                + "\(Escaping.oneLine(history.kind)), seed \(history.seed)"
        ]
        if history.end == nil { lines.append("; without an end: operations may be missing") }
        if !history.dropped.isEmpty { lines.append("; \(history.dropped.count) keys left out") }
        if history.broken > 0 { lines.append("; \(history.broken) lines made no sense") }
        for (index, event) in events.enumerated() { lines.append(line(event, index)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ event: Event, _ index: Int) -> String {
        let operation = history.operations[event.operation]
        let type =
            !event.isCompletion
            ? "invoke"
            : operation.outcome == "ok" ? "ok" : operation.outcome == "refused" ? "fail" : "info"
        // What was read is known only when it was answered.
        var value = type == "ok" ? operation.value : operation.asked
        if let key = operation.key { value = .array([.string(key), value]) }
        var fields = [
            ":type :\(type)", ":f :\(operation.function)", ":value \(edn(value))",
            ":process \(processes[event.operation])", ":time \(event.time &* 1_000)",
            ":index \(index)", ":client \(Escaping.quoted(operation.client))",
        ]
        if event.isCompletion, let node = operation.node {
            fields.append(":node \(Escaping.quoted(node))")
        }
        return "{" + fields.joined(separator: ", ") + "}"
    }

    private func edn(_ value: JSONTree) -> String {
        switch value {
        case .null: return "nil"
        case .bool(let flag): return flag ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return Escaping.quoted(text)
        case .array(let elements):
            // `["append","k1",5]` is `[:append "k1" 5]`.
            if elements.count == 3, let verb = elements[0].text,
                ["append", "r", "w"].contains(verb)
            {
                return "[:\(verb) \(edn(elements[1])) \(edn(elements[2]))]"
            }
            return "[" + elements.map(edn).joined(separator: " ") + "]"
        case .object(let fields):
            let told = fields.map { field in
                let isWord = ["from", "to", "amount"].contains(field.name)
                return (isWord ? ":" + field.name : Escaping.quoted(field.name)) + " "
                    + edn(field.value)
            }
            return "{" + told.joined(separator: ", ") + "}"
        }
    }
}

extension HistoryFile.Operation {
    /// Jepsen's word for it.
    fileprivate var function: String {
        switch name {
        case "read-all", "balances": "read"
        case "increment": "add"
        default: Escaping.oneLine(name).replacing(" ", with: "-")
        }
    }

    /// The value before anybody answered.
    fileprivate var asked: JSONTree {
        switch name {
        case "read", "read-all", "balances", "dequeue", "generate": return .null
        case "txn":
            let parts = value.elements ?? []
            return .array(
                parts.map { part in
                    guard let words = part.elements, words.count == 3, words[0].text == "r" else {
                        return part
                    }
                    return .array([words[0], words[1], .null])
                })
        default: return value
        }
    }
}
