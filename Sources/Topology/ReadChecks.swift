internal import Checkers

extension Topology {
    /// A promise that what the clients saw is held against.
    public struct Check: Hashable, Sendable {
        /// One of the names of checks: `linearizable`.
        public var name: String
        /// The longest that it may take.
        public var budget: Duration = .seconds(30)
        /// The most memory that it may take, in bytes.
        public var memory = 1_000_000_000
        /// Where it stands in the file.
        public var place: Place
    }
}

extension Reader {
    /// `checks:`, once the workload is known. An entry is a name, or a name with its budgets.
    mutating func readChecks(_ field: Item.Entry) {
        guard topology.workload != nil else {
            complain(
                field.key.place, "nothing can be checked: there are no clients", "check/workload",
                "add a 'workload:'")
            return
        }
        for element in elements(field.value, "checks") {
            guard let check = readCheck(element) else { continue }
            if topology.checks.contains(where: { $0.name == check.name }) {
                complain(check.place, "\(check.name) is checked already", "check/twice")
                continue
            }
            topology.checks.append(check)
        }
    }

    private mutating func readCheck(_ element: Item) -> Topology.Check? {
        guard case .map(let entries) = element.kind else {
            return checkName(element).map { Topology.Check(name: $0, place: element.place) }
        }
        guard entries.count == 1, let entry = entries.first else {
            expected("one check and its budgets, as in {linearizable: {budget: 30s}}", element)
            return nil
        }
        let name = checkName(
            Item(
                place: entry.key.place,
                kind: .text(entry.key, plain: true, end: entry.key.place)))
        var check = Topology.Check(name: name ?? "", place: entry.key.place)
        let fields = fields(entry.value, of: "check", known: Keys.check)
        if let item = fields["budget"]?.value {
            check.budget = time(item, atLeast: .milliseconds(1)) ?? check.budget
        }
        if let item = fields["memory"]?.value {
            check.memory = size(item, atLeast: 1 << 20).map { Int($0) } ?? check.memory
        }
        return name == nil ? nil : check
    }

    private mutating func checkName(_ item: Item) -> String? {
        guard let name = choice(item, Checkers.Check.self, at: "checks"),
            let workload = topology.workload
        else { return nil }
        if workload.history == nil {
            complain(
                item.place, "\(name.rawValue) needs the history, and this workload keeps none",
                "check/history", "take 'history: none' out of the workload")
        } else if !name.kinds.contains(where: { $0.rawValue == workload.kind.rawValue }) {
            let fitting = Checkers.Check.allCases.filter { check in
                check.kinds.contains { $0.rawValue == workload.kind.rawValue }
            }
            complain(
                item.place,
                "\(name.rawValue) says nothing about a workload of kind \(workload.kind.rawValue)",
                "check/kind",
                fitting.isEmpty
                    ? "no check does"
                    : "checks here: " + fitting.map(\.rawValue).joined(separator: " "))
        }
        return name.rawValue
    }
}
