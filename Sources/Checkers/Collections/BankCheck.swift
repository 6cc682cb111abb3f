/// Money moves between accounts, and never grows or shrinks: every read of all balances has the same
/// total, the same accounts, and none below zero.
///
/// The total is that of the first read that was sent: nobody else says how much there is.
enum BankCheck {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let telling = Telling(history: history)
        let reads = (0..<history.count).filter {
            history.function($0) == .balances && history.outcome($0) == .ok
        }.sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }
        var violations: [Violation] = []
        var wrong = 0
        var proven = Prefix(before: history.last + 1)
        let first = reads.first.map { Balances(history, $0) }
        for read in reads {
            guard meter.step(), meter.take(16), let first else {
                proven.before = min(proven.before, history.invoked(read))
                break
            }
            guard let title = mistake(Balances(history, read), first, telling) else { continue }
            wrong += 1
            guard violations.count < max(1, options.told) else { continue }
            violations.append(
                Violation(
                    title: title, at: min(history.returned(read), history.last),
                    operations: telling.witnesses(Set([first.row, read])),
                    reasons: reasons(history, telling, first.row, read)))
        }
        proven.operations = (0..<history.count).count { history.returned($0) < proven.before }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(violations)
            } else if let spent = meter.spent {
                .unknown(spent, proven: proven)
            } else if reads.isEmpty, history.count > 0 {
                .unknown(.notShown("nobody read the balances"), proven: Prefix())
            } else {
                .valid
            }
        return Judgement(
            .bankTotal, verdict, operations: history.count,
            figures: [.init("reads", reads.count), .init("wrong", wrong)])
    }

    private struct Balances {
        var row: Int
        var accounts: [ValueID: Int64?] = [:]
        var total: Int128 = 0

        init(_ history: History, _ row: Int) {
            self.row = row
            let parts = Array(history.values.parts(of: history.value(row)))
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                let amount = history.values.integer(parts[index + 1])
                accounts[parts[index]] = .some(amount)
                total += Int128(amount ?? 0)
            }
        }
    }

    private static func mistake(
        _ read: Balances, _ first: Balances, _ telling: Telling
    ) -> String? {
        let who = telling.history.client(read.row)
        let missing = first.accounts.keys.filter { !read.accounts.keys.contains($0) }
            .map { telling.value($0) }.sorted()
        let unknown = read.accounts.keys.filter { !first.accounts.keys.contains($0) }
            .map { telling.value($0) }.sorted()
        if !missing.isEmpty { return "\(who) did not see \(missing.joined(separator: ", "))" }
        if !unknown.isEmpty { return "\(who) saw unknown \(unknown.joined(separator: ", "))" }
        if read.total != first.total {
            let difference = read.total - first.total
            return "\(who) saw \(read.total) in all instead of \(first.total): "
                + (difference > 0 ? "\(difference) too much" : "\(-difference) too little")
        }
        let negative = read.accounts.filter { ($0.value ?? 0) < 0 }.map { telling.value($0.key) }
        let empty = read.accounts.filter { $0.value == nil }.map { telling.value($0.key) }
        if !empty.isEmpty { return "\(who) saw no balance of \(empty.sorted()[0])" }
        if !negative.isEmpty { return "\(who) saw \(negative.sorted()[0]) below zero" }
        return nil
    }

    /// Transfers that were under way while it was read: it may have seen half of one.
    private static func reasons(
        _ history: History, _ telling: Telling, _ first: Int, _ read: Int
    ) -> [String] {
        let half = (0..<history.count).filter {
            history.function($0) == .transfer && history.outcome($0) == .ok
                && history.invoked($0) <= history.returned(read)
                && history.returned($0) >= history.invoked(read)
        }
        guard let one = half.first else { return [] }
        return half.count == 1
            ? ["Meanwhile \(telling.witness(one).text)."]
            : ["Meanwhile \(half.count) transfers were under way."]
    }
}
