/// Puts transactions and their circles into words.
struct TransactionTelling {
    private let history: History
    private let transactions: Transactions
    private let telling: Telling

    init(_ history: History, _ transactions: Transactions) {
        self.history = history
        self.transactions = transactions
        telling = Telling(history: history)
    }

    func value(_ id: ValueID) -> String { transactions.values.told(id) }

    private func row(_ number: Int) -> Int { transactions.all[number].row }

    private func end(_ numbers: [Int]) -> Int64 {
        numbers.map { history.returned(row($0)) }.filter { $0 != .max }.max()
            ?? numbers.map { history.invoked(row($0)) }.max() ?? 0
    }

    /// A violation of these transactions.
    func violation(
        _ title: String, _ numbers: [Int?], key: ValueID, _ reasons: [String] = []
    ) -> Violation {
        let numbers = numbers.compactMap { $0 }
        return Violation(
            title: title, key: value(key), at: end(numbers),
            operations: telling.witnesses(Set(numbers.map { row($0) })), reasons: reasons)
    }

    func lostUpdate(_ version: Version, _ first: Int, _ second: Int) -> Violation {
        let state =
            version.value == .null
            ? "\(value(version.key)) empty"
            : "\(value(version.value)) of \(value(version.key))"
        return violation(
            "lost update: two transactions read \(state), and both changed it", [first, second],
            key: version.key,
            ["Whichever came second should have read what the first one had made of it."])
    }

    /// A circle: who they are, why each comes before the next, and that it can't be.
    func violation(_ cycle: Cycles.Cycle) -> Violation {
        let members = cycle.edges.map(\.source).filter { $0 < transactions.all.count }
        var names: [Int: String] = [:]
        for (index, number) in members.enumerated() { names[number] = "T\(index + 1)" }
        var reasons = members.map { number in
            "Let \(names[number] ?? "") = \(telling.deed(row(number)))."
        }
        let steps = steps(cycle)
        for (index, step) in steps.enumerated() {
            let from = names[step.from] ?? ""
            let to = names[step.to] ?? ""
            let opening = index == 0 ? "Then" : index == steps.count - 1 ? "However," : "And"
            let closing = index == steps.count - 1 ? ": a contradiction." : "."
            reasons.append(
                "\(opening) \(from) < \(to), because \(why(step, from, to))\(closing)")
        }
        let shared = Set(cycle.edges.map(\.edge).filter { $0.kind != .time }.map(\.key))
        return Violation(
            title: "\(cycle.name): \(cycle.anomaly.about)",
            key: shared.count == 1 ? shared.first.map(value) : nil, at: end(members),
            operations: telling.witnesses(Set(members.map { row($0) })), reasons: reasons)
    }

    private struct Step {
        var from: Int
        var to: Int
        var edge: DependencyGraph.Edge
    }

    /// The edges between transactions; a way through moments is one step.
    private func steps(_ cycle: Cycles.Cycle) -> [Step] {
        let count = transactions.all.count
        // Begin at a transaction.
        guard let start = cycle.edges.firstIndex(where: { $0.source < count }) else { return [] }
        let edges = Array(cycle.edges[start...] + cycle.edges[..<start])
        var steps: [Step] = []
        var from = edges[0].source
        for item in edges where Int(item.edge.target) < count {
            steps.append(Step(from: from, to: Int(item.edge.target), edge: item.edge))
            from = Int(item.edge.target)
        }
        return steps
    }

    private func why(_ step: Step, _ from: String, _ to: String) -> String {
        let edge = step.edge
        let key = value(edge.key)
        let before = value(edge.before)
        let after = value(edge.after)
        let appends = history.kind == .append
        switch edge.kind {
        case .write:
            return appends
                ? "\(from) appended \(before) to \(key), and \(to) appended \(after) behind it"
                : "\(from) wrote \(before) to \(key), and \(after), which \(to) wrote, came after it"
        case .read:
            return appends
                ? "\(to) saw the \(before) that \(from) appended to \(key)"
                : "\(to) read \(before) of \(key), which \(from) wrote"
        case .antidependency:
            let seen = edge.before == .null ? "found \(key) empty" : "saw \(key) as of \(before)"
            return "\(from) \(seen), and not yet the \(after) "
                + "that \(to) \(appends ? "appended" : "wrote") next"
        case .time:
            return "\(from) was acknowledged at \(told(step.from)), before \(to) was sent at "
                + telling.moment(history.invoked(row(step.to)))
        }
    }

    private func told(_ number: Int) -> String {
        let returned = history.returned(row(number))
        return returned == .max ? "?" : telling.moment(returned)
    }
}
