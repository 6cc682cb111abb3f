/// Holds a queue against its promise: what went in comes out, once, and nothing else does; if asked, in
/// order. With elements that are put in once, the four patterns of Henzinger, Sezgin and Vafeiadis
/// ("Aspect-oriented linearizability proofs", CONCUR 2013) are all that can go wrong: an element from
/// nowhere, one that comes out twice, one that overtakes another one, and an answer "empty" while
/// something certainly was inside. The last two are looked at only where order is promised.
enum QueueCheck {
    /// One element's way through.
    private struct Element {
        var enqueue: Int?
        var isAttempted = false
        var isAcknowledged = false
        var attempts = 0
        var dequeues: [Int] = []
    }

    static func judge(_ history: History, _ options: Options, inOrder: Bool) -> Judgement {
        let check: Check = inOrder ? .fifo : .queue
        var meter = Meter(options)
        var violations: [Violation] = []
        var counts: [String: Int] = [:]
        var proven = Prefix()
        var cannotTell: String?
        for group in history.rowsByKey() {
            guard meter.take(group.rows.count * 120) else { break }
            let one = OneQueue(history, group.rows)
            for _ in group.rows where !meter.step() { break }
            if meter.spent != nil { break }
            violations += one.always(&counts)
            if inOrder { violations += one.order(&counts) + one.empty(&counts) }
            let why = one.lost(&counts, &violations)
            cannotTell = cannotTell ?? why
            proven.operations += group.rows.count
        }
        violations.sort { $0.at < $1.at }
        let verdict: Verdict =
            if !violations.isEmpty {
                .invalid(Array(violations.prefix(max(1, options.told))))
            } else if let spent = meter.spent {
                .unknown(spent, proven: proven)
            } else if !history.isComplete {
                .unknown(.incomplete, proven: proven)
            } else if let cannotTell {
                .unknown(.notShown(cannotTell), proven: proven)
            } else {
                .valid
            }
        let names = [
            "acknowledged", "taken", "lost", "duplicated", "unexpected", "recovered", "overtaken",
        ]
        return Judgement(
            check, verdict, operations: history.count,
            figures: names.map { .init($0, counts[$0] ?? 0) })
    }

    private struct OneQueue {
        let history: History
        let telling: Telling
        private var elements: [ValueID: Element] = [:]
        private var empties: [Int] = []
        /// Dequeues without an answer: each may have taken any one.
        private var unansweredDequeues = 0

        init(_ history: History, _ rows: [Int]) {
            self.history = history
            telling = Telling(history: history)
            for row in rows {
                let outcome = history.outcome(row)
                let value = history.value(row)
                switch (history.function(row), outcome) {
                case (.enqueue, _):
                    var element = elements[value] ?? Element()
                    if element.enqueue == nil || outcome == .ok
                        || !element.isAcknowledged && outcome != .refused
                    {
                        element.enqueue = row
                    }
                    if outcome != .refused {
                        element.attempts += 1
                        element.isAttempted = true
                    }
                    element.isAcknowledged = element.isAcknowledged || outcome == .ok
                    elements[value] = element
                case (.dequeue, .ok) where value == .null: empties.append(row)
                case (.dequeue, .ok): elements[value, default: Element()].dequeues.append(row)
                case (.dequeue, .unknown): unansweredDequeues += 1
                default: break
                }
            }
        }

        private func violation(
            _ title: String, _ at: Int, _ rows: [Int?], _ reasons: [String] = []
        ) -> Violation {
            let key = telling.key(at)
            return Violation(
                title: (key.map { "\($0): " } ?? "") + title, key: key, at: history.returned(at),
                operations: telling.witnesses(Set(rows.compactMap { $0 })), reasons: reasons)
        }

        /// What is wrong whatever comes later: from nowhere, or twice.
        func always(_ counts: inout [String: Int]) -> [Violation] {
            var violations: [Violation] = []
            for (id, element) in elements {
                counts["acknowledged", default: 0] += element.isAcknowledged ? 1 : 0
                counts["taken", default: 0] += element.dequeues.count
                if !element.isAcknowledged, element.isAttempted, !element.dequeues.isEmpty {
                    counts["recovered", default: 0] += 1
                }
                let told = telling.value(id)
                if let first = element.dequeues.first, !element.isAttempted {
                    counts["unexpected", default: 0] += 1
                    let why = element.enqueue == nil ? "nobody put in" : "was refused"
                    violations.append(
                        violation(
                            "\(told), which \(why), was taken out", first,
                            [element.enqueue, first]))
                } else if let early = element.enqueue, element.attempts == 1,
                    let first = element.dequeues.first(where: {
                        history.returned($0) < history.invoked(early)
                    })
                {
                    counts["unexpected", default: 0] += 1
                    violations.append(
                        violation(
                            "\(told) was taken out before it was put in", first, [early, first]))
                }
                if element.isAttempted, element.dequeues.count > element.attempts {
                    counts["duplicated", default: 0] += 1
                    let last = element.dequeues[element.dequeues.count - 1]
                    violations.append(
                        violation(
                            "\(told) was taken out \(element.dequeues.count) times", last,
                            [element.enqueue] + element.dequeues))
                }
            }
            return violations
        }

        /// What is gone. Returns why nobody can tell, if so: elements that are still inside look just
        /// like lost ones until somebody found the queue empty.
        func lost(_ counts: inout [String: Int], _ violations: inout [Violation]) -> String? {
            guard history.isComplete else { return nil }
            let missing = elements.filter { $0.value.isAcknowledged && $0.value.dequeues.isEmpty }
            // Empty after it was put in, and nobody ever took it.
            let drained = empties.max { history.invoked($0) < history.invoked($1) }
            let left = missing.filter { _, element in
                guard let drained, let enqueue = element.enqueue else { return false }
                return history.returned(enqueue) < history.invoked(drained)
            }
            let inside =
                left.count == missing.count
                ? nil
                : "\(missing.count - left.count) elements were never taken out, and nobody found "
                    + "the queue empty after they were put in"
            guard let drained, !left.isEmpty else { return inside }
            // Each dequeue without an answer may have had one of them.
            guard left.count > unansweredDequeues else {
                return "\(unansweredDequeues) dequeues without an answer may have taken the "
                    + "\(left.count) elements that are missing"
            }
            counts["lost", default: 0] += left.count - unansweredDequeues
            if unansweredDequeues > 0 {
                let rows = left.values.compactMap(\.enqueue) + [drained]
                violations.append(
                    violation(
                        "at least \(left.count - unansweredDequeues) of \(left.count) acknowledged "
                            + "elements are gone", drained, rows))
                return inside
            }
            for (id, element) in left {
                guard let enqueue = element.enqueue else { continue }
                let node = history.node(enqueue).map { " by \($0)" } ?? ""
                violations.append(
                    violation(
                        "\(telling.value(id)), acknowledged\(node) at "
                            + "\(telling.moment(history.returned(enqueue))) to "
                            + "\(history.client(enqueue)), is gone",
                        drained, [enqueue, drained],
                        ["Nobody took it out, and the queue was found empty."]))
            }
            return inside
        }

        /// One way of an element that was put in once and taken out at most once.
        private struct Way {
            var id: ValueID
            var enqueue: Int
            var dequeue: Int?
        }

        private var ways: [Way] {
            elements.compactMap { id, element in
                guard let enqueue = element.enqueue, element.attempts == 1,
                    element.dequeues.count <= 1
                else { return nil }
                return Way(id: id, enqueue: enqueue, dequeue: element.dequeues.first)
            }
        }

        /// When an element was certainly taken at the earliest; `nil` when that may be any time.
        private func sentDequeue(_ way: Way) -> Int64? {
            if let dequeue = way.dequeue { return history.invoked(dequeue) }
            return unansweredDequeues == 0 && history.isComplete ? .max : nil
        }

        /// `a` was in before `b` was put in, and `b` was out before `a` was taken.
        func order(_ counts: inout [String: Int]) -> [Violation] {
            let ways = ways
            let first = ways.filter { history.outcome($0.enqueue) == .ok }
                .sorted { history.returned($0.enqueue) < history.returned($1.enqueue) }
            let second = ways.filter { $0.dequeue != nil }
                .sorted { history.invoked($0.enqueue) < history.invoked($1.enqueue) }
            var violations: [Violation] = []
            var next = first.startIndex
            // Of those that were in: the one that was taken last.
            var slowest: (way: Way, sent: Int64)?
            for way in second {
                while next < first.endIndex,
                    history.returned(first[next].enqueue) < history.invoked(way.enqueue)
                {
                    if let sent = sentDequeue(first[next]), sent > slowest?.sent ?? .min {
                        slowest = (first[next], sent)
                    }
                    next += 1
                }
                guard let slow = slowest, let dequeue = way.dequeue,
                    history.returned(dequeue) < slow.sent
                else { continue }
                counts["overtaken", default: 0] += 1
                violations.append(
                    violation(
                        "\(telling.value(way.id)) overtook \(telling.value(slow.way.id))", dequeue,
                        [slow.way.enqueue, way.enqueue, dequeue, slow.way.dequeue],
                        [
                            "\(telling.value(slow.way.id)) was in before "
                                + "\(telling.value(way.id)) was put in, and was not taken before "
                                + "\(telling.value(way.id)) was out."
                        ]))
            }
            return violations
        }

        /// "Empty" at a time when, at each moment of it, something certainly was inside.
        func empty(_ counts: inout [String: Int]) -> [Violation] {
            let inside = ways.compactMap { way -> (from: Int64, to: Int64, way: Way)? in
                guard history.outcome(way.enqueue) == .ok, let to = sentDequeue(way) else {
                    return nil
                }
                let from = history.returned(way.enqueue)
                return from < to ? (from, to, way) : nil
            }.sorted { $0.from < $1.from }
            var violations: [Violation] = []
            for row in empties {
                var covered = history.invoked(row)
                var rows: [Int] = []
                var best: (to: Int64, way: Way)?
                for one in inside where one.from < history.returned(row) {
                    if one.from >= covered, let found = best, found.to > covered {
                        covered = found.to
                        rows += [found.way.enqueue] + (found.way.dequeue.map { [$0] } ?? [])
                        best = nil
                    }
                    if one.from >= covered { break }
                    if one.to > best?.to ?? covered { best = (one.to, one.way) }
                }
                if let found = best, found.to > covered {
                    covered = found.to
                    rows += [found.way.enqueue] + (found.way.dequeue.map { [$0] } ?? [])
                }
                if covered > history.returned(row) {
                    violations.append(
                        violation(
                            "\(telling.deed(row)), while something was inside all the time", row,
                            rows + [row]))
                }
            }
            return violations
        }
    }
}
