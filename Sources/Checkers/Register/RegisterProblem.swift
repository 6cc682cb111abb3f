/// The operations on one key, ready to be searched: what can't matter is left out.
///
/// Left out are reads without an answer, what certainly did not happen, and operations of unknown
/// outcome whose effect nobody could ever notice: a value that nobody reads or compares with.
struct RegisterProblem {
    /// What an operation does to the value, and what it says about it.
    enum Effect: UInt8 {
        /// The value is `a`.
        case read
        /// The value becomes `a`.
        case write
        /// The value is `a`, and becomes `b`.
        case compareAndSet
        /// The value is not `a`.
        case differs
    }

    struct Operation {
        var row: Int
        var invoked: Int64
        /// `Int64.max`: may take effect at any time from `invoked` on, or never.
        var returned: Int64
        var effect: Effect
        var a: UInt32
        var b: UInt32 = 0

        var mustHappen: Bool { returned != .max }

        /// The value that it leaves.
        var leaves: UInt32? {
            switch effect {
            case .read, .differs: nil
            case .write: a
            case .compareAndSet: b
            }
        }

        /// The value that it takes for granted.
        var needs: UInt32? { effect == .read || effect == .compareAndSet ? a : nil }

        /// Whether it can take effect on this value.
        @inline(__always)
        func applies(to state: UInt32) -> Bool {
            switch effect {
            case .write: true
            case .read, .compareAndSet: state == a
            case .differs: state != a
            }
        }

        /// The value afterwards.
        @inline(__always)
        func apply(to state: UInt32) -> UInt32 {
            switch effect {
            case .read, .differs: state
            case .write: a
            case .compareAndSet: b
            }
        }

        /// Whether it changes nothing.
        @inline(__always)
        var isObservation: Bool { effect == .read || effect == .differs }
    }

    /// Something that happens to an operation.
    struct Event {
        var time: Int64
        var operation: UInt32
        var isReturn: Bool
    }

    /// In the order of being sent.
    private(set) var operations: [Operation]
    /// In the order of time. At the same time what is sent comes before what is answered: operations
    /// that touch overlap.
    private(set) var events: [Event]

    /// The operations of these rows. The value before the first write is `null`.
    init(_ history: History, _ rows: [Int], refusedCompareObserves: Bool) {
        var operations: [Operation] = []
        operations.reserveCapacity(rows.count)
        for row in rows {
            if let operation = Self.operation(history, row, refusedCompareObserves) {
                operations.append(operation)
            }
        }
        self.init(operations)
    }

    /// These operations, in any order.
    init(_ operations: [Operation]) {
        var operations = Self.noticeable(operations)
        operations.sort { ($0.invoked, $0.row) < ($1.invoked, $1.row) }
        var events: [Event] = []
        events.reserveCapacity(operations.count * 2)
        for (index, operation) in operations.enumerated() {
            let number = UInt32(truncatingIfNeeded: index)
            events.append(Event(time: operation.invoked, operation: number, isReturn: false))
            if operation.mustHappen {
                events.append(Event(time: operation.returned, operation: number, isReturn: true))
            }
        }
        events.sort {
            if $0.time != $1.time { return $0.time < $1.time }
            if $0.isReturn != $1.isReturn { return !$0.isReturn }
            return $0.operation < $1.operation
        }
        self.operations = operations
        self.events = events
    }

    private static func operation(
        _ history: History, _ row: Int, _ refusedCompareObserves: Bool
    ) -> Operation? {
        let outcome = history.outcome(row)
        let value = history.value(row)
        var operation = Operation(
            row: row, invoked: history.invoked(row), returned: history.returned(row),
            effect: .read, a: value.index)
        switch (history.function(row), outcome) {
        case (.read, .ok) where operation.mustHappen: return operation
        case (.write, .ok), (.write, .unknown): operation.effect = .write
        case (.cas, _):
            let parts = history.values.parts(of: value)
            guard let expected = parts.first, let new = parts.last else { return nil }
            operation.a = expected.index
            operation.b = new.index
            operation.effect = .compareAndSet
            if outcome == .refused {
                guard refusedCompareObserves else { return nil }
                operation.effect = .differs
            }
        default: return nil
        }
        return operation
    }

    /// Without those that need not happen and that nobody could notice.
    private static func noticeable(_ all: [Operation]) -> [Operation] {
        // Where an operation says what the value is not, any other value helps it.
        if all.allSatisfy(\.mustHappen) || all.contains(where: { $0.effect == .differs }) {
            return all
        }
        var kept = all
        while true {
            var needed: Set<UInt32> = []
            for operation in kept {
                if let value = operation.needs { needed.insert(value) }
            }
            let rest = kept.filter { operation in
                operation.mustHappen || operation.leaves.map { needed.contains($0) } ?? true
            }
            if rest.count == kept.count { return rest }
            kept = rest
        }
    }

    /// What an answer that no order gets beyond contradicts: all that was answered before it, as it was;
    /// what was not is there to take effect from its time on, or not at all.
    func contradicted(by index: Int) -> [Operation] {
        // Answers of the same moment stand before it or behind it.
        var isAnswered = [Bool](repeating: false, count: operations.count)
        for event in events[...index] where event.isReturn {
            isAnswered[Int(event.operation)] = true
        }
        return operations.enumerated().compactMap { number, operation in
            var operation = operation
            if !isAnswered[number] {
                if operation.isObservation { return nil }
                operation.returned = .max
            }
            return operation
        }
    }
}
