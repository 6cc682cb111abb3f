/// Holds transactions on lists or registers against serializability, after Elle: what was read tells which
/// transaction must have come before which; a circle of such reasons is a proof that no order exists.
///
/// Found besides: reads of what was refused (G1a), of what was not the last word of a transaction (G1b),
/// of what nobody wrote, transactions that do not see their own writes (internal), and lost updates.
enum TransactionCheck {
    static func judge(_ history: History, _ options: Options, as check: Check) -> Judgement {
        var meter = Meter(options)
        var transactions = Transactions(history)
        let telling = TransactionTelling(history, transactions)
        var findings = Findings(limit: max(1, options.told))
        let size = transactions.all.reduce(0) { $0 + 64 + $1.steps.count * 96 }
        var graph = DependencyGraph(count: transactions.all.count)
        var reason: String?
        if meter.take(size) {
            if check == .append {
                var lists = AppendDependencies(transactions, telling)
                lists.collect(&graph, &findings, &meter)
                reason = lists.ambiguous
                transactions = lists.transactions
            } else {
                var registers = RegisterDependencies(transactions, telling)
                registers.collect(&graph, &findings, &meter)
                reason = registers.ambiguous
            }
        }
        if options.realTime { addTime(history, transactions, &graph) }
        var isDone = meter.spent == nil && meter.take(graph.edgeCount * 40 + graph.edges.count * 40)
        if isDone {
            var cycles = Cycles(graph, limit: max(1, options.told))
            isDone = cycles.search(&meter)
            for cycle in cycles.found { findings.add(telling.violation(cycle), cycle.name) }
            for (name, count) in cycles.counts { findings.raise(name, to: count) }
        }
        let verdict: Verdict =
            if !findings.violations.isEmpty {
                .invalid(findings.violations.sorted { $0.at < $1.at })
            } else if !isDone {
                .unknown(meter.spent ?? .cancelled, proven: Prefix())
            } else if let reason {
                .unknown(.notShown(reason), proven: Prefix())
            } else {
                .valid
            }
        return Judgement(
            check, verdict, operations: history.count,
            figures: [.init("transactions", transactions.all.count)] + findings.figures)
    }

    /// What was acknowledged comes before what is sent later: through moments, so that there are only
    /// as many edges as transactions.
    private static func addTime(
        _ history: History, _ transactions: Transactions, _ graph: inout DependencyGraph
    ) {
        var events: [(time: Int64, isReturn: Bool, number: Int)] = []
        for (number, transaction) in transactions.all.enumerated()
        where transaction.outcome != .refused {
            events.append((history.invoked(transaction.row), false, number))
            let returned = history.returned(transaction.row)
            if returned != .max { events.append((returned, true, number)) }
        }
        events.sort { ($0.time, $0.isReturn ? 1 : 0) < ($1.time, $1.isReturn ? 1 : 0) }
        var moment: Int?
        for event in events {
            if event.isReturn {
                let next = graph.addVertex()
                if let moment { graph.add(moment, next, .time) }
                graph.add(event.number, next, .time)
                moment = next
            } else if let moment {
                graph.add(moment, event.number, .time)
            }
        }
    }

    /// Violations by name, bounded; all are counted.
    struct Findings {
        private let limit: Int
        private(set) var violations: [Violation] = []
        private var counts: [String: Int] = [:]
        private var told: [String: Int] = [:]

        init(limit: Int) { self.limit = limit }

        /// Counts one; the violation is made only if it will be told.
        mutating func add(_ violation: @autoclosure () -> Violation, _ name: String) {
            counts[name, default: 0] += 1
            guard told[name, default: 0] < limit else { return }
            told[name, default: 0] += 1
            violations.append(violation())
        }

        mutating func raise(_ name: String, to count: Int) {
            counts[name] = max(counts[name] ?? 0, count)
        }

        var figures: [Judgement.Figure] {
            counts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
        }
    }
}

extension Cycles.Cycle {
    /// `G-single`, or `G-single-realtime` where the order of time is part of it.
    var name: String { anomaly.rawValue + (usesTime ? "-realtime" : "") }
}

/// A version of a key: the value that was written or appended last.
struct Version: Hashable {
    var key: ValueID
    var value: ValueID
}
