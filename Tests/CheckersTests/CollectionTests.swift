import Testing

@testable import Checkers

@Suite("Sets, counters, identifiers, banks")
struct CollectionTests {
    @Test("a set: what is there, late, there twice, from nowhere, recovered or lost")
    func set() throws {
        let good = [
            row(0, 10, "a", "add", "1"), row(20, 30, "b", "read-all", "[]"),
            row(40, 50, "b", "read-all", "[1]"),
        ]
        let late = try judge(.set, "set", good)
        #expect(late.verdict == .valid)
        #expect(late.count("stale") == 1 && late.count("stable") == 1)

        let lost = [
            row(0, 10, "a", "add", "1", node: "n1"), row(20, 30, "b", "read-all", "[1]"),
            row(40, 50, "b", "read-all", "[]"),
        ]
        let found = try judge(.set, "set", lost)
        #expect(
            found.violations.map(\.title) == ["1, acknowledged by n1 at 00:00.000 to a, is gone"])
        #expect(found.violations.first?.operations.map(\.row) == [0, 1, 2])
        #expect(found.violations.first?.at == 50)
        #expect(try judge(.noLostWrites, "set", lost).verdict.isInvalid)

        let twice = try judge(
            .set, "set", [row(0, 10, "a", "add", "1"), row(20, 30, "b", "read-all", "[1,1]")])
        #expect(twice.violations.first?.title == "1 is there 2 times in one read")
        #expect(twice.count("duplicated") == 1)

        let nowhere = try judge(.set, "set", [row(20, 30, "b", "read-all", "[7]")])
        #expect(nowhere.count("unexpected") == 1 && nowhere.verdict.isInvalid)
        let refused = try judge(
            .set, "set",
            [row(0, 10, "a", "add", "7", "refused"), row(20, 30, "b", "read-all", "[7]")])
        #expect(refused.violations.first?.title == "7, which was refused, was read")

        let recovered = try judge(
            .set, "set",
            [row(0, nil, "a", "add", "1", "unknown"), row(20, 30, "b", "read-all", "[1]")])
        #expect(recovered.verdict == .valid && recovered.count("recovered") == 1)
        let never = try judge(
            .set, "set",
            [row(0, nil, "a", "add", "1", "unknown"), row(20, 30, "b", "read-all", "[]")])
        #expect(never.verdict == .valid && never.count("recovered") == 0)
    }

    @Test("of a set without its end only duplicates and strangers are proved")
    func tornSet() throws {
        let lost = [row(0, 10, "a", "add", "1"), row(20, 30, "b", "read-all", "[]")]
        #expect(try judge(.set, "set", lost, complete: false).verdict.isUnknown)
        let twice = [row(0, 10, "a", "add", "1"), row(20, 30, "b", "read-all", "[1,1]")]
        #expect(try judge(.set, "set", twice, complete: false).verdict.isInvalid)
        let unread = [row(0, 10, "a", "add", "1")]
        #expect(try judge(.set, "set", unread).verdict.isUnknown)
    }

    @Test("an element that is seen by a read that overlaps the last missing one is not lost")
    func overlappingReads() throws {
        let rows = [
            row(0, 10, "a", "add", "1"), row(20, 60, "b", "read-all", "[1]"),
            row(30, 40, "c", "read-all", "[]"),
        ]
        #expect(try judge(.set, "set", rows).verdict == .valid)
        let apart = [
            row(0, 10, "a", "add", "1"), row(20, 29, "b", "read-all", "[1]"),
            row(30, 40, "c", "read-all", "[]"),
        ]
        #expect(try judge(.set, "set", apart).verdict.isInvalid)
    }

    @Test("a counter shows the sum of what certainly happened and of any of what may have")
    func counter() throws {
        func verdict(_ read: String, _ more: [String] = []) throws -> Judgement {
            try judge(
                .counter, "counter",
                [
                    row(0, 10, "a", "increment", "5"),
                    row(0, nil, "b", "increment", "3", "unknown"),
                    row(0, 10, "c", "increment", "100", "refused"), row(20, 60, "d", "read", read),
                    row(30, 40, "a", "increment", "-2"),
                ] + more)
        }
        for sum in ["5", "8", "3", "6"] { #expect(try verdict(sum).verdict == .valid) }
        for sum in ["0", "7", "4", "108", "105"] { #expect(try verdict(sum).verdict.isInvalid) }
        let found = try verdict("7")
        #expect(found.violations.first?.title == "d read 7, although it was 3 to 8")
        // Later reads know more.
        #expect(try verdict("5", [row(70, 80, "d", "read", "3")]).verdict == .valid)
        #expect(try verdict("5", [row(70, 80, "d", "read", "5")]).verdict.isInvalid)
    }

    @Test("sums beyond 64 bits are sums, not traps")
    func hugeSums() throws {
        let most = "\(Int64.max)"
        let rows = [
            row(0, 10, "a", "increment", most), row(0, 10, "b", "increment", most),
            row(20, 30, "c", "read", most),
        ]
        #expect(try judge(.counter, "counter", rows).verdict.isInvalid)
    }

    @Test("an identifier that is handed out twice is told with both who got it")
    func uniqueIDs() throws {
        let rows = [
            row(0, 10, "a", "generate", #"["n1",1]"#), row(0, 10, "b", "generate", #"["n1",2]"#),
            row(0, nil, "c", "generate", "null", "unknown"),
            row(0, nil, "c", "generate", "null", "unknown"),
        ]
        #expect(try judge(.uniqueIDs, "unique-ids", rows).verdict == .valid)
        let again = rows + [row(20, 30, "b", "generate", #"["n1",1]"#)]
        let found = try judge(.uniqueIDs, "unique-ids", again)
        #expect(found.violations.first?.title == #"["n1",1] was handed out 2 times"#)
        #expect(found.violations.first?.operations.map(\.row) == [0, 4])
    }

    @Test("money moves, and its total stays; a read of half a transfer is told with the transfer")
    func bank() throws {
        func verdict(_ balances: String) throws -> Judgement {
            try judge(
                .bankTotal, "bank",
                [
                    row(0, 10, "a", "balances", #"{"x":10,"y":10}"#),
                    row(20, 30, "b", "transfer", #"{"from":"x","to":"y","amount":5}"#),
                    row(22, 28, "c", "balances", balances),
                ])
        }
        for good in [#"{"x":10,"y":10}"#, #"{"y":15,"x":5}"#, #"{"x":0,"y":20}"#] {
            #expect(try verdict(good).verdict == .valid)
        }
        let half = try verdict(#"{"x":5,"y":10}"#)
        #expect(half.violations.first?.title == "c saw 15 in all instead of 20: 5 too little")
        #expect(half.violations.first?.reasons.first?.hasPrefix("Meanwhile b moved") == true)
        let more = try verdict(#"{"x":10,"y":15}"#)
        #expect(more.violations.first?.title == "c saw 25 in all instead of 20: 5 too much")
        #expect(try verdict(#"{"x":-5,"y":25}"#).violations.first?.title == "c saw x below zero")
        #expect(try verdict(#"{"x":20}"#).violations.first?.title == "c did not see y")
    }

    @Test("two readers that see two writes in opposite orders are a long fork; one order is none")
    func longFork() throws {
        func reader(_ at: Int, _ client: String, _ x: String, _ y: String) -> String {
            row(at, at + 5, client, "txn", #"[["r","x",\#(x)],["r","y",\#(y)]]"#)
        }
        let writes = [
            row(0, 50, "a", "txn", #"[["w","x",1]]"#), row(0, 50, "b", "txn", #"[["w","y",2]]"#),
        ]
        let fork = writes + [reader(10, "c", "1", "null"), reader(10, "d", "null", "2")]
        let found = try judge(.longFork, "rw-register", fork)
        #expect(found.violations.first?.operations.map(\.row) == [0, 1, 2, 3])
        #expect(try judge(.rwRegister, "rw-register", fork).verdict.isInvalid)
        let near = writes + [reader(10, "c", "1", "null"), reader(10, "d", "1", "2")]
        #expect(try judge(.longFork, "rw-register", near).verdict == .valid)
        #expect(try judge(.rwRegister, "rw-register", near).verdict == .valid)
        #expect(try judge(.longFork, "rw-register", writes).verdict.isUnknown)
    }
}
