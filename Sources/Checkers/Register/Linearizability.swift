/// Holds registers, compare-and-set and key-value histories against linearizability (Herlihy and Wing,
/// "Linearizability: a correctness condition for concurrent objects", 1990).
///
/// It holds for all keys when it holds for each, so keys are judged one by one.
enum Linearizability {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let found = judgeKeys(history, options, &meter)
        return Judgement(
            .linearizable, found.verdict, operations: found.operations,
            figures: [
                .init("keys", found.keys), .init("keys broken", found.broken),
                .init("keys dropped", history.dropped.count),
            ])
    }

    struct Found {
        var verdict: Verdict
        var operations = 0
        var keys = 0
        var broken = 0
        /// Up to this time every key is linearizable.
        var proven: Prefix
    }

    /// Judges key by key, small ones first, so that a budget proves as many as it can.
    static func judgeKeys(
        _ history: History, _ options: Options, _ meter: inout Meter
    ) -> Found {
        let groups = history.rowsByKey()
        var violations: [Violation] = []
        var ignorance: Ignorance?
        var proven = Prefix(before: .max, operations: 0, keys: 0, ofKeys: groups.count)
        var found = Found(verdict: .valid, keys: groups.count, proven: proven)
        found.operations = groups.reduce(0) { $0 + $1.rows.count }
        for group in groups.sorted(by: { $0.rows.count < $1.rows.count }) {
            let problem = RegisterProblem(
                history, group.rows, refusedCompareObserves: options.refusedCompareObserves)
            var search = RegisterSearch(problem)
            switch search.run(&meter) {
            case .found:
                proven.keys += 1
            case .stuck(let event):
                found.broken += 1
                proven.before = min(proven.before, problem.events[event].time)
                guard violations.count < options.told else { continue }
                violations.append(
                    RegisterWitness(history, options).violation(
                        problem, event, allowed: meter.remaining(0.2)))
            case .spent(let event):
                let time = problem.events.isEmpty ? 0 : problem.events[event].time
                proven.before = min(proven.before, time)
                ignorance = meter.spent ?? .cancelled
            }
        }
        if proven.before == .max { proven.before = history.last + 1 }
        proven.operations = (0..<history.count).count {
            history.returned($0) < proven.before && !history.dropped.contains(history.key($0))
        }
        found.proven = proven
        if !violations.isEmpty {
            found.verdict = .invalid(violations.sorted { $0.at < $1.at })
        } else if let ignorance {
            found.verdict = .unknown(ignorance, proven: proven)
        }
        return found
    }
}
