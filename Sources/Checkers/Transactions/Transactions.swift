/// The transactions of a history, taken apart.
struct Transactions {
    /// One part of a transaction.
    struct Step {
        enum Kind {
            case read
            case write
            case append
        }

        var kind: Kind
        var key: ValueID
        var value: ValueID
    }

    struct Transaction {
        var row: Int
        var outcome: History.Outcome
        var steps: [Step]
    }

    /// In the order of being sent.
    private(set) var all: [Transaction] = []
    /// Equal keys and values have equal numbers here; lists that were read stay lists.
    private(set) var values: ValueTable

    init(_ history: History) {
        values = history.values
        let rows = (0..<history.count).filter { history.function($0) == .transaction }
            .sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }
        for row in rows {
            var steps: [Step] = []
            for part in history.values.parts(of: history.value(row)) {
                let parts = Array(history.values.parts(of: part))
                guard parts.count == 3 else { continue }
                let kind: Step.Kind =
                    switch history.values.text(parts[0]) {
                    case "append": .append
                    case "w": .write
                    default: .read
                    }
                let value = Self.comparable(parts[2], isList: history.kind == .append, &values)
                steps.append(Step(kind: kind, key: values.scalar(parts[1]), value: value))
            }
            all.append(Transaction(row: row, outcome: history.outcome(row), steps: steps))
        }
    }

    /// The value in such a form that equal ones have equal numbers; for a list its elements have.
    private static func comparable(
        _ id: ValueID, isList: Bool, _ values: inout ValueTable
    ) -> ValueID {
        guard isList, values.isList(id) else { return values.scalar(id) }
        let parts = Array(values.parts(of: id))
        guard parts.contains(where: { values.isList($0) || values.isMap($0) }) else { return id }
        return values.append(parts.map { values.scalar($0) })
    }
}
