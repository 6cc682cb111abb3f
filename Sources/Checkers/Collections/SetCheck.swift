/// Holds a set that only grows against what its clients were told, after Jepsen's set-full, with
/// duplicates found (there a slip hides them).
///
/// An element is *known* once its addition is acknowledged or a read shows it. It is *lost* when reads
/// that were sent after that miss it and none shows it any more; *stale* when such a read misses it and a
/// later one shows it; *duplicated* when one read shows it twice; *unexpected* when nobody tried to add
/// it; *recovered* when its outcome was unknown and it is there. Lost, duplicated and unexpected ones
/// break the promise.
enum SetCheck {
    /// What became of one element.
    private struct Element {
        var id: ValueID
        var added: Int?
        var outcome = History.Outcome.refused
        var isAttempted = false
        /// When it was known for sure.
        var known = Int64.max
        /// The last answer that showed it.
        var lastPresent = Int64.min
        var lastPresentRow: Int?
        /// When the last read was sent that should have shown it, and did not.
        var lastAbsent = Int64.min
        var lastAbsentRow: Int?
        /// The place of the last read that shows it, among the reads.
        var lastSeen = -1
    }

    static func judge(_ history: History, _ options: Options, as check: Check) -> Judgement {
        var meter = Meter(options)
        var violations: [Violation] = []
        var totals = Totals()
        var proven = Prefix()
        for group in history.rowsByKey() {
            var one = OneSet(history, group.rows)
            guard one.search(&meter) else { break }
            violations += one.violations(duplicates: check == .set)
            totals.add(one.totals)
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
            } else if totals.reads == 0, totals.known > 0 {
                .unknown(.notShown("nobody read the set"), proven: Prefix())
            } else {
                .valid
            }
        return Judgement(check, verdict, operations: history.count, figures: totals.figures)
    }

    fileprivate struct Totals {
        var known = 0
        var reads = 0
        var stable = 0
        var lost = 0
        var stale = 0
        var duplicated = 0
        var unexpected = 0
        var recovered = 0
        var neverRead = 0

        mutating func add(_ other: Totals) {
            known += other.known
            reads += other.reads
            stable += other.stable
            lost += other.lost
            stale += other.stale
            duplicated += other.duplicated
            unexpected += other.unexpected
            recovered += other.recovered
            neverRead += other.neverRead
        }

        var figures: [Judgement.Figure] {
            [
                .init("known", known), .init("stable", stable), .init("lost", lost),
                .init("stale", stale), .init("duplicated", duplicated),
                .init("unexpected", unexpected), .init("recovered", recovered),
                .init("never read", neverRead),
            ]
        }
    }

    /// One set: a history may hold several, by key.
    fileprivate struct OneSet {
        private let history: History
        private let telling: Telling
        private var elements: [Element] = []
        /// Places of elements, by the number of their value; -1 for none.
        private var places: [Int32]
        private let reads: [Int]
        private var twice: [(element: ValueID, read: Int, count: Int)] = []
        private var foreign: [ValueID: Int] = [:]
        var totals = Totals()

        init(_ history: History, _ rows: [Int]) {
            self.history = history
            telling = Telling(history: history)
            places = [Int32](repeating: -1, count: history.values.count)
            reads = rows.filter {
                history.function($0) == .readAll && history.outcome($0) == .ok
                    && history.returned($0) != .max
            }.sorted { (history.invoked($0), $0) < (history.invoked($1), $1) }
            for row in rows where history.function(row) == .add { add(row) }
        }

        private mutating func add(_ row: Int) {
            let id = history.value(row)
            if places[Int(id.index)] < 0 {
                places[Int(id.index)] = Int32(truncatingIfNeeded: elements.count)
                elements.append(Element(id: id))
            }
            let place = Int(places[Int(id.index)])
            let outcome = history.outcome(row)
            if outcome != .refused { elements[place].isAttempted = true }
            if elements[place].added == nil || outcome == .ok { elements[place].added = row }
            if outcome == .ok {
                elements[place].outcome = .ok
                elements[place].known = min(elements[place].known, history.returned(row))
            } else if outcome == .unknown, elements[place].outcome == .refused {
                elements[place].outcome = .unknown
            }
        }

        /// The element with this value, if anybody tried to add it.
        private func element(_ id: ValueID) -> Element? {
            let place = places[Int(id.index)]
            return place < 0 ? nil : elements[Int(place)]
        }

        /// Goes through all reads. Returns `false` when the budget is spent.
        mutating func search(_ meter: inout Meter) -> Bool {
            guard meter.take(elements.count * 160 + places.count * 4) else { return false }
            totals.reads = reads.count
            // What a read shows is known from its answer on.
            for read in reads {
                let returned = history.returned(read)
                for part in history.values.parts(of: history.value(read)) {
                    guard meter.step() else { return false }
                    let place = Int(places[Int(part.index)])
                    if place >= 0 {
                        elements[place].known = min(elements[place].known, returned)
                    }
                }
            }
            for (index, read) in reads.enumerated() {
                guard look(read, index, &meter) else { return false }
            }
            return true
        }

        private mutating func look(_ read: Int, _ index: Int, _ meter: inout Meter) -> Bool {
            let returned = history.returned(read)
            var again: [ValueID: Int] = [:]
            for part in history.values.parts(of: history.value(read)) {
                guard meter.step() else { return false }
                let place = Int(places[Int(part.index)])
                if place < 0 || !elements[place].isAttempted {
                    foreign[part] = foreign[part] ?? read
                }
                guard place >= 0 else { continue }
                if elements[place].lastSeen == index { again[part, default: 1] += 1 }
                elements[place].lastSeen = index
                if returned > elements[place].lastPresent {
                    elements[place].lastPresent = returned
                    elements[place].lastPresentRow = read
                }
            }
            for (element, count) in again { twice.append((element, read, count)) }
            let sent = history.invoked(read)
            for place in elements.indices {
                guard meter.step() else { return false }
                if elements[place].lastSeen != index, elements[place].known < sent {
                    elements[place].lastAbsent = sent
                    elements[place].lastAbsentRow = read
                }
            }
            return true
        }

        mutating func violations(duplicates: Bool) -> [Violation] {
            var violations: [Violation] = []
            for element in elements {
                let id = element.id
                if element.known == .max {
                    totals.neverRead += element.outcome == .ok ? 1 : 0
                    continue
                }
                totals.known += 1
                if element.outcome == .unknown, element.lastPresentRow != nil {
                    totals.recovered += 1
                }
                if let absent = element.lastAbsentRow, element.lastPresent < element.lastAbsent {
                    totals.lost += 1
                    if history.isComplete {
                        violations.append(lost(id, element, absent))
                    }
                } else if element.lastAbsentRow != nil {
                    totals.stale += 1
                    totals.stable += 1
                } else if element.lastPresentRow != nil {
                    totals.stable += 1
                } else {
                    totals.neverRead += 1
                }
            }
            totals.duplicated = Set(twice.map(\.element)).count
            totals.unexpected = foreign.count
            guard duplicates else { return violations }
            var told: Set<ValueID> = []
            for (element, read, count) in twice where told.insert(element).inserted {
                let title = "\(telling.value(element)) is there \(count) times in one read"
                violations.append(violation(title, read, [self.element(element)?.added, read]))
            }
            for (element, read) in foreign {
                let added = self.element(element)?.added
                let why = added == nil ? "nobody ever added" : "was refused"
                violations.append(
                    violation(
                        "\(telling.value(element)), which \(why), was read", read, [added, read]))
            }
            return violations
        }

        private func lost(_ id: ValueID, _ element: Element, _ absent: Int) -> Violation {
            let acknowledged =
                element.outcome == .ok
                ? element.added.map {
                    let node = history.node($0).map { " by \($0)" } ?? ""
                    return ", acknowledged\(node) at \(telling.moment(history.returned($0))) to "
                        + history.client($0)
                } ?? "" : ", which had been read"
            return violation(
                "\(telling.value(id))\(acknowledged), is gone", absent,
                [element.added, element.lastPresentRow, absent],
                ["No read that was sent after \(telling.moment(history.invoked(absent))) shows it."]
            )
        }

        private func violation(
            _ title: String, _ read: Int, _ rows: [Int?], _ reasons: [String] = []
        ) -> Violation {
            let key = telling.key(read)
            return Violation(
                title: (key.map { "\($0): " } ?? "") + title, key: key, at: history.returned(read),
                operations: telling.witnesses(Set(rows.compactMap { $0 })), reasons: reasons)
        }
    }
}
