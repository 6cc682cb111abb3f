/// What operations are called in files.
enum Words {
    /// The function that a word means for a kind of object; `nil` when it has no such operation.
    static func function(_ word: String, in kind: History.Kind) -> History.Function? {
        switch (kind, word) {
        case (.register, "read"), (.register, "get"): .read
        case (.register, "write"), (.register, "put"): .write
        case (.register, "cas"): .cas
        case (.set, "add"): .add
        case (.set, "read-all"), (.set, "read"): .readAll
        case (.counter, "increment"), (.counter, "add"): .increment
        case (.counter, "read"): .read
        case (.queue, "enqueue"), (.queue, "send"): .enqueue
        case (.queue, "dequeue"): .dequeue
        case (.uniqueIDs, "generate"): .generate
        case (.bank, "transfer"): .transfer
        case (.bank, "balances"), (.bank, "read"): .balances
        case (.append, "txn"), (.rwRegister, "txn"): .transaction
        default: nil
        }
    }

    /// The operations of a kind, for messages.
    static func functions(of kind: History.Kind) -> String {
        switch kind {
        case .register: "read, write and cas"
        case .set: "add and read-all"
        case .counter: "increment and read"
        case .queue: "enqueue and dequeue"
        case .uniqueIDs: "generate"
        case .bank: "transfer and balances"
        case .append, .rwRegister: "txn"
        }
    }

    /// What is wrong with an operation's value; `nil` when it can be judged.
    static func mistake(
        in id: ValueID, of function: History.Function, _ outcome: History.Outcome,
        _ values: ValueTable
    ) -> String? {
        let told = { (what: String) in "\(what), not \(values.told(id))" }
        switch function {
        case .cas where !values.isList(id) || values.parts(of: id).count != 2:
            return told("cas takes [expected, new]")
        case .readAll where outcome == .ok && !values.isList(id):
            return told("a set is read as a list")
        case .increment where values.integer(id) == nil:
            return told("a counter goes up by a whole number")
        case .balances where outcome == .ok && !isBalances(id, values):
            return told("balances are a map of accounts and whole numbers")
        case .transaction where !isTransaction(id, values):
            return told("a transaction is a list of [function, key, value]")
        default: return nil
        }
    }

    private static func isBalances(_ id: ValueID, _ values: ValueTable) -> Bool {
        let parts = values.parts(of: id)
        return values.isMap(id)
            && stride(from: parts.startIndex + 1, to: parts.endIndex, by: 2).allSatisfy {
                values.integer(parts[$0]) != nil || values[parts[$0]] == .null
            }
    }

    private static func isTransaction(_ id: ValueID, _ values: ValueTable) -> Bool {
        values.isList(id)
            && values.parts(of: id).allSatisfy { part in
                let parts = values.parts(of: part)
                guard values.isList(part), parts.count == 3, let first = parts.first else {
                    return false
                }
                return ["r", "w", "append"].contains(values.text(first))
            }
    }

    /// Whether the value is one thing that is compared as a whole.
    static func isScalar(_ function: History.Function) -> Bool {
        switch function {
        case .read, .write, .add, .enqueue, .dequeue, .generate, .increment: true
        case .cas, .readAll, .transfer, .balances, .transaction: false
        }
    }
}
