import Testing

@testable import Checkers

@Suite("Sessions and sequential consistency")
struct SessionTests {
    private func verdict(_ check: Check, _ rows: [String]) throws -> Judgement {
        try judge(check, "register", rows)
    }

    @Test("who does not find its own acknowledged write is told; another one's may be late")
    func readYourWrites() throws {
        let own = [row(0, 10, "a", "write x", "1"), row(20, 30, "a", "read x", "null")]
        let found = try verdict(.readYourWrites, own)
        #expect(
            found.violations.first?.title
                == "x: a found nothing at x, after its own 1 was acknowledged")
        #expect(found.violations.first?.operations.map(\.row) == [0, 1])
        let other = [row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "null")]
        #expect(try verdict(.readYourWrites, other).verdict == .valid)
        let overlapping = [row(0, 10, "a", "write x", "1"), row(5, 30, "a", "read x", "null")]
        #expect(try verdict(.readYourWrites, overlapping).verdict == .valid)
    }

    @Test("a newer value, or one that may be newer, is as good as the own one")
    func newerIsFine() throws {
        let newer = [
            row(0, 10, "a", "write x", "1"), row(12, 14, "b", "write x", "2"),
            row(20, 30, "a", "read x", "2"),
        ]
        #expect(try verdict(.readYourWrites, newer).verdict == .valid)
        let overlapping = [
            row(0, 10, "a", "write x", "1"), row(5, 8, "b", "write x", "2"),
            row(20, 30, "a", "read x", "2"),
        ]
        #expect(try verdict(.readYourWrites, overlapping).verdict == .valid)
        let older = [
            row(0, 4, "b", "write x", "2"), row(5, 10, "a", "write x", "1"),
            row(20, 30, "a", "read x", "2"),
        ]
        #expect(try verdict(.readYourWrites, older).violations.count == 1)
        // A write of unknown outcome may have come between.
        let late = [
            row(0, nil, "b", "write x", "2", "unknown"), row(5, 10, "a", "write x", "1"),
            row(20, 30, "a", "read x", "2"),
        ]
        #expect(try verdict(.readYourWrites, late).verdict == .valid)
    }

    @Test("what a client reads never grows older; what two clients read may")
    func monotonicReads() throws {
        let writes = [row(0, 10, "w", "write x", "1"), row(20, 30, "w", "write x", "2")]
        let back =
            writes + [row(40, 50, "a", "read x", "2"), row(60, 70, "a", "read x", "1")]
        let found = try verdict(.monotonicReads, back)
        #expect(found.violations.first?.title == "x: a read 1 of x, after it had read the newer 2")
        #expect(found.violations.first?.operations.map(\.row) == [0, 1, 2, 3])
        #expect(found.violations.first?.at == 70)
        let two = writes + [row(40, 50, "a", "read x", "2"), row(60, 70, "b", "read x", "1")]
        #expect(try verdict(.monotonicReads, two).verdict == .valid)
        let overlapping =
            writes + [row(40, 65, "a", "read x", "2"), row(60, 70, "a", "read x", "1")]
        #expect(try verdict(.monotonicReads, overlapping).verdict == .valid)
        let gone = writes + [row(40, 50, "a", "read x", "1"), row(60, 70, "a", "read x", "null")]
        #expect(try verdict(.monotonicReads, gone).verdict.isInvalid)
    }

    @Test("late reads are sequentially consistent, as long as no client sees time go back")
    func sequential() throws {
        let late = [row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "null")]
        #expect(try judge(.linearizable, "register", late).verdict.isInvalid)
        #expect(try verdict(.sequential, late).verdict == .valid)
        let back = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "1"),
            row(40, 50, "b", "read x", "null"),
        ]
        let found = try verdict(.sequential, back)
        #expect(found.violations.first?.operations.map(\.row) == [1, 2])
    }

    @Test("keys that are each sequentially consistent need not be so together")
    func keysTogether() throws {
        // Each client misses what the other one wrote, after its own write.
        let rows = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "a", "read y", "null"),
            row(0, 10, "b", "write y", "1"), row(20, 30, "b", "read x", "null"),
        ]
        let found = try verdict(.sequential, rows)
        #expect(found.violations.first?.operations.count == 4)
        #expect(found.violations.first?.key == nil)
        for key in ["x", "y"] {
            let one = rows.filter { $0.contains("\"\(key)\"") }
            #expect(try verdict(.sequential, one).verdict == .valid)
        }
        let near = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "a", "read y", "null"),
            row(0, 10, "b", "write y", "1"), row(20, 30, "b", "read x", "1"),
        ]
        #expect(try verdict(.sequential, near).verdict == .valid)
    }

    @Test("5,000 small histories of two keys: the search and trying every order agree")
    func oracle() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var invalid = 0
        for number in 0..<5_000 {
            var oracle = RegisterOracle.random(&dice, operations: 2 + dice.below(6), keys: 2)
            oracle.operations.removeAll { if case .differs = $0.kind { true } else { false } }
            oracle.order = .ofClients
            let expected = oracle.isExplained()
            if !expected { invalid += 1 }
            let found = Check.sequential.judge(try history("register", oracle.rows()))
            #expect(
                found.verdict.isInvalid == !expected && !found.verdict.isUnknown,
                "seed \(seed), history \(number): \(oracle.rows())")
            if found.verdict.isInvalid != !expected { return }
        }
        #expect(invalid > 300)
    }

    @Test("a linearizable history keeps every promise to sessions and loses no write")
    func linearizableKeepsAll() throws {
        let seed = Dice.seed()
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        var seen = 0
        for number in 0..<5_000 {
            let oracle = RegisterOracle.random(&dice, operations: 2 + dice.below(7), keys: 2)
            let read = try history("register", oracle.rows())
            guard Check.linearizable.judge(read).verdict == .valid else { continue }
            seen += 1
            for check in [Check.sequential, .readYourWrites, .monotonicReads, .noLostWrites] {
                #expect(
                    check.judge(read).verdict == .valid,
                    "seed \(seed), history \(number), \(check): \(oracle.rows())")
            }
        }
        #expect(seen > 1_000)
    }
}
