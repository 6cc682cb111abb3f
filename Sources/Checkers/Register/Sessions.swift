/// What a client may expect within its own session (Terry et al., "Session guarantees for weakly
/// consistent replicated data", 1994): read-your-writes and monotonic reads.
///
/// A value counts as older than another one when all its writers had been answered before the other
/// one's first writer was sent. Where writes overlap nobody knows which is newer, and nothing is said.
enum Sessions {
    /// When the writers of each value of a key were at work.
    private struct Writers {
        /// The last answer to any of them; `Int64.max` when one may still take effect.
        var last: Int64
        /// When the first of them was sent.
        var first: Int64
        /// One of those that were answered last.
        var row: Int
    }

    private struct Read {
        var row: Int
        var client: String
    }

    static func readYourWrites(_ history: History, _ options: Options) -> Judgement {
        judge(history, options, .readYourWrites) { rows, writers, telling in
            var violations: [Violation] = []
            for (_, session) in sessions(history, rows) {
                // The own write that was sent last, of those that were answered by then.
                let writes = session.filter { isAcknowledgedWrite(history, $0) }
                    .sorted { history.returned($0) < history.returned($1) }
                var next = writes.startIndex
                var newest: Int?
                for read in session where isRead(history, read) {
                    while next < writes.endIndex,
                        history.returned(writes[next]) < history.invoked(read)
                    {
                        let write = writes[next]
                        if newest.map({ history.invoked($0) < history.invoked(write) }) ?? true {
                            newest = write
                        }
                        next += 1
                    }
                    guard let own = newest else { continue }
                    let value = history.value(read)
                    let older = age(of: value, writers)
                    guard older < history.invoked(own), value != written(history, own) else {
                        continue
                    }
                    violations.append(
                        violation(
                            telling, read,
                            "\(telling.deed(read)), after its own "
                                + "\(telling.value(written(history, own))) was acknowledged",
                            [writers[value]?.row, own, read]))
                }
            }
            return violations
        }
    }

    static func monotonicReads(_ history: History, _ options: Options) -> Judgement {
        judge(history, options, .monotonicReads) { rows, writers, telling in
            var violations: [Violation] = []
            for (_, session) in sessions(history, rows) {
                let reads = session.filter { isRead(history, $0) }
                let answered = reads.sorted { history.returned($0) < history.returned($1) }
                var next = answered.startIndex
                // The read that showed the newest value, of those that were answered by then.
                var newest: Int?
                for read in reads {
                    while next < answered.endIndex,
                        history.returned(answered[next]) < history.invoked(read)
                    {
                        let other = answered[next]
                        let birth = birth(of: history.value(other), writers)
                        if newest.map({ self.birth(of: history.value($0), writers) < birth })
                            ?? true
                        {
                            newest = other
                        }
                        next += 1
                    }
                    guard let before = newest else { continue }
                    let value = history.value(read)
                    guard value != history.value(before),
                        age(of: value, writers) < birth(of: history.value(before), writers)
                    else { continue }
                    violations.append(
                        violation(
                            telling, read,
                            "\(telling.deed(read)), after it had read the newer "
                                + "\(telling.value(history.value(before)))",
                            [
                                writers[value]?.row, writers[history.value(before)]?.row, before,
                                read,
                            ]))
                }
            }
            return violations
        }
    }

    // MARK: Both

    private static func judge(
        _ history: History, _ options: Options, _ check: Check,
        _ search: ([Int], [ValueID: Writers], Telling) -> [Violation]
    ) -> Judgement {
        var meter = Meter(options)
        let telling = Telling(history: history)
        let groups = history.rowsByKey()
        var violations: [Violation] = []
        var judged = 0
        for group in groups {
            // Sorting within a key is quick; a budget is looked at between keys.
            for _ in group.rows where !meter.step() { break }
            if meter.spent != nil || !meter.take(group.rows.count * 64) { break }
            violations += search(group.rows, writers(history, group.rows), telling)
            meter.give(group.rows.count * 64)
            judged += 1
        }
        let figures = [Judgement.Figure("violations", violations.count)]
        violations.sort { $0.at < $1.at }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(Array(violations.prefix(max(1, options.told))))
            } else if let spent = meter.spent {
                .unknown(
                    spent,
                    proven: Prefix(
                        operations: groups.prefix(judged).reduce(0) { $0 + $1.rows.count },
                        keys: judged, ofKeys: groups.count))
            } else {
                .valid
            }
        return Judgement(check, verdict, operations: history.count, figures: figures)
    }

    private static func violation(
        _ telling: Telling, _ read: Int, _ title: String, _ rows: [Int?]
    ) -> Violation {
        let key = telling.key(read)
        return Violation(
            title: (key.map { "\($0): " } ?? "") + title, key: key,
            at: telling.history.returned(read),
            operations: telling.witnesses(Set(rows.compactMap { $0 })))
    }

    /// When the last writer of a value was answered; the value before all writes is as old as can be,
    /// one that nobody wrote is not judged here.
    private static func age(of value: ValueID, _ writers: [ValueID: Writers]) -> Int64 {
        writers[value]?.last ?? (value == .null ? .min : .max)
    }

    /// When the first writer of a value was sent.
    private static func birth(of value: ValueID, _ writers: [ValueID: Writers]) -> Int64 {
        writers[value]?.first ?? .min
    }

    private static func writers(_ history: History, _ rows: [Int]) -> [ValueID: Writers] {
        var writers: [ValueID: Writers] = [:]
        for row in rows {
            guard history.outcome(row) != .refused, let value = leaves(history, row) else {
                continue
            }
            let returned = history.returned(row)
            let invoked = history.invoked(row)
            guard var known = writers[value] else {
                writers[value] = Writers(last: returned, first: invoked, row: row)
                continue
            }
            known.first = min(known.first, invoked)
            if returned > known.last {
                known.last = returned
                known.row = row
            }
            writers[value] = known
        }
        return writers
    }

    /// The value that a write or compare-and-set leaves.
    static func leaves(_ history: History, _ row: Int) -> ValueID? {
        switch history.function(row) {
        case .write: history.value(row)
        case .cas: history.values.parts(of: history.value(row)).last
        default: nil
        }
    }

    private static func written(_ history: History, _ row: Int) -> ValueID {
        leaves(history, row) ?? .null
    }

    static func isRead(_ history: History, _ row: Int) -> Bool {
        history.function(row) == .read && history.outcome(row) == .ok
            && history.returned(row) != .max
    }

    static func isAcknowledgedWrite(_ history: History, _ row: Int) -> Bool {
        history.outcome(row) == .ok && history.returned(row) != .max
            && leaves(history, row) != nil
    }

    /// The rows of each client, in the order of being sent; clients by name.
    private static func sessions(
        _ history: History, _ rows: [Int]
    ) -> [(client: String, rows: [Int])] {
        var sessions: [UInt32: [Int]] = [:]
        for row in rows { sessions[history.clients[row], default: []].append(row) }
        return sessions.values.map { rows in
            (
                rows.first.map { history.client($0) } ?? "",
                rows.sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }
            )
        }.sorted { $0.client < $1.client }
    }
}
