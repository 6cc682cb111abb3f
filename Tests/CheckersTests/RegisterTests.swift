import Testing

@testable import Checkers

@Suite("Registers and maps")
struct RegisterTests {
    private func judge(_ rows: [String], _ options: Options = Options()) throws -> Judgement {
        try CheckersTests.judge(.linearizable, "register", rows, options)
    }

    @Test("what is read after an acknowledged write is what was written")
    func plain() throws {
        let good = [row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "1")]
        #expect(try judge(good).verdict == .valid)
        let bad = [row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "null")]
        let found = try judge(bad)
        #expect(found.violations.count == 1)
        #expect(found.violations.first?.operations.map(\.row) == [0, 1])
        #expect(
            found.violations.first?.title
                == "x: b found nothing at x, although 1 was acknowledged at 00:00.000")
    }

    @Test("a read that overlaps a write may show either value; two reads must agree on the order")
    func overlap() throws {
        for value in ["null", "1"] {
            let rows = [row(0, 30, "a", "write x", "1"), row(10, 20, "b", "read x", value)]
            #expect(try judge(rows).verdict == .valid)
        }
        let rows = [
            row(0, 50, "a", "write x", "1"), row(10, 20, "b", "read x", "1"),
            row(30, 40, "b", "read x", "null"),
        ]
        let found = try judge(rows)
        // When 1 was written does not matter; that is told beside.
        #expect(found.violations.first?.operations.map(\.row) == [1, 2])
        #expect(found.violations.first?.at == 40)
        #expect(
            found.violations.first?.reasons.last?.hasPrefix("1 is from: a wrote 1 to x") == true)
    }

    @Test("an old value that comes back is told with who had seen the newer one")
    func comesBack() throws {
        let rows = [
            row(0, 5, "a", "write x", "1"), row(10, 15, "a", "write x", "2"),
            row(20, 25, "b", "read x", "2"), row(30, 35, "c", "read x", "1"),
        ]
        let title = try judge(rows).violations.first?.title
        #expect(title?.hasPrefix("x: c read 1 of x, although 2 was ") == true)
        #expect(title?.hasSuffix("and nobody wrote 1 after that") == true)
    }

    @Test("times that touch overlap")
    func touching() throws {
        let rows = [row(0, 10, "a", "write x", "1"), row(10, 20, "b", "read x", "null")]
        #expect(try judge(rows).verdict == .valid)
        let apart = [row(0, 9, "a", "write x", "1"), row(10, 20, "b", "read x", "null")]
        #expect(try judge(apart).verdict.isInvalid)
    }

    @Test("keys do not disturb each other, and each broken one is told")
    func keys() throws {
        let rows = [
            row(0, 10, "a", "write x", "1"), row(0, 10, "b", "write y", "1"),
            row(20, 30, "a", "read x", "null"), row(20, 30, "b", "read y", "1"),
            row(0, 10, "c", "write z", "1"), row(40, 50, "c", "read z", "2"),
        ]
        let found = try judge(rows)
        #expect(found.violations.map(\.key) == ["x", "z"])
        #expect(found.count("keys broken") == 2)
        #expect(found.violations.last?.title.contains("nobody ever wrote it") == true)
    }

    @Test("a write of unknown outcome takes effect, at any later time, or never")
    func indeterminate() throws {
        let write = row(0, nil, "a", "write x", "1", "unknown")
        let sees = [write, row(100, 110, "b", "read x", "1")]
        #expect(try judge(sees).verdict == .valid)
        let misses = [write, row(100, 110, "b", "read x", "null")]
        #expect(try judge(misses).verdict == .valid)
        let late = misses + [row(120, 130, "b", "read x", "1")]
        #expect(try judge(late).verdict == .valid)
        // But it takes effect once, and does not go away again.
        let gone = late + [row(140, 150, "b", "read x", "null")]
        #expect(try judge(gone).verdict.isInvalid)
        // Nor does it take effect before it was sent.
        let early = [row(0, 10, "b", "read x", "1"), row(20, nil, "a", "write x", "1", "unknown")]
        #expect(try judge(early).verdict.isInvalid)
    }

    @Test("a compare-and-set of unknown outcome too, but only from the value that it expects")
    func indeterminateCompare() throws {
        let compare = row(20, nil, "a", "cas x", "[1,2]", "unknown")
        let first = row(0, 10, "b", "write x", "1")
        #expect(try judge([first, compare, row(30, 40, "b", "read x", "2")]).verdict == .valid)
        #expect(try judge([first, compare, row(30, 40, "b", "read x", "1")]).verdict == .valid)
        let other = row(0, 10, "b", "write x", "3")
        #expect(try judge([other, compare, row(30, 40, "b", "read x", "2")]).verdict.isInvalid)
    }

    @Test("what was refused did not happen")
    func refused() throws {
        let write = row(0, 10, "a", "write x", "1", "refused")
        #expect(try judge([write, row(20, 30, "b", "read x", "null")]).verdict == .valid)
        #expect(try judge([write, row(20, 30, "b", "read x", "1")]).verdict.isInvalid)
    }

    @Test("a refused compare-and-set says nothing, or that the value was another one: as asked")
    func refusedCompare() throws {
        let rows = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "b", "cas x", "[1,2]", "refused"),
        ]
        #expect(try judge(rows).verdict == .valid)
        #expect(try judge(rows, Options(refusedCompareObserves: true)).verdict.isInvalid)
        let near = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "b", "cas x", "[3,2]", "refused"),
        ]
        #expect(try judge(near, Options(refusedCompareObserves: true)).verdict == .valid)
        // A write of unknown outcome explains it.
        let explained = rows + [row(15, nil, "c", "write x", "7", "unknown")]
        #expect(try judge(explained, Options(refusedCompareObserves: true)).verdict == .valid)
    }

    @Test("two compare-and-sets from the same value can't both succeed")
    func twice() throws {
        let one = [
            row(0, 10, "a", "write x", "1"), row(20, 60, "b", "cas x", "[1,2]"),
            row(20, 60, "c", "cas x", "[1,3]", "refused"),
        ]
        #expect(try judge(one).verdict == .valid)
        let both = [
            row(0, 10, "a", "write x", "1"), row(20, 60, "b", "cas x", "[1,2]"),
            row(20, 60, "c", "cas x", "[1,3]"),
        ]
        let found = try judge(both)
        #expect(found.violations.first?.operations.map(\.row) == [1, 2])
    }

    @Test("dropped keys are not judged")
    func dropped() throws {
        let rows = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "null"),
            #"{"dropped":["x"]}"#,
        ]
        let found = try judge(rows)
        #expect(found.verdict == .valid)
        #expect(found.count("keys dropped") == 1)
    }

    @Test("a violation names the few operations that contradict each other, among thousands")
    func minimal() throws {
        var rows: [String] = []
        for index in 0..<2_000 {
            rows.append(row(index * 10, index * 10 + 15, "a", "write x", "\(index)"))
        }
        rows.append(row(30_000, 30_010, "b", "read x", "700"))
        let found = try judge(rows)
        let violation = try #require(found.violations.first)
        #expect(violation.operations.count == 3)
        #expect(violation.at == 30_010)
        #expect(violation.operations.last?.text.hasPrefix("b read 700 of x") == true)
        #expect(violation.operations.first?.text.hasPrefix("a wrote 700 to x") == true)
    }

    @Test("answers of one moment: what broke the order is named, whichever of them came last")
    func sameMoment() throws {
        let rows = [
            row(79, 113, "c1", "cas k", "[null,0]"), row(110, 124, "c2", "write k", "2"),
            row(117, 131, "c3", "write k", "1"), row(112, 150, "c0", "read k", "2"),
            row(136, 158, "c2", "read k", "1"), row(149, 158, "c4", "read k", "2"),
            row(158, 170, "c0", "read k", "1"),
        ]
        let found = Check.linearizable.judge(
            try history("register", rows), Options(refusedCompareObserves: true))
        let violation = try #require(found.violations.first)
        let named = Set(violation.operations.map(\.row))
        // Two reads that began when both writes were over show both values.
        #expect(named.isSuperset(of: [4, 5]), "\(named)")
    }
}
