/// Holds key-value histories against sequential consistency (Lamport, "How to make a multiprocessor
/// computer that correctly executes multiprocess programs", 1979): all keys together, each client's
/// operations in its own order, whatever the clock says.
///
/// What is linearizable is sequentially consistent, and a key that is not so by itself spoils all: both
/// are tried first. Only what is left needs the search over all clients, which is exponential at worst.
enum SequentialConsistency {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let operations = history.count
        let figures = [Judgement.Figure("keys dropped", history.dropped.count)]
        let linear = Linearizability.judgeKeys(history, quick(options), &meter)
        if linear.broken == 0, linear.verdict == .valid {
            return Judgement(.sequential, .valid, operations: operations, figures: figures)
        }
        let proven = linear.proven
        for group in history.rowsByKey() {
            var search = SessionSearch(history, group.rows)
            if search.run(&meter) == .stuck {
                return Judgement(
                    .sequential,
                    .invalid([violation(history, group.rows, options, &meter)]),
                    operations: operations, figures: figures)
            }
            if meter.spent != nil { break }
        }
        let rows = (0..<history.count).filter { !history.dropped.contains(history.key($0)) }
        var search = SessionSearch(history, rows)
        let verdict: Verdict =
            switch search.run(&meter) {
            case .found: .valid
            case .stuck: .invalid([violation(history, rows, options, &meter)])
            case .spent: .unknown(meter.spent ?? .cancelled, proven: proven)
            }
        return Judgement(.sequential, verdict, operations: operations, figures: figures)
    }

    /// The witnesses of linearizability are not what is asked for.
    private static func quick(_ options: Options) -> Options {
        var options = options
        options.told = 0
        options.refusedCompareObserves = false
        return options
    }

    /// Takes away operations as long as there is no order: the latest, then halves, … then one by one.
    /// A write is taken away by letting it happen at any time, or never.
    private static func violation(
        _ history: History, _ rows: [Int], _ options: Options, _ meter: inout Meter
    ) -> Violation {
        var options = options
        options.time = meter.remaining(0.5)
        var meter = Meter(options)
        var free: Set<Int> = []
        let order = rows.sorted { history.invoked($0) > history.invoked($1) }
        var size = max(1, order.count / 2)
        while meter.spent == nil {
            var changed = false
            var start = 0
            while start < order.count, meter.spent == nil {
                let part = order[start..<min(start + size, order.count)].filter {
                    !free.contains($0)
                }
                start += size
                if part.isEmpty { continue }
                let tried = free.union(part)
                var search = SessionSearch(history, rows, free: tried)
                if search.run(&meter) == .stuck {
                    free = tried
                    changed = true
                }
            }
            if size == 1, !changed { break }
            size = max(1, size / 2)
        }
        let kept = rows.filter { !free.contains($0) && SessionSearch.counts(history, $0) }
        let telling = Telling(history: history)
        let clients = Set(kept.map { history.client($0) }).sorted()
        let last = kept.max { history.invoked($0) < history.invoked($1) }
        return Violation(
            title: "no order of operations keeps the order of \(clients.joined(separator: ", "))",
            key: Set(kept.map { history.key($0) }).count == 1
                ? kept.first.flatMap { telling.key($0) } : nil,
            at: last.map {
                history.returned($0) == .max ? history.invoked($0) : history.returned($0)
            }
                ?? 0,
            operations: telling.witnesses(kept),
            reasons: [
                "Each client did these one after the other. However they are shuffled together, "
                    + "some read does not show what was written last."
            ])
    }
}
