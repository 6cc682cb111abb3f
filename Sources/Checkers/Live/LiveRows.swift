extension LiveOperation {
    /// A row of a history of registers; `nil` for one that says nothing while a run goes on: it was refused,
    /// or it is a read without an answer.
    public init?(_ history: History, _ row: Int) {
        guard history.kind == .register, history.outcome(row) != .refused else { return nil }
        let isKnown = history.outcome(row) == .ok && history.returned(row) != .max
        let value = history.value(row)
        let effect: Effect
        switch history.function(row) {
        case .read:
            guard isKnown else { return nil }
            effect = .read(history.values[value])
        case .write: effect = .write(history.values[value])
        case .cas:
            let parts = history.values.parts(of: value)
            guard let expected = parts.first, let new = parts.last, parts.count == 2 else {
                return nil
            }
            effect = .compareAndSet(
                expected: history.values[expected], new: history.values[new])
        default: return nil
        }
        self.init(
            key: history.values.told(history.key(row)), invoked: history.invoked(row),
            returned: isKnown ? history.returned(row) : nil, effect: effect,
            client: Telling(history: history).deed(row))
    }
}
