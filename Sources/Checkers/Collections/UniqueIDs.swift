/// No identifier is handed out twice.
enum UniqueIDs {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let telling = Telling(history: history)
        var first: [ValueID: Int] = [:]
        var again: [ValueID: [Int]] = [:]
        var order: [ValueID] = []
        var proven = Prefix()
        for row in 0..<history.count
        where history.function(row) == .generate && history.outcome(row) == .ok {
            guard meter.step(), meter.take(48) else { break }
            let id = history.value(row)
            if first[id] == nil {
                first[id] = row
            } else {
                if again[id] == nil { order.append(id) }
                again[id, default: []].append(row)
            }
            proven.operations += 1
        }
        let violations = order.prefix(max(1, options.told)).map { id in
            let rows = ([first[id]] + (again[id] ?? [])).compactMap { $0 }
            let last = rows.map { history.returned($0) }.filter { $0 != .max }.max() ?? 0
            return Violation(
                title: "\(telling.value(id)) was handed out \(rows.count) times", at: last,
                operations: telling.witnesses(rows))
        }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(violations)
            } else if let spent = meter.spent {
                .unknown(spent, proven: proven)
            } else {
                .valid
            }
        return Judgement(
            .uniqueIDs, verdict, operations: history.count,
            figures: [.init("handed out", proven.operations), .init("duplicated", order.count)])
    }
}
