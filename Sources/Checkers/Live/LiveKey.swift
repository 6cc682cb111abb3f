/// One key while a run goes on: its open operations, and every state that it may be in.
///
/// A state is a value with the open operations that have taken effect (Lowe's just-in-time
/// linearization, breadth first): nothing of what is over is kept. One that needed fewer operations of
/// unknown outcome can do all that one with more can, so the latter is forgotten.
struct LiveKey: Sendable {
    struct State: Hashable, Sendable {
        var value: Value
        /// Open operations that took effect, by slot.
        var done: UInt64 = 0
        /// Operations of unknown outcome that did, by number, ascending.
        var used: [UInt32] = []

        /// Whether it can do all that the other one can.
        func covers(_ other: State) -> Bool {
            value == other.value && done == other.done
                && used.allSatisfy { other.used.contains($0) }
        }
    }

    /// The states that are possible now. Empty: none is, the key is broken.
    private(set) var states: [State] = [State(value: .null)]
    /// Open operations by slot.
    private var open: [LiveOperation?] = []
    /// Operations of unknown outcome that may still take effect.
    private var unknown: [(number: UInt32, operation: LiveOperation)] = []
    private var nextUnknown: UInt32 = 0

    /// What a key may hold at most; with more it is not judged any more.
    struct Limits: Sendable {
        var states = 4_096
        var unknown = 256
    }

    /// There are more states or open operations than may be kept.
    struct Overflow: Error {}

    /// An operation was sent. Returns its slot; `nil` for one of unknown outcome.
    mutating func begin(_ operation: LiveOperation, _ limits: Limits) throws(Overflow) -> Int? {
        guard operation.returned != nil else {
            if operation.isRead { return nil }
            guard unknown.count < limits.unknown else { throw Overflow() }
            unknown.append((nextUnknown, operation))
            nextUnknown += 1
            return nil
        }
        let slot = open.firstIndex { $0 == nil } ?? open.count
        guard slot < 64 else { throw Overflow() }
        if slot == open.count { open.append(operation) } else { open[slot] = operation }
        for index in states.indices { observe(&states[index]) }
        return slot
    }

    /// The operation in this slot was answered. Returns whether any state allows that.
    mutating func end(_ slot: Int, _ limits: Limits) throws(Overflow) -> Bool {
        let bit: UInt64 = 1 << UInt64(slot)
        var seen = Set(states)
        var queue = states
        var head = 0
        var after: [State] = []
        while head < queue.count {
            var state = queue[head]
            head += 1
            if state.done & bit != 0 {
                state.done &= ~bit
                keep(state, in: &after)
                if after.count > limits.states { throw Overflow() }
                continue
            }
            for next in successors(of: state) where seen.insert(next).inserted {
                queue.append(next)
            }
            if queue.count > limits.states * 4 { throw Overflow() }
        }
        open[slot] = nil
        states = after
        forget()
        return !states.isEmpty
    }

    /// Reads that show the value of a state are in nobody's way.
    private func observe(_ state: inout State) {
        for (slot, operation) in open.enumerated() {
            guard let operation, operation.isRead, operation.applies(to: state.value) else {
                continue
            }
            state.done |= 1 << UInt64(slot)
        }
    }

    private func successors(of state: State) -> [State] {
        var next: [State] = []
        for (slot, operation) in open.enumerated() {
            guard let operation, state.done >> UInt64(slot) & 1 == 0,
                operation.applies(to: state.value)
            else { continue }
            var other = state
            other.done |= 1 << UInt64(slot)
            other.value = operation.apply(to: state.value)
            observe(&other)
            next.append(other)
        }
        for (number, operation) in unknown
        where !state.used.contains(number) && operation.applies(to: state.value) {
            let value = operation.apply(to: state.value)
            if value == state.value { continue }
            var other = state
            other.value = value
            other.used.append(number)
            other.used.sort()
            observe(&other)
            next.append(other)
        }
        return next
    }

    /// Adds a state unless another one covers it.
    private func keep(_ state: State, in states: inout [State]) {
        if states.contains(where: { $0.covers(state) }) { return }
        states.removeAll { state.covers($0) }
        states.append(state)
    }

    /// What took effect in every state is over.
    private mutating func forget() {
        guard let first = states.first, !first.used.isEmpty else { return }
        for number in first.used where states.allSatisfy({ $0.used.contains(number) }) {
            for index in states.indices { states[index].used.removeAll { $0 == number } }
            unknown.removeAll { $0.number == number }
        }
    }
}
