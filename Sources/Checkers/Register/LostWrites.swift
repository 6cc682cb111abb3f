/// Finds acknowledged writes of registers that are gone.
///
/// A read that was sent after the write was acknowledged, and before a later one was, and shows
/// something older *misses* the write. It may only be late: so a write counts as lost when no later read shows it (or something that was
/// written at the same time), and one of three things says that nothing is still on its way:
///
/// - nobody wrote the key any more, and its last read misses the write (a second after it or later, where
///   there is more than one node);
/// - the node that acknowledged it misses it itself;
/// - the node that misses it was already taking writes: it leads, and leads without it.
///
/// The third one holds for systems in which whoever takes a write has all that were acknowledged before, the
/// second one for those in which nobody acknowledges what another node did: a history says `forwards` where
/// that is not so, and then only the first one counts.
enum LostWrites {
    static func judge(_ history: History, _ options: Options) -> Judgement {
        var meter = Meter(options)
        let takers = Takers(history)
        let groups = history.rowsByKey()
        var lost: [(violation: Violation, row: Int)] = []
        var missed = 0
        var judged = 0
        for group in groups {
            let enough = meter.take(group.rows.count * 64)
            if !enough { break }
            var key = KeyOfWrites(history, group.rows, takers)
            let found = key.search(&meter)
            meter.give(group.rows.count * 64)
            if meter.spent != nil { break }
            missed += key.missed
            lost += found
            judged += 1
        }
        lost.sort { $0.violation.at < $1.violation.at }
        let figures = [
            Judgement.Figure("lost", lost.count), Judgement.Figure("reads that missed", missed),
        ]
        let proven = Prefix(
            operations: groups.prefix(judged).reduce(0) { $0 + $1.rows.count }, keys: judged,
            ofKeys: groups.count)
        let verdict: Verdict =
            if !lost.isEmpty {
                .invalid(lost.prefix(max(1, options.told)).map(\.violation))
            } else if let spent = meter.spent {
                .unknown(spent, proven: proven)
            } else if !history.isComplete {
                .unknown(.incomplete, proven: proven)
            } else {
                .valid
            }
        return Judgement(.noLostWrites, verdict, operations: history.count, figures: figures)
    }

    /// Which nodes acknowledged writes, and when.
    fileprivate struct Takers {
        /// By node: writes as (answered, latest time of being sent among those answered by then).
        private var writes: [UInt32: [(returned: Int64, sent: Int64, row: Int)]] = [:]
        /// Whether a write need not be where it was acknowledged.
        let areForwarding: Bool
        /// A copy on another node may be behind by this, in microseconds, with nothing lost.
        let patience: Int64

        init(_ history: History) {
            let isCopied = history.nodeCount > 1
            areForwarding = history.forwards && isCopied
            patience = isCopied && history.clock == .run ? 1_000_000 : 0
            for row in 0..<history.count
            where Sessions.isAcknowledgedWrite(history, row) && history.nodeNumber(row) != 0 {
                writes[history.nodeNumber(row), default: []].append(
                    (history.returned(row), history.invoked(row), row))
            }
            for (node, list) in writes {
                var list = list.sorted { $0.returned < $1.returned }
                for index in list.indices.dropFirst()
                where list[index].sent < list[index - 1].sent {
                    list[index].sent = list[index - 1].sent
                    list[index].row = list[index - 1].row
                }
                writes[node] = list
            }
        }

        /// A write that the node acknowledged before `end`, and that was sent after `start`.
        func write(by node: UInt32, after start: Int64, before end: Int64) -> Int? {
            guard let list = writes[node] else { return nil }
            var low = 0
            var high = list.count
            while low < high {
                let middle = (low + high) / 2
                if list[middle].returned < end { low = middle + 1 } else { high = middle }
            }
            guard low > 0, list[low - 1].sent > start else { return nil }
            return list[low - 1].row
        }
    }
}

/// The writes and reads of one key.
private struct KeyOfWrites {
    private let history: History
    private let takers: LostWrites.Takers
    private let telling: Telling
    /// Whether nodes acknowledge what others did: then only the last read of all tells.
    private let isForwarded: Bool
    private let writes: [Int]
    private let reads: [Int]
    private var lastAnswer: [ValueID: Int64] = [:]
    private var writer: [ValueID: Int] = [:]
    /// How many reads missed an acknowledged write.
    private(set) var missed = 0

    init(_ history: History, _ rows: [Int], _ takers: LostWrites.Takers) {
        self.history = history
        self.takers = takers
        telling = Telling(history: history)
        isForwarded = takers.areForwarding
        reads = rows.filter { Sessions.isRead(history, $0) }
            .sorted { history.invoked($0) < history.invoked($1) }
        writes = rows.filter { Sessions.isAcknowledgedWrite(history, $0) }
            .sorted { history.invoked($0) < history.invoked($1) }
        for row in rows where history.outcome(row) != .refused {
            guard let value = Sessions.leaves(history, row) else { continue }
            let returned = history.returned(row)
            if lastAnswer[value].map({ $0 < returned }) ?? true {
                lastAnswer[value] = returned
                writer[value] = row
            }
        }
        firstAnswer = writes.map { history.returned($0) }
        for index in firstAnswer.indices.dropLast().reversed() {
            firstAnswer[index] = min(firstAnswer[index], firstAnswer[index + 1])
        }
        lastSent =
            rows.filter { history.outcome($0) != .refused }
            .filter { Sessions.leaves(history, $0) != nil }
            .map { history.invoked($0) }.max() ?? .min
    }

    /// The first answer to this write or any that was sent later.
    private var firstAnswer: [Int64]
    /// When the last write was sent, whatever became of it.
    private let lastSent: Int64

    /// The time until which a value can have been the newest; later than any time when its writer may
    /// still be at work, or nobody wrote it.
    private func age(_ read: Int) -> Int64 {
        let value = history.value(read)
        return lastAnswer[value] ?? (value == .null ? .min : .max)
    }

    mutating func search(_ meter: inout Meter) -> [(violation: Violation, row: Int)] {
        let ages = reads.map { age($0) }
        // The oldest that this read or any later one shows: most writes are missed by none.
        var oldest = ages
        for index in ages.indices.dropLast().reversed() {
            oldest[index] = min(oldest[index], oldest[index + 1])
        }
        var found: [(violation: Violation, row: Int)] = []
        var counted = Set<Int>()
        for write in writes {
            guard meter.step() else { return found }
            let sent = history.invoked(write)
            let start = firstRead(after: history.returned(write))
            guard start < reads.count, oldest[start] < sent else { continue }
            // What was written over it later is not its loss.
            let end = firstRead(after: replaced(write))
            // Reads that missed it since it was shown last.
            var missing: [Int] = []
            for index in start..<max(start, end) {
                guard meter.step() else { return found }
                if ages[index] < sent {
                    counted.insert(index)
                    missing.append(index)
                } else if isShown(write, by: reads[index]) {
                    missing = []
                }
            }
            guard !missing.isEmpty else { continue }
            for index in end..<reads.count where isShown(write, by: reads[index]) {
                guard meter.step() else { return found }
                missing = []
                break
            }
            if let evidence = evidence(write, missing) {
                found.append((violation(write, evidence), write))
            }
        }
        missed += counted.count
        return found
    }

    /// When the first write was acknowledged that was sent after this one was; `Int64.max` for none.
    private func replaced(_ write: Int) -> Int64 {
        let time = history.returned(write)
        var low = 0
        var high = writes.count
        while low < high {
            let middle = (low + high) / 2
            if history.invoked(writes[middle]) > time { high = middle } else { low = middle + 1 }
        }
        return low < writes.count ? firstAnswer[low] : .max
    }

    private func firstRead(after time: Int64) -> Int {
        var low = 0
        var high = reads.count
        while low < high {
            let middle = (low + high) / 2
            if history.invoked(reads[middle]) > time { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether a read shows the write, or what may have been written over it at the same time. What was
    /// sent later says nothing about it.
    private func isShown(_ write: Int, by read: Int) -> Bool {
        let value = history.value(read)
        guard let other = writer[value] else { return false }
        return value == Sessions.leaves(history, write)
            || history.invoked(other) <= history.returned(write)
    }

    private struct Evidence {
        var read: Int
        var taken: Int?
        var reason: String
    }

    private func evidence(_ write: Int, _ missing: [Int]) -> Evidence? {
        let acknowledged = history.returned(write)
        // Writes that overlap this one, or were sent later, may have replaced it unseen.
        if history.isComplete, missing.last == reads.count - 1, let last = missing.last,
            lastSent <= history.invoked(write),
            history.invoked(reads[last]) - acknowledged >= takers.patience
        {
            return Evidence(
                read: reads[last], reason: "Nobody wrote it any more, and it did not come back.")
        }
        if isForwarded { return nil }
        for read in missing.map({ reads[$0] }) {
            guard let node = history.node(read) else { continue }
            if history.nodeNumber(read) == history.nodeNumber(write) {
                return Evidence(
                    read: read,
                    reason: "\(node) itself had acknowledged it, and no read showed it again.")
            }
            if let taken = takers.write(
                by: history.nodeNumber(read), after: acknowledged, before: history.invoked(read))
            {
                return Evidence(
                    read: read, taken: taken,
                    reason: "\(node) was already taking writes without it (that of "
                        + "\(telling.moment(history.returned(taken)))), and no read showed it again."
                )
            }
        }
        return nil
    }

    private func violation(_ write: Int, _ evidence: Evidence) -> Violation {
        let value = Sessions.leaves(history, write).map { telling.value($0) } ?? ""
        let key = telling.key(write)
        let name = key.map { "\($0) = \(value)" } ?? value
        let node = history.node(write).map { " by \($0)" } ?? ""
        let old = history.value(evidence.read)
        let shown = old == .null ? "nothing" : telling.value(old)
        let rows = [writer[old], write, evidence.taken, evidence.read].compactMap { $0 }
        return Violation(
            title: "\(name), acknowledged\(node) at \(telling.moment(history.returned(write))) to "
                + "\(history.client(write)), is gone: \(shown) was read instead",
            key: key, at: history.returned(evidence.read),
            operations: telling.witnesses(Set(rows)), reasons: [evidence.reason])
    }
}
