import Testing

@testable import Checkers

@Suite("Lost writes of registers")
struct LostWriteTests {
    private func verdict(_ rows: [String], complete: Bool = true) throws -> Judgement {
        try judge(.noLostWrites, "register", rows, complete: complete)
    }

    @Test("a write that nobody finds at the end is lost; one that is found again was late")
    func atTheEnd() throws {
        let write = row(0, 10, "a", "write k17", "842", node: "redis-1")
        let old = row(1_500_000, 1_502_000, "b", "read k17", "null", node: "redis-2")
        let found = try verdict([write, old])
        #expect(
            found.violations.first?.title
                == "k17 = 842, acknowledged by redis-1 at 00:00.000 to a, is gone: nothing was read "
                + "instead")
        #expect(found.violations.first?.at == 1_502_000)
        #expect(found.violations.first?.operations.map(\.row) == [0, 1])
        let again = row(1_503_000, 1_504_000, "b", "read k17", "842", node: "redis-2")
        let late = try verdict([write, old, again])
        #expect(late.verdict == .valid)
        #expect(late.count("reads that missed") == 1)
    }

    @Test("without the end of the history nobody knows whether it would have come back")
    func torn() throws {
        let rows = [row(0, 10, "a", "write x", "1"), row(20, 30, "b", "read x", "null")]
        let found = try verdict(rows, complete: false)
        #expect(found.verdict.isUnknown)
        #expect(found.count("reads that missed") == 1)
    }

    @Test("what was overwritten is not lost, and what overlapped another write may be overwritten")
    func overwritten() throws {
        let over = [
            row(0, 10, "a", "write x", "1"), row(20, 30, "b", "write x", "2"),
            row(40, 50, "c", "read x", "2"),
        ]
        #expect(try verdict(over).verdict == .valid)
        let overlap = [
            row(0, 25, "a", "write x", "1"), row(20, 30, "b", "write x", "2"),
            row(40, 50, "c", "read x", "1"),
        ]
        #expect(try verdict(overlap).verdict == .valid)
        // A write of unknown outcome explains what was read.
        let unknown = [
            row(0, 10, "a", "write x", "1"), row(5, nil, "b", "write x", "2", "unknown"),
            row(40, 50, "c", "read x", "2"),
        ]
        #expect(try verdict(unknown).verdict == .valid)
    }

    @Test("a replica that is behind loses nothing, even if the key is overwritten meanwhile")
    func replicaBehind() throws {
        let rows = [
            row(0, 10, "a", "write x", "1", node: "kv-1"),
            row(20, 30, "b", "read x", "null", node: "kv-2"),
            row(40, 50, "a", "write x", "2", node: "kv-1"),
            row(60, 70, "b", "read x", "2", node: "kv-2"),
        ]
        #expect(try verdict(rows).verdict == .valid)
    }

    @Test("the node that acknowledged it and misses it has lost it, whatever is written later")
    func sameNode() throws {
        let rows = [
            row(0, 10, "a", "write x", "1", node: "kv-1"),
            row(20, 30, "b", "read x", "null", node: "kv-1"),
            row(40, 50, "a", "write x", "2", node: "kv-1"),
            row(60, 70, "b", "read x", "2", node: "kv-1"),
        ]
        let found = try verdict(rows)
        #expect(found.violations.count == 1)
        #expect(found.violations.first?.at == 30)
        #expect(found.violations.first?.reasons.first?.hasPrefix("kv-1 itself") == true)
    }

    @Test("a late read accuses nobody of losing what had been overwritten long before")
    func overwrittenLongBefore() throws {
        var rows = (0..<50).map { row($0 * 10, $0 * 10 + 5, "a", "write x", "\($0)", node: "kv-1") }
        rows.append(row(600, 610, "b", "read x", "3", node: "kv-1"))
        let found = try verdict(rows)
        #expect(found.violations.map { $0.title.prefix(7) } == ["x = 49,"])
        #expect(found.count("reads that missed") == 1)
    }

    @Test("a leader that takes writes without it has lost it, as in a split")
    func newLeader() throws {
        let rows = [
            row(0, 10, "a", "write x", "1", node: "redis-1"),
            row(20, 30, "b", "write y", "5", node: "redis-2"),
            row(40, 50, "b", "read x", "null", node: "redis-2"),
            row(60, 70, "b", "write x", "2", node: "redis-2"),
            row(80, 90, "b", "read x", "2", node: "redis-2"),
        ]
        let found = try verdict(rows)
        #expect(found.violations.map(\.key) == ["x"])
        #expect(found.violations.first?.operations.map(\.row) == [0, 1, 2])
        #expect(found.count("lost") == 1)
        // Had it shown up again, it had only been late.
        let back = rows + [row(100, 110, "b", "read x", "1", node: "redis-2")]
        #expect(try !verdict(back).violations.contains { $0.title.hasPrefix("x = 1,") })
    }

    @Test("where nodes pass writes on, who acknowledged one may show it later")
    func forwarding() throws {
        let rows = [
            row(0, 10, "c1", "write k", "1", node: "n1"),
            row(1_000, 1_010, "c1", "write k", "2", node: "n2"),
            row(1_020, 1_030, "c2", "write j", "7", node: "n3"),
            row(1_040, 1_050, "c2", "read k", "1", node: "n3"),
            row(1_060, 1_070, "c2", "read k", "1", node: "n2"),
            row(1_080, 1_090, "c1", "write k", "3", node: "n1"),
        ]
        let plain = text("register", rows)
        let forwarded = plain.replacing("\"seed\":42", with: "\"seed\":42,\"forwards\":true")
        let read = { try History(reading: Array(($0 as String).utf8)) }
        #expect(Check.noLostWrites.judge(try read(plain)).verdict.isInvalid)
        #expect(try read(forwarded).forwards && !read(plain).forwards)
        #expect(Check.noLostWrites.judge(try read(forwarded)).verdict == .valid)
    }

    @Test("the last read of a copy must have had its time")
    func patience() throws {
        func verdict(_ read: Int) throws -> Verdict {
            try judge(
                .noLostWrites, "register",
                [
                    row(0, 10, "c1", "write k", "1", node: "n1"),
                    row(1_000, 1_010, "c1", "write k", "2", node: "n1"),
                    row(read, read + 5, "c2", "read k", "1", node: "n2"),
                ]
            ).verdict
        }
        #expect(try verdict(3_000) == .valid)
        #expect(try verdict(1_500_000).isInvalid)
    }
}
