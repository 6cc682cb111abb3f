/// Holds a counter against what was added to it: a read shows the sum of what certainly was added before
/// it began, and of any of what may have been added by the time of its answer.
///
/// Where few additions are in question every possible sum is known; where they are many (more than 4,096
/// sums) only the least and the greatest are, as in Jepsen's checker.
enum CounterCheck {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        var violations: [Violation] = []
        var wrong = 0
        var reads = 0
        var proven = Prefix(before: history.last + 1)
        for group in history.rowsByKey() {
            guard meter.take(group.rows.count * 48) else { break }
            var one = OneCounter(history, group.rows)
            let found = one.search(&meter, at: &proven.before)
            reads += one.judged
            wrong += found.count
            violations += found.map { one.violation($0) }
        }
        violations.sort { $0.at < $1.at }
        proven.operations = (0..<history.count).count { history.returned($0) < proven.before }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(Array(violations.prefix(max(1, options.told))))
            } else if let spent = meter.spent {
                .unknown(spent, proven: proven)
            } else {
                .valid
            }
        return Judgement(
            .counter, verdict, operations: history.count,
            figures: [.init("reads", reads), .init("wrong", wrong)])
    }

    private struct OneCounter {
        private let history: History
        private let telling: Telling
        /// Reads with answers, by the time of being sent.
        private let reads: [Int]
        /// Additions that were answered, by answer; all that may have happened, by being sent.
        private let answered: [Int]
        private let sent: [Int]
        var judged = 0

        /// A read that shows no possible sum.
        struct Wrong {
            var read: Int
            var least: Int128
            var greatest: Int128
            var open: [Int]
        }

        init(_ history: History, _ rows: [Int]) {
            self.history = history
            telling = Telling(history: history)
            reads = rows.filter {
                history.function($0) == .read && history.outcome($0) == .ok
                    && history.returned($0) != .max
            }.sorted { history.invoked($0) < history.invoked($1) }
            sent = rows.filter {
                history.function($0) == .increment && history.outcome($0) != .refused
            }.sorted { history.invoked($0) < history.invoked($1) }
            answered = sent.filter { history.returned($0) != .max }
                .sorted { history.returned($0) < history.returned($1) }
        }

        private func amount(_ row: Int) -> Int128 {
            Int128(history.values.integer(history.value(row)) ?? 0)
        }

        mutating func search(_ meter: inout Meter, at proven: inout Int64) -> [Wrong] {
            var wrong: [Wrong] = []
            var certain: Int128 = 0
            var nextAnswered = 0
            // Sent and not yet certain.
            var open: Set<Int> = []
            var nextSent = 0
            var early: Set<Int> = []
            for read in reads {
                guard meter.step() else {
                    proven = min(proven, history.invoked(read))
                    return wrong
                }
                while nextAnswered < answered.count,
                    history.returned(answered[nextAnswered]) < history.invoked(read)
                {
                    let row = answered[nextAnswered]
                    certain += amount(row)
                    // One that was answered is no longer open; it may not have been opened yet.
                    if open.remove(row) == nil { early.insert(row) }
                    nextAnswered += 1
                }
                while nextSent < sent.count,
                    history.invoked(sent[nextSent]) <= history.returned(read)
                {
                    if early.remove(sent[nextSent]) == nil { open.insert(sent[nextSent]) }
                    nextSent += 1
                }
                judged += 1
                let possible = open.filter { history.invoked($0) <= history.returned(read) }
                if let mistake = judge(read, certain, possible, &meter) { wrong.append(mistake) }
            }
            return wrong
        }

        private func judge(
            _ read: Int, _ certain: Int128, _ open: Set<Int>, _ meter: inout Meter
        ) -> Wrong? {
            // A counter that was never touched may be read as nothing.
            let value = history.values.integer(history.value(read)).map { Int128($0) }
            let shown = value ?? (history.value(read) == .null ? 0 : nil)
            var least = certain
            var greatest = certain
            var sums: Set<Int128>? = [certain]
            for row in open {
                guard meter.step() else { return nil }
                let amount = amount(row)
                if amount < 0 { least += amount } else { greatest += amount }
                if let known = sums {
                    let more = known.union(known.map { $0 + amount })
                    sums = more.count > 4_096 ? nil : more
                }
            }
            if let shown, sums?.contains(shown) ?? (least...greatest).contains(shown) { return nil }
            return Wrong(
                read: read, least: least, greatest: greatest,
                open: open.sorted { history.invoked($0) < history.invoked($1) })
        }

        func violation(_ wrong: Wrong) -> Violation {
            let key = telling.key(wrong.read)
            let range =
                wrong.least == wrong.greatest
                ? "it was \(wrong.least)" : "it was \(wrong.least) to \(wrong.greatest)"
            var reasons = [
                "What was acknowledged before it was sent comes to "
                    + "\(wrong.least == wrong.greatest ? "that" : "a sum in that range"); "
                    + "\(wrong.open.count) additions were open."
            ]
            if wrong.open.count > 20 { reasons.append("The first 20 of them are told.") }
            return Violation(
                title: (key.map { "\($0): " } ?? "")
                    + "\(telling.deed(wrong.read)), although \(range)",
                key: key, at: history.returned(wrong.read),
                operations: telling.witnesses(wrong.open.prefix(20) + [wrong.read]),
                reasons: reasons)
        }
    }
}
