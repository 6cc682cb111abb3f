import Testing

@testable import Checkers

@Suite("Budgets and figures")
struct BudgetTests {
    /// Writes that all overlap and a read that nobody can explain: every subset of them has to be tried.
    private func hard(_ width: Int, rounds: Int = 1) throws -> History {
        var rows: [String] = []
        for round in 0..<rounds {
            let start = round * 1_000
            for index in 0..<width {
                rows.append(
                    row(start, start + 500 + index, "w\(index)", "write x", "\(index)"))
            }
            // Reads in an order that only all writes together allow.
            for index in 0..<width {
                rows.append(
                    row(start + 10, start + 480, "r\(index)", "cas x", "[\(index),\(index + 100)]"))
            }
        }
        rows.append(row(900_000, 900_001, "b", "read x", "77"))
        return try history("register", rows)
    }

    @Test("no time: unknown, and a prefix of which nothing is claimed")
    func noTime() throws {
        let read = try hard(4)
        let found = Check.linearizable.judge(read, Options(time: .zero))
        #expect(found.verdict.isUnknown)
        guard case .unknown(.time, let proven) = found.verdict else {
            Issue.record("\(found.verdict)")
            return
        }
        #expect(proven.keys == 0 && proven.ofKeys == 1)
    }

    @Test("memory that is used up ends as unknown, within it, with a prefix that is true")
    func memory() throws {
        let read = try hard(14, rounds: 3)
        for budget in [200_000, 1_000_000, 4_000_000] {
            let options = Options(memory: budget)
            var meter = Meter(options)
            let found = Linearizability.judgeKeys(read, options, &meter)
            #expect(meter.peak <= budget)
            guard case .unknown(.memory(budget), let proven) = found.verdict else {
                Issue.record("\(budget): \(found.verdict)")
                continue
            }
            // What is claimed holds by itself: so much of the history is linearizable.
            let rows = (0..<read.count).filter { read.returned($0) < proven.before }
            #expect(proven.operations == rows.count)
            let problem = RegisterProblem(read, rows, refusedCompareObserves: false)
            var search = RegisterSearch(problem)
            var free = Meter(Options())
            #expect(rows.count > 80)
            #expect(search.run(&free) == .found)
        }
    }

    @Test("what a search really takes stays within the memory that it was given")
    func realMemory() throws {
        let read = try hard(16, rounds: 2)
        func growth(_ budget: Int) -> Int {
            let before = ResidentMemory.peak()
            let found = Check.linearizable.judge(read, Options(time: .seconds(20), memory: budget))
            #expect(found.verdict.isUnknown)
            return ResidentMemory.peak() - before
        }
        _ = growth(1_000_000)
        let budget = 64_000_000
        // The allocator's own pages come on top.
        #expect(growth(budget) <= budget + budget / 4)
    }

    @Test("a cancelled task ends its check within 1,024 steps")
    func cancelled() async throws {
        let read = try hard(18, rounds: 2)
        let task = Task.detached { Check.linearizable.judge(read) }
        task.cancel()
        let found = await task.value
        guard case .unknown(.cancelled, _) = found.verdict else {
            Issue.record("\(found.verdict)")
            return
        }
    }

    @Test("every check ends as unknown when it has neither time nor memory, and says so")
    func allChecks() throws {
        let txn = row(0, 1, "a", "txn", #"[["r","x",null],["r","y",null]]"#)
        let histories: [String: [String]] = [
            "register": [row(0, 1, "a", "write x", "1"), row(2, 3, "a", "read x", "1")],
            "set": [row(0, 1, "a", "add", "1"), row(2, 3, "a", "read-all", "[1]")],
            "counter": [row(0, 1, "a", "increment", "1"), row(2, 3, "a", "read", "1")],
            "queue": [row(0, 1, "a", "enqueue", "1"), row(2, 3, "a", "dequeue", "1")],
            "unique-ids": [row(0, 1, "a", "generate", "1")],
            "bank": [row(0, 1, "a", "balances", #"{"x":1}"#)],
            "append": [txn], "rw-register": [txn],
        ]
        for (kind, rows) in histories {
            let read = try history(kind, rows)
            for check in Check.allCases where check.kinds.contains(read.kind) {
                for options in [Options(time: .zero), Options(memory: 1)] {
                    let found = check.judge(read, options)
                    #expect(found.verdict.isUnknown, "\(check) \(found.verdict)")
                }
                #expect(!check.judge(read).verdict.isInvalid, "\(check)")
            }
        }
    }
}
