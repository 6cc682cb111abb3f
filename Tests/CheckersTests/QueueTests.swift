import Testing

@testable import Checkers

@Suite("Queues")
struct QueueTests {
    private let drained = row(900, 910, "z", "dequeue", "null")

    @Test("what went in comes out once; lost, twice, from nowhere and recovered are told apart")
    func outcomes() throws {
        let put = row(0, 10, "a", "enqueue", "1", node: "q-1")
        let take = row(20, 30, "b", "dequeue", "1")
        #expect(try judge(.queue, "queue", [put, take, drained]).verdict == .valid)

        let lost = try judge(.queue, "queue", [put, drained])
        #expect(
            lost.violations.map(\.title) == ["1, acknowledged by q-1 at 00:00.000 to a, is gone"])
        #expect(lost.count("lost") == 1)

        let again = row(40, 50, "c", "dequeue", "1")
        let twice = try judge(.queue, "queue", [put, take, again, drained])
        #expect(twice.violations.map(\.title) == ["1 was taken out 2 times"])

        let nowhere = try judge(.queue, "queue", [take, drained])
        #expect(nowhere.violations.map(\.title) == ["1, which nobody put in, was taken out"])

        let unknown = row(0, nil, "a", "enqueue", "1", "unknown")
        let recovered = try judge(.queue, "queue", [unknown, take, drained])
        #expect(recovered.verdict == .valid && recovered.count("recovered") == 1)
        #expect(try judge(.queue, "queue", [unknown, drained]).verdict == .valid)
    }

    @Test("what may still be inside, or may have gone to somebody without an answer, is not lost")
    func cannotTell() throws {
        let put = row(0, 10, "a", "enqueue", "1")
        #expect(try judge(.queue, "queue", [put]).verdict.isUnknown)
        let unanswered = row(20, nil, "b", "dequeue", "null", "unknown")
        #expect(try judge(.queue, "queue", [put, unanswered, drained]).verdict.isUnknown)
        let two = [put, row(0, 10, "a", "enqueue", "2"), unanswered, drained]
        let found = try judge(.queue, "queue", two)
        #expect(
            found.violations.map(\.title) == ["at least 1 of 2 acknowledged elements are gone"])
        #expect(try judge(.queue, "queue", [put, drained], complete: false).verdict.isUnknown)
    }

    @Test(
        "order is judged where it is promised: an element must not overtake one that was in before")
    func order() throws {
        let rows = [
            row(0, 10, "a", "enqueue", "1"), row(20, 30, "a", "enqueue", "2"),
            row(40, 50, "b", "dequeue", "2"), row(60, 70, "b", "dequeue", "1"), drained,
        ]
        #expect(try judge(.queue, "queue", rows).verdict == .valid)
        let found = try judge(.fifo, "queue", rows)
        #expect(found.violations.first?.title == "2 overtook 1")
        #expect(found.violations.first?.operations.map(\.row) == [0, 1, 2, 3])
        let overlapping = [
            row(0, 25, "a", "enqueue", "1"), row(20, 30, "a", "enqueue", "2"),
            row(40, 50, "b", "dequeue", "2"), row(60, 70, "b", "dequeue", "1"), drained,
        ]
        #expect(try judge(.fifo, "queue", overlapping).verdict == .valid)
    }

    @Test("a queue is not empty while one element after the other is certainly inside")
    func empty() throws {
        let first = [row(0, 10, "a", "enqueue", "1"), row(60, 70, "b", "dequeue", "1")]
        let second = [row(30, 55, "a", "enqueue", "2"), row(200, 210, "b", "dequeue", "2")]
        let rows = first + second + [row(50, 100, "c", "dequeue", "null"), drained]
        let found = try judge(.fifo, "queue", rows)
        #expect(found.violations.first?.operations.map(\.row) == [0, 2, 4, 1, 3])
        // Between 70 and 80 it may have been empty.
        let gap =
            first + [row(75, 80, "a", "enqueue", "2"), row(200, 210, "b", "dequeue", "2")]
            + [row(50, 100, "c", "dequeue", "null"), drained]
        #expect(try judge(.fifo, "queue", gap).verdict == .valid)
    }

    @Test("10,000 small histories: what is found agrees with trying every order")
    func oracle() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var invalid = 0
        for number in 0..<10_000 {
            let oracle = QueueOracle.random(&dice, operations: 3 + dice.below(5))
            let expected = oracle.isExplained()
            if !expected { invalid += 1 }
            let rows = oracle.rows() + [row(900, 910, "z", "dequeue", "null")]
            let found = try judge(.fifo, "queue", rows)
            #expect(
                found.verdict.isInvalid == !expected && !found.verdict.isUnknown,
                "seed \(seed), history \(number): \(rows)")
            if found.verdict.isInvalid != !expected { return }
        }
        #expect(invalid > 1_000)
    }
}

/// A queue by trying every order; it is found empty at the end.
struct QueueOracle {
    struct Operation {
        var invoked: Int
        var returned: Int
        /// Positive: put in. Negative: taken out. Zero: found empty.
        var element: Int
    }

    var operations: [Operation]

    func isExplained() -> Bool {
        explained(Array(operations.indices), [])
    }

    private func explained(_ left: [Int], _ queue: [Int]) -> Bool {
        if left.isEmpty { return queue.isEmpty }
        for index in left {
            let one = operations[index]
            if left.contains(where: { operations[$0].returned < one.invoked }) { continue }
            var next = queue
            if one.element > 0 {
                next.append(one.element)
            } else if one.element < 0 {
                guard next.first == -one.element else { continue }
                next.removeFirst()
            } else if !queue.isEmpty {
                continue
            }
            if explained(left.filter { $0 != index }, next) { return true }
        }
        return false
    }

    func rows() -> [String] {
        operations.map { one in
            row(
                one.invoked, one.returned, "c", one.element > 0 ? "enqueue" : "dequeue",
                one.element == 0 ? "null" : "\(abs(one.element))")
        }
    }

    static func random(_ dice: inout Dice, operations count: Int) -> QueueOracle {
        var operations: [Operation] = []
        var queue: [Int] = []
        var next = 1
        func add(_ element: Int, _ moment: Int, _ dice: inout Dice) {
            operations.append(
                Operation(
                    invoked: 100 + moment * 10 - dice.below(25),
                    returned: 101 + moment * 10 + dice.below(25), element: element))
        }
        for moment in 0..<count {
            if dice.chance(2) {
                queue.append(next)
                add(next, moment, &dice)
                next += 1
            } else if queue.isEmpty || dice.chance(12) {
                add(0, moment, &dice)
            } else {
                // Now and then from the wrong end, or twice.
                let place = dice.chance(6) ? queue.count - 1 : 0
                add(-queue[place], moment, &dice)
                if !dice.chance(15) { queue.remove(at: place) }
            }
        }
        for (index, element) in queue.enumerated() where !dice.chance(10) {
            add(-element, count + index, &dice)
        }
        return QueueOracle(operations: operations)
    }
}
