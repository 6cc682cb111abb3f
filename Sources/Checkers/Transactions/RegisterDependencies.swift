/// What reads of registers tell of the order of transactions. A register shows its newest value alone, so
/// less is known than of lists: that a value was read from its writer, that a transaction which read
/// one value and wrote another one put the second after the first, and that nothing comes before the
/// empty register.
struct RegisterDependencies {
    private let transactions: Transactions
    private let telling: TransactionTelling
    private var writers: [Version: (transaction: Int, isLast: Bool)] = [:]
    /// Why some of it can't be judged.
    private(set) var ambiguous: String?
    /// Versions that are known to come right after one.
    private var successors: [Version: [ValueID]] = [:]
    private var hasPredecessor: Set<Version> = []
    private var readers: [Version: [Int]] = [:]
    private var order: [Version] = []

    init(_ transactions: Transactions, _ telling: TransactionTelling) {
        self.transactions = transactions
        self.telling = telling
    }

    mutating func collect(
        _ graph: inout DependencyGraph, _ findings: inout TransactionCheck.Findings,
        _ meter: inout Meter
    ) {
        findWriters()
        var updates: [Version: Int] = [:]
        for number in transactions.all.indices {
            guard meter.step() else { return }
            let outcome = transactions.all[number].outcome
            if outcome == .ok { checkInside(number, &findings) }
            if outcome != .refused { follow(number, &updates, &findings) }
        }
        connect(&graph, &meter)
    }

    private mutating func findWriters() {
        for (number, transaction) in transactions.all.enumerated() {
            var last: [ValueID: ValueID] = [:]
            for step in transaction.steps where step.kind == .write { last[step.key] = step.value }
            for step in transaction.steps where step.kind == .write {
                let version = Version(key: step.key, value: step.value)
                if let other = writers[version], other.transaction != number,
                    transactions.all[other.transaction].outcome != .refused
                {
                    if transaction.outcome == .refused { continue }
                    ambiguous =
                        "\(telling.value(step.value)) was written to \(telling.value(step.key)) twice"
                }
                if writers[version] == nil { order.append(version) }
                writers[version] = (number, last[step.key] == step.value)
            }
        }
    }

    /// A transaction reads what it read or wrote itself just before.
    private func checkInside(_ number: Int, _ findings: inout TransactionCheck.Findings) {
        var known: [ValueID: ValueID] = [:]
        for step in transactions.all[number].steps {
            if step.kind == .read, let value = known[step.key], value != step.value {
                findings.add(
                    telling.violation(
                        "internal: a transaction does not see what it did itself: it read "
                            + "\(telling.value(step.value)) of \(telling.value(step.key)), which was "
                            + "\(telling.value(value)) to it", [number], key: step.key),
                    "internal")
            }
            known[step.key] = step.value
        }
    }

    /// Reads from others, and what is written after them.
    private mutating func follow(
        _ number: Int, _ updates: inout [Version: Int],
        _ findings: inout TransactionCheck.Findings
    ) {
        let isOk = transactions.all[number].outcome == .ok
        var before: [ValueID: (value: ValueID, isRead: Bool)] = [:]
        for step in transactions.all[number].steps {
            switch step.kind {
            case .read:
                guard isOk, before[step.key] == nil else { continue }
                before[step.key] = (step.value, true)
                let version = Version(key: step.key, value: step.value)
                readers[version, default: []].append(number)
                if step.value == .null { continue }
                checkOrigin(version, number, &findings)
            case .write:
                let version = Version(key: step.key, value: step.value)
                if let earlier = before[step.key] {
                    let from = Version(key: step.key, value: earlier.value)
                    successors[from, default: []].append(step.value)
                    if earlier.value != .null { hasPredecessor.insert(version) }
                    if earlier.isRead {
                        if let other = updates[from] {
                            findings.add(telling.lostUpdate(from, other, number), "lost update")
                        } else {
                            updates[from] = number
                        }
                    }
                }
                before[step.key] = (step.value, false)
            case .append: break
            }
        }
    }

    private func checkOrigin(
        _ version: Version, _ number: Int, _ findings: inout TransactionCheck.Findings
    ) {
        let told = "\(telling.value(version.value)) of \(telling.value(version.key))"
        guard let writer = writers[version] else {
            findings.add(
                telling.violation(
                    "garbage read: \(told), which nobody wrote", [number], key: version.key),
                "garbage read")
            return
        }
        if transactions.all[writer.transaction].outcome == .refused {
            findings.add(
                telling.violation(
                    "G1a: \(told) was read, although the transaction that wrote it was refused",
                    [writer.transaction, number], key: version.key), "G1a")
        } else if !writer.isLast, writer.transaction != number {
            findings.add(
                telling.violation(
                    "G1b: \(told) was read, although the transaction that wrote it went on",
                    [writer.transaction, number], key: version.key), "G1b")
        }
    }

    private func writer(_ version: Version) -> Int? {
        guard let number = writers[version]?.transaction,
            transactions.all[number].outcome != .refused
        else { return nil }
        return number
    }

    /// Whether it certainly took effect: it was acknowledged, or somebody read from it.
    private func happened(_ version: Version) -> Bool {
        guard let number = writer(version) else { return false }
        return transactions.all[number].outcome == .ok || readers[version] != nil
    }

    private mutating func connect(_ graph: inout DependencyGraph, _ meter: inout Meter) {
        for version in order where happened(version) && !hasPredecessor.contains(version) {
            let empty = Version(key: version.key, value: .null)
            if !(successors[empty] ?? []).contains(version.value) {
                successors[empty, default: []].append(version.value)
            }
        }
        for (version, list) in readers {
            guard version.value != .null, let from = writer(version) else { continue }
            for reader in list {
                guard meter.step() else { return }
                graph.add(
                    from, reader, .read, key: version.key, before: version.value,
                    after: version.value)
            }
        }
        for (version, list) in successors {
            for value in list {
                let next = Version(key: version.key, value: value)
                guard happened(next), let to = writer(next) else { continue }
                if version.value != .null, let from = writer(version) {
                    graph.add(
                        from, to, .write, key: version.key, before: version.value, after: value)
                }
                for reader in readers[version] ?? [] {
                    guard meter.step(), meter.take(40) else { return }
                    graph.add(
                        reader, to, .antidependency, key: version.key, before: version.value,
                        after: value)
                }
            }
        }
    }
}
