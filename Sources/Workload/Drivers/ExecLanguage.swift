internal import Foundation

/// The lines that a driver of one's own exchanges with a client: one JSON object each. Pure.
///
/// It is asked `{"id":7,"node":"kv-2","address":"10.66.0.3:7000","do":"write","key":"k1","value":5}` and
/// answers `{"id":7,"outcome":"ok","value":5}`, in any order. `do`, `key` and `value` are as in the
/// history; what the operation is to find out is left out of the question.
enum ExecLanguage {
    /// A question, without its end.
    static func line(
        id: UInt64, _ action: Operation.Action, _ target: ClientConfiguration.Target
    ) -> [UInt8] {
        // A history's line of an operation that is under way holds the same words.
        var value = HistoryLine(zero: 0, client: "", nodes: [])
        value.writeQuestion(action)
        var line = Array("{\"id\":\(id),\"node\":".utf8)
        line += HistoryLine.quoted(target.node)
        line += Array(",\"address\":\"\(target.address):\(target.port)\"".utf8)
        line += Array(",\"do\":\"\(action.word)\"".utf8)
        if let key = action.key { line += Array(",\"key\":\"k\(key)\"".utf8) }
        if !value.bytes.isEmpty { line += Array(",\"value\":".utf8) + value.bytes }
        return line + [UInt8(ascii: "}")]
    }

    /// An answer; nil: the line is none.
    static func answer(
        _ line: some Sequence<UInt8>, asked: (UInt64) -> Operation.Action?
    ) -> (id: UInt64, outcome: Outcome)? {
        guard let said = try? JSONDecoder().decode(Said.self, from: Data(line)),
            let action = asked(said.id)
        else { return nil }
        switch said.outcome {
        case "ok": return (said.id, .ok(answer(said.value, to: action)))
        case "refused": return (said.id, isCondition(action) ? .unmet(.nothing) : .refused)
        case "elsewhere": return (said.id, .elsewhere)
        default: return (said.id, .unknown)
        }
    }

    /// A comparison that did not hold is an answer like any other.
    private static func isCondition(_ action: Operation.Action) -> Bool {
        switch action {
        case .compareAndSet, .transfer: true
        default: false
        }
    }

    /// Balances come as an object, reads of a transaction as its steps with what they found.
    private static func answer(_ value: Value?, to action: Operation.Action) -> Answer {
        switch (action, value) {
        case (.balances, .object(let balances)?):
            // In the order of the accounts.
            let numbers = balances.compactMap { name, value in
                Int(name.dropFirst()).map { ($0, value.answer) }
            }
            return .list(numbers.sorted { $0.0 < $1.0 }.map(\.1))
        case (.transaction(let steps), .list(let done)?):
            return .list(
                zip(steps, done).filter { $0.0.isRead }.map { _, done in
                    guard case .list(let words) = done, words.count == 3 else { return .nothing }
                    return words[2].answer
                })
        default: return value?.answer ?? .nothing
        }
    }

    private struct Said: Decodable {
        var id: UInt64
        var outcome: String
        var value: Value?
    }

    /// Any JSON value.
    private enum Value: Decodable {
        case null
        case number(Int64)
        case text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else if let truth = try? container.decode(Bool.self) {
                self = .text("\(truth)")
            } else {
                self = .text("\(try container.decode(Double.self))")
            }
        }

        var answer: Answer {
            switch self {
            case .null, .object: .nothing
            case .number(let number): .number(number)
            case .text(let text): .text(text)
            case .list(let list): .list(list.map(\.answer))
            }
        }
    }
}
