/// Finds the few operations on a key that contradict each other, and says why.
///
/// An operation is part of the contradiction only if there is none without it. A read is taken away by
/// leaving it out. A write can't be left out, or reads of its value would be wrong for want of it: it is
/// taken away by forgetting *when* it happened. What remains contradicts itself, by what was answered
/// and when.
struct RegisterWitness {
    private let history: History
    private let options: Options
    private let telling: Telling

    init(_ history: History, _ options: Options) {
        self.history = history
        self.options = options
        telling = Telling(history: history)
    }

    /// The violation at an event that no order gets beyond. `allowed` is the time for making it small;
    /// when that is over it is true, but longer.
    func violation(
        _ problem: RegisterProblem, _ event: Int, allowed: Duration
    ) -> Violation {
        var options = options
        options.time = allowed
        var meter = Meter(options)
        let stuck = problem.operations[Int(problem.events[event].operation)]
        let cut = problem.contradicted(by: event)
        var kept = Set(shrink(cut, [Bool](repeating: false, count: cut.count), &meter))
        kept.insert(stuck.row)
        // Some of these were answered later than that; with their answers fewer may be enough.
        let all = problem.operations
        kept = Set(shrink(all, all.map { !kept.contains($0.row) }, &meter))
        let witnesses = all.filter { kept.contains($0.row) }
        let last = witnesses.filter(\.mustHappen).max { $0.returned < $1.returned } ?? stuck
        let key = telling.key(last.row)
        let title = (key.map { "\($0): " } ?? "") + headline(last, witnesses)
        return Violation(
            title: title, key: key, at: last.returned,
            operations: telling.witnesses(kept), reasons: reasons(last, witnesses))
    }

    // MARK: Making it small

    /// The rows of the operations that can't be taken away, beside those that are gone already. Halves
    /// first, then quarters, … then one by one.
    private func shrink(
        _ all: [RegisterProblem.Operation], _ gone: [Bool], _ meter: inout Meter
    ) -> [Int] {
        var gone = gone
        let candidates = all.indices.filter { !gone[$0] }
            .sorted { all[$0].invoked < all[$1].invoked }
        var size = max(1, candidates.count / 2)
        while meter.spent == nil {
            var changed = false
            var start = 0
            while start < candidates.count, meter.spent == nil {
                let part = candidates[start..<min(start + size, candidates.count)]
                    .filter { !gone[$0] }
                start += size
                if part.isEmpty { continue }
                for index in part { gone[index] = true }
                if isContradiction(all, gone, &meter) {
                    changed = true
                } else {
                    for index in part { gone[index] = false }
                }
            }
            if size == 1, !changed { break }
            size = max(1, size / 2)
        }
        return all.indices.filter { !gone[$0] }.map { all[$0].row }
    }

    private func isContradiction(
        _ all: [RegisterProblem.Operation], _ gone: [Bool], _ meter: inout Meter
    ) -> Bool {
        var rest: [RegisterProblem.Operation] = []
        for index in all.indices {
            var operation = all[index]
            if gone[index] {
                if operation.isObservation { continue }
                operation.invoked = .min
                operation.returned = .max
            }
            rest.append(operation)
        }
        var search = RegisterSearch(RegisterProblem(rest))
        if case .stuck = search.run(&meter) { return true }
        return false
    }

    // MARK: Words

    private func headline(
        _ last: RegisterProblem.Operation, _ kept: [RegisterProblem.Operation]
    ) -> String {
        let deed = telling.deed(last.row)
        guard last.effect == .read || last.effect == .compareAndSet else {
            return "\(deed), which fits no order of what happened"
        }
        let needed = ValueID(last.a)
        if !isEverWritten(last) {
            let never = "although nobody ever wrote it"
            return last.effect == .read
                ? "\(deed), \(never)"
                : "\(deed), although nobody ever wrote \(telling.value(needed))"
        }
        let writers = rowsOfKey(last.row).filter { leaves($0, needed) }
        if needed != .null, let first = writers.map({ history.invoked($0) }).min(),
            first > last.returned
        {
            return "\(deed), although \(telling.value(needed)) was not written before "
                + telling.moment(first)
        }
        if let newer = overwriting(last, kept) {
            let value = telling.value(ValueID(newer.leaves ?? newer.a))
            let how = newer.leaves == nil ? "read" : "acknowledged"
            let again =
                needed == .null ? "" : ", and nobody wrote \(telling.value(needed)) after that"
            return "\(deed), although \(value) was \(how) at \(told(newer))\(again)"
        }
        return "\(deed), which fits no order of what happened"
    }

    private func told(_ operation: RegisterProblem.Operation) -> String {
        telling.moment(history.returned(operation.row))
    }

    private func rowsOfKey(_ row: Int) -> [Int] {
        (0..<history.count).filter { history.key($0) == history.key(row) }
    }

    /// Whether the value that it needs was there to begin with, or somebody may have written it.
    private func isEverWritten(_ operation: RegisterProblem.Operation) -> Bool {
        operation.a == ValueID.null.index
            || rowsOfKey(operation.row).contains { leaves($0, ValueID(operation.a)) }
    }

    /// Whether an operation may have left this value.
    private func leaves(_ row: Int, _ value: ValueID) -> Bool {
        if history.outcome(row) == .refused { return false }
        switch history.function(row) {
        case .write: return history.value(row) == value
        case .cas: return history.values.parts(of: history.value(row)).last == value
        default: return false
        }
    }

    /// A write that was acknowledged before the read began, or a read of another value that was answered
    /// before, and that was sent after all that wrote what was read had been answered.
    private func overwriting(
        _ last: RegisterProblem.Operation, _ kept: [RegisterProblem.Operation]
    ) -> RegisterProblem.Operation? {
        let value = ValueID(last.a)
        let writers = rowsOfKey(last.row).filter { leaves($0, value) }
        let latest = writers.map { history.returned($0) }.max() ?? .min
        return kept.filter { operation in
            operation.effect != .differs && (operation.leaves ?? operation.a) != last.a
                && history.outcome(operation.row) == .ok
                && history.returned(operation.row) < last.invoked
                && operation.invoked > latest
        }.max { history.returned($0.row) < history.returned($1.row) }
    }

    private func reasons(
        _ last: RegisterProblem.Operation, _ kept: [RegisterProblem.Operation]
    ) -> [String] {
        var reasons: [String] = []
        if overwriting(last, kept) != nil {
            reasons.append(
                "What was acknowledged must be seen by whoever asks afterwards, until it is "
                    + "overwritten.")
        } else if kept.count > 1 {
            reasons.append(
                "Each of them took effect at one moment between its two times, and a read shows "
                    + "what was written last. There is no such order of these \(kept.count).")
        }
        // Where the values came from that are not told of yet; when that was does not matter.
        let rows = Set(kept.map(\.row))
        for value in Set(kept.compactMap(\.needs)).sorted() {
            let writers = rowsOfKey(last.row).filter { leaves($0, ValueID(value)) }
            guard let writer = writers.first, writers.count == 1, !rows.contains(writer) else {
                continue
            }
            reasons.append(
                "\(telling.value(ValueID(value))) is from: \(telling.witness(writer).text).")
        }
        return reasons
    }
}
