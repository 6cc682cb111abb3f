@testable import Checkers

/// Judges a handful of operations by trying every order: slow, obvious, and nothing in common with
/// what it is held against.
struct RegisterOracle {
    struct Operation {
        var invoked: Int
        /// `nil`: outcome unknown.
        var returned: Int?
        var client: Int
        var kind: Kind
        var key = 0
        /// Whether it is held to no time and need not happen.
        var isFree = false

        enum Kind {
            case read(Int)
            case write(Int)
            case cas(Int, Int)
            case differs(Int)
        }

        var mustHappen: Bool { returned != nil && !isFree }
    }

    enum Order {
        case realTime
        case ofClients
    }

    var operations: [Operation]
    var order = Order.realTime

    /// Whether there is an order that explains everything. The empty register is -1.
    func isExplained() -> Bool {
        explained(Array(operations.indices), [:])
    }

    private func explained(_ left: [Int], _ state: [Int: Int]) -> Bool {
        if !left.contains(where: { operations[$0].mustHappen }) { return true }
        for index in left where isFirst(index, left) {
            guard let next = apply(operations[index], state) else { continue }
            if explained(left.filter { $0 != index }, next) { return true }
        }
        return false
    }

    private func isFirst(_ index: Int, _ left: [Int]) -> Bool {
        let one = operations[index]
        if one.isFree { return true }
        return !left.contains { other in
            let other = operations[other]
            guard other.mustHappen, let returned = other.returned else { return false }
            return returned < one.invoked && (order == .realTime || other.client == one.client)
        }
    }

    private func apply(_ operation: Operation, _ state: [Int: Int]) -> [Int: Int]? {
        var next = state
        let value = state[operation.key] ?? -1
        switch operation.kind {
        case .read(let read): return value == read ? state : nil
        case .differs(let other): return value != other ? state : nil
        case .write(let new): next[operation.key] = new
        case .cas(let expected, let new):
            guard value == expected else { return nil }
            next[operation.key] = new
        }
        return next
    }

    /// The same operations as lines of a history, in the order of finishing.
    func rows() -> [String] {
        func told(_ value: Int) -> String { value < 0 ? "null" : "\(value)" }
        return operations.map { one in
            let outcome = one.returned == nil ? "unknown" : "ok"
            let key = "k\(one.key)"
            let client = "c\(one.client)"
            switch one.kind {
            case .read(let value):
                return row(
                    one.invoked, one.returned, client, "read \(key)", told(value), outcome)
            case .write(let value):
                return row(
                    one.invoked, one.returned, client, "write \(key)", told(value), outcome)
            case .cas(let expected, let new):
                return row(
                    one.invoked, one.returned, client, "cas \(key)",
                    "[\(told(expected)),\(told(new))]", outcome)
            case .differs(let value):
                return row(
                    one.invoked, one.returned, client, "cas \(key)", "[\(told(value)),9]",
                    "refused")
            }
        }
    }

    /// A history that a register might have had, with a few answers spoiled.
    static func random(
        _ dice: inout Dice, operations count: Int, keys: Int = 1, values: Int = 3,
        overlapInSession: Bool = true
    ) -> RegisterOracle {
        var operations: [Operation] = []
        var state: [Int: Int] = [:]
        var free: [Int: Int] = [:]
        for moment in 0..<count {
            let client = dice.below(3)
            let key = dice.below(keys)
            // It takes effect at its moment, give or take.
            var invoked = moment * 10 - dice.below(25)
            if !overlapInSession { invoked = max(invoked, free[client] ?? 0) }
            var returned: Int? = moment * 10 + 1 + dice.below(25)
            if !overlapInSession {
                invoked = min(invoked, moment * 10)
                returned = max(moment * 10 + 1, min(returned ?? 0, moment * 10 + 9))
            }
            let value = state[key] ?? -1
            let isSpoiled = dice.chance(8)
            let kind: Operation.Kind
            switch dice.below(6) {
            case 0, 1, 2:
                kind = .read(isSpoiled ? dice.below(values + 1) - 1 : value)
            case 3, 4:
                let new = dice.below(values)
                kind = .write(new)
                if dice.chance(5) { returned = nil }
                if returned != nil || dice.chance(2) { state[key] = new }
            default:
                let expected = dice.chance(2) ? value : dice.below(values + 1) - 1
                let new = dice.below(values)
                if expected == value || isSpoiled {
                    kind = .cas(expected, new)
                    if dice.chance(5) { returned = nil }
                    if returned != nil || dice.chance(2), expected == value { state[key] = new }
                } else {
                    kind = .differs(dice.chance(4) ? value : expected)
                }
            }
            free[client] = (returned ?? moment * 10 + 5) + 1
            operations.append(
                Operation(
                    invoked: max(0, invoked + 100), returned: returned.map { $0 + 100 },
                    client: client, kind: kind, key: key))
        }
        return RegisterOracle(operations: operations)
    }
}
