import Testing

@testable import Checkers

@Suite("Registers against every order tried by hand")
struct RegisterOracleTests {
    @Test("20,000 small histories: the search and trying every order agree")
    func agree() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var valid = 0
        var invalid = 0
        for number in 0..<20_000 {
            let oracle = RegisterOracle.random(&dice, operations: 2 + dice.below(6))
            let expected = oracle.isExplained()
            let read = try history("register", oracle.rows())
            let found = Check.linearizable.judge(read, Options(refusedCompareObserves: true))
            if expected { valid += 1 } else { invalid += 1 }
            #expect(
                found.verdict.isInvalid == !expected && !found.verdict.isUnknown,
                "seed \(seed), history \(number): \(oracle.rows())")
            if found.verdict.isInvalid != !expected { return }
        }
        #expect(valid > 1_000 && invalid > 1_000, "\(valid) valid, \(invalid) invalid")
    }

    @Test("read as saying nothing, refused compare-and-sets are as good as not there")
    func refusedSayNothing() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var differing = 0
        for number in 0..<5_000 {
            var oracle = RegisterOracle.random(&dice, operations: 2 + dice.below(6))
            let rows = oracle.rows()
            let strict = oracle.isExplained()
            oracle.operations.removeAll { if case .differs = $0.kind { true } else { false } }
            let expected = oracle.isExplained()
            if strict != expected { differing += 1 }
            let found = Check.linearizable.judge(try history("register", rows))
            #expect(
                found.verdict.isInvalid == !expected, "seed \(seed), history \(number): \(rows)")
            if found.verdict.isInvalid != !expected { return }
        }
        #expect(differing > 10)
    }

    @Test("the operations that are named contradict each other, and none of them is too many")
    func witnesses() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var told = 0
        for number in 0..<4_000 {
            let oracle = RegisterOracle.random(&dice, operations: 3 + dice.below(5))
            let read = try history("register", oracle.rows())
            let options = Options(refusedCompareObserves: true)
            guard let violation = Check.linearizable.judge(read, options).violations.first else {
                continue
            }
            told += 1
            let rows = Set(violation.operations.map(\.row))
            #expect(!isExplained(oracle, rows), "seed \(seed), history \(number): too few")
            for row in rows where rows.count > 1 {
                #expect(
                    isExplained(oracle, rows.subtracting([row])),
                    "seed \(seed), history \(number): row \(row) is too many: \(oracle.rows())")
            }
        }
        #expect(told > 500)
    }

    /// Whether only these are held to their times, and all other reads are left out.
    private func isExplained(_ oracle: RegisterOracle, _ kept: Set<Int>) -> Bool {
        var oracle = oracle
        oracle.operations = oracle.operations.enumerated().compactMap { index, one in
            var one = one
            if kept.contains(index) { return one }
            switch one.kind {
            case .read, .differs: return nil
            case .write, .cas: one.isFree = true
            }
            return one
        }
        return oracle.isExplained()
    }

    @Test("a proven prefix is true: cut there, the history is explained")
    func prefixes() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var checked = 0
        for number in 0..<3_000 {
            let oracle = RegisterOracle.random(&dice, operations: 3 + dice.below(5))
            let read = try history("register", oracle.rows())
            var meter = Meter(Options())
            let found = Linearizability.judgeKeys(
                read, Options(refusedCompareObserves: true), &meter)
            guard found.verdict.isInvalid else { continue }
            checked += 1
            var cut = oracle
            cut.operations = oracle.operations.compactMap { one in
                guard Int64(one.invoked) < found.proven.before else { return nil }
                var one = one
                if let returned = one.returned, Int64(returned) >= found.proven.before {
                    if case .read = one.kind { return nil }
                    if case .differs = one.kind { return nil }
                    one.returned = nil
                }
                return one
            }
            #expect(cut.isExplained(), "seed \(seed), history \(number)")
        }
        #expect(checked > 300)
    }
}
