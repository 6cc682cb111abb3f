/// What reads of lists tell of the order of transactions. A list that was read shows the whole history of
/// its key, which is why appending is the best way to test transactions.
struct AppendDependencies {
    private(set) var transactions: Transactions
    private let telling: TransactionTelling
    /// Who appended an element; whether it was the transaction's last one to the key.
    private var writers: [Version: (transaction: Int, isLast: Bool)] = [:]
    /// Why some of it can't be judged.
    private(set) var ambiguous: String?
    /// The longest list that was read of each key, and by whom.
    private var longest: [ValueID: (list: [ValueID], transaction: Int)] = [:]
    private var keys: [ValueID] = []

    init(_ transactions: Transactions, _ telling: TransactionTelling) {
        self.transactions = transactions
        self.telling = telling
    }

    mutating func collect(
        _ graph: inout DependencyGraph, _ findings: inout TransactionCheck.Findings,
        _ meter: inout Meter
    ) {
        findWriters()
        for number in transactions.all.indices where transactions.all[number].outcome == .ok {
            guard meter.step() else { return }
            checkInside(number, &findings)
        }
        for number in transactions.all.indices where transactions.all[number].outcome == .ok {
            guard checkReads(number, &findings, &meter) else { return }
        }
        findLostUpdates(&findings)
        connect(&graph, &meter)
    }

    /// The elements of a list that was read.
    private func elements(_ value: ValueID) -> [ValueID] {
        Array(transactions.values.parts(of: value))
    }

    private mutating func findWriters() {
        for (number, transaction) in transactions.all.enumerated() {
            var last: [ValueID: ValueID] = [:]
            for step in transaction.steps where step.kind == .append { last[step.key] = step.value }
            for step in transaction.steps where step.kind == .append {
                let version = Version(key: step.key, value: step.value)
                if let other = writers[version], other.transaction != number {
                    // A retry of what was refused is as good as new.
                    if transactions.all[other.transaction].outcome != .refused {
                        if transaction.outcome == .refused { continue }
                        ambiguous =
                            "\(telling.value(step.value)) was appended to "
                            + "\(telling.value(step.key)) twice"
                    }
                }
                writers[version] = (number, last[step.key] == step.value)
            }
        }
    }

    /// A transaction sees its own appends, and reads the same list twice.
    private func checkInside(_ number: Int, _ findings: inout TransactionCheck.Findings) {
        var known: [ValueID: [ValueID]] = [:]
        var appended: [ValueID: [ValueID]] = [:]
        for step in transactions.all[number].steps {
            switch step.kind {
            case .append:
                appended[step.key, default: []].append(step.value)
                known[step.key]?.append(step.value)
            case .read:
                let list = elements(step.value)
                let own = appended[step.key] ?? []
                let fits =
                    known[step.key].map { $0 == list } ?? (Array(list.suffix(own.count)) == own)
                if !fits {
                    findings.add(
                        telling.violation(
                            "internal: a transaction does not see what it did itself: it read "
                                + "\(telling.value(step.value)) of \(telling.value(step.key))",
                            [number], key: step.key),
                        "internal")
                }
                known[step.key] = list
            case .write: break
            }
        }
    }

    private mutating func checkReads(
        _ number: Int, _ findings: inout TransactionCheck.Findings, _ meter: inout Meter
    ) -> Bool {
        for step in transactions.all[number].steps where step.kind == .read {
            let list = elements(step.value)
            var seen: Set<ValueID> = []
            for element in list {
                guard meter.step() else { return false }
                if !seen.insert(element).inserted {
                    findings.add(
                        telling.violation(
                            "duplicate element: \(telling.value(element)) is in "
                                + "\(telling.value(step.key)) twice",
                            [writers[Version(key: step.key, value: element)]?.transaction, number],
                            key: step.key), "duplicate element")
                }
                checkOrigin(element, step.key, number, &findings)
            }
            checkLast(list, step.key, number, &findings)
            compare(list, step.key, number, &findings)
        }
        return true
    }

    private func checkOrigin(
        _ element: ValueID, _ key: ValueID, _ number: Int,
        _ findings: inout TransactionCheck.Findings
    ) {
        guard let writer = writers[Version(key: key, value: element)] else {
            findings.add(
                telling.violation(
                    "garbage read: \(telling.value(element)) of \(telling.value(key)), which nobody "
                        + "appended", [number], key: key), "garbage read")
            return
        }
        guard transactions.all[writer.transaction].outcome == .refused else { return }
        findings.add(
            telling.violation(
                "G1a: \(telling.value(element)) of \(telling.value(key)) was read, although the "
                    + "transaction that appended it was refused",
                [writer.transaction, number], key: key), "G1a")
    }

    /// The last element of a list must be the last one that its transaction appended.
    private func checkLast(
        _ list: [ValueID], _ key: ValueID, _ number: Int,
        _ findings: inout TransactionCheck.Findings
    ) {
        guard let last = list.last, let writer = writers[Version(key: key, value: last)],
            !writer.isLast, writer.transaction != number
        else { return }
        findings.add(
            telling.violation(
                "G1b: \(telling.value(key)) was read in the middle of a transaction, which went on "
                    + "after \(telling.value(last))",
                [writer.transaction, number], key: key), "G1b")
    }

    /// Of two lists of a key the shorter one must be the beginning of the longer one.
    private mutating func compare(
        _ list: [ValueID], _ key: ValueID, _ number: Int,
        _ findings: inout TransactionCheck.Findings
    ) {
        guard let known = longest[key] else {
            keys.append(key)
            longest[key] = (list, number)
            return
        }
        let length = min(list.count, known.list.count)
        if list.prefix(length) != known.list.prefix(length) {
            findings.add(
                telling.violation(
                    "incompatible order: \(telling.value(key)) was read in two orders",
                    [known.transaction, number], key: key), "incompatible order")
        } else if list.count > known.list.count {
            longest[key] = (list, number)
        }
    }

    /// The lists that a transaction read before it appended to them itself.
    private func outerReads(_ number: Int) -> [(key: ValueID, list: [ValueID])] {
        var own: Set<ValueID> = []
        var reads: [(key: ValueID, list: [ValueID])] = []
        for step in transactions.all[number].steps where !own.contains(step.key) {
            own.insert(step.key)
            if step.kind == .read { reads.append((step.key, elements(step.value))) }
        }
        return reads
    }

    /// Two that read the same version and both appended: one of them did not know of the other.
    private func findLostUpdates(_ findings: inout TransactionCheck.Findings) {
        var first: [Version: Int] = [:]
        for number in transactions.all.indices where transactions.all[number].outcome == .ok {
            let appended = Set(
                transactions.all[number].steps.filter { $0.kind == .append }.map(\.key))
            for read in outerReads(number) where appended.contains(read.key) {
                let version = Version(key: read.key, value: read.list.last ?? .null)
                guard let other = first[version] else {
                    first[version] = number
                    continue
                }
                findings.add(telling.lostUpdate(version, other, number), "lost update")
            }
        }
    }

    private func connect(_ graph: inout DependencyGraph, _ meter: inout Meter) {
        // Who comes behind an element, in the longest list.
        var next: [Version: ValueID] = [:]
        for key in keys {
            guard let order = longest[key]?.list else { continue }
            var before = ValueID.null
            for element in order {
                guard meter.step() else { return }
                next[Version(key: key, value: before)] = element
                if before != .null, let from = writer(key, before), let to = writer(key, element) {
                    graph.add(from, to, .write, key: key, before: before, after: element)
                }
                before = element
            }
        }
        for number in transactions.all.indices where transactions.all[number].outcome == .ok {
            guard meter.step() else { return }
            for read in outerReads(number) {
                let last = read.list.last ?? .null
                if last != .null, let from = writer(read.key, last) {
                    graph.add(from, number, .read, key: read.key, before: last, after: last)
                }
                if let element = next[Version(key: read.key, value: last)],
                    let to = writer(read.key, element)
                {
                    graph.add(
                        number, to, .antidependency, key: read.key, before: last, after: element)
                }
            }
        }
    }

    private func writer(_ key: ValueID, _ element: ValueID) -> Int? {
        guard let number = writers[Version(key: key, value: element)]?.transaction,
            transactions.all[number].outcome != .refused
        else { return nil }
        return number
    }
}
