import Cluster
import Glibc
import Supervisor
import Testing

@testable import Lab

/// What faults of machines add up to, and how they are judged; nothing runs.
@Suite struct MachineLimitsTests {
    private static let node = NodeID(1)

    private func fault(
        _ number: UInt32, _ line: String, on nodes: [NodeID] = [node], began: Stamp = .zero
    ) throws -> FaultBook.Active {
        guard case .fault(let spec, _) = try Command(parsing: Substring(line)) else {
            throw LabError("no fault: \(line)")
        }
        return FaultBook.Active(
            record: FaultRecord(id: FaultID(number), text: line, nodes: nodes), spec: spec,
            link: nil, holds: [], began: began)
    }

    @Test func `the lowest limit counts, and whatever is healed in any order, the rest is left`()
        throws
    {
        let standing = MachineLimits(processor: 300_000)
        let lines = [
            "cpu a 20%", "cpu a 50%", "cpu a 5%", "files a 100", "files a 64", "disk a full",
            "disk a full", "memory a 64MB", "memory a 32MB", "clock a ahead 30s",
            "clock a behind 10s",
        ]
        let faults = try lines.enumerated().map { try fault(UInt32($0.offset + 1), $0.element) }
        let elsewhere = try fault(99, "cpu b 1%", on: [NodeID(2)])
        let seed = UInt64.random(in: 1...999_999)
        let random = KeyedRandom(seed: seed)
        for round in UInt64(0)..<200 {
            var book = FaultBook()
            book.insert(elsewhere)
            for fault in faults { book.insert(fault) }
            var left = Set(faults.map(\.record.id))
            // Removed in an order of this round.
            for step in UInt16(0)..<UInt16(faults.count) {
                let sorted = left.sorted()
                let bits = random.bits(.other, number: round, lane: step)
                let id = sorted[Int(KeyedRandom.scale(bits, below: UInt64(sorted.count)))]
                _ = book.remove(id)
                left.remove(id)
                var fresh = FaultBook()
                for fault in faults where left.contains(fault.record.id) { fresh.insert(fault) }
                #expect(
                    book.limits(of: Self.node, standing: standing)
                        == fresh.limits(of: Self.node, standing: standing), "seed \(seed)")
            }
            #expect(book.limits(of: Self.node, standing: standing) == standing, "seed \(seed)")
        }
        var all = FaultBook()
        for fault in faults { all.insert(fault) }
        let limits = all.limits(of: Self.node, standing: standing)
        #expect(limits.processor == 50_000 && limits.files == 64 && limits.diskIsFull)
        #expect(limits.memory == 32_000_000)
        #expect(limits.clock.ahead(at: .zero) == .seconds(20) && limits.clock.speed == 1)
        #expect(MachineLimits().processor == nil)
    }

    @Test func `what a clock has gained is a matter of when it began to run faster`() throws {
        let began = Stamp.zero + .seconds(10)
        var book = FaultBook()
        book.insert(try fault(1, "clock a speed 3", began: began))
        book.insert(try fault(2, "clock a behind 5s"))
        let clock = book.limits(of: Self.node, standing: MachineLimits()).clock
        #expect(clock.speed == 3)
        #expect(clock.ahead(at: began) == .seconds(-5))
        #expect(clock.ahead(at: began + .seconds(4)) == .seconds(3))
        // For a program that started two seconds before: 2 × 2 s less, since it runs from there.
        #expect(clock.setting(programStart: .zero + .seconds(8)) == "-9.000000000 x3.000000000")
        #expect(MachineClock().setting(programStart: began) == "+0.000000000 x1.000000000")
    }

    @Test func `a limit of processor time is judged in three ways`() {
        func verdict(_ used: Double, _ held: UInt64) -> Proof.Verdict {
            Judging.processor("a", used: used, limit: 0.2, heldBack: held, before: 1).verdict
        }
        #expect(verdict(0.2, 10) == .proved)
        #expect(verdict(0.9, 10) == .noEffect)
        #expect(verdict(0.05, 0) == .notProvable)
    }

    @Test func `a limit of memory is judged in three ways`() {
        func verdict(_ bytes: UInt64, _ refused: UInt64) -> Proof.Verdict {
            Judging.memory(
                "a", .init(bytes: bytes, refused: refused, killed: 0), limit: 100,
                before: .init(bytes: 50, refused: 1, killed: 0)
            ).verdict
        }
        #expect(verdict(90, 5) == .proved)
        #expect(verdict(120, 5) == .noEffect)
        #expect(verdict(50, 1) == .notProvable)
    }

    @Test func `open files, full disks and resets are judged in three ways`() {
        #expect(Judging.files("a", .init(processes: 2, lowered: 2), most: 9).verdict == .proved)
        #expect(Judging.files("a", .init(processes: 2, lowered: 0), most: 9).verdict == .noEffect)
        #expect(
            Judging.files("a", .init(processes: 0, lowered: 0), most: 9).verdict == .notProvable)
        #expect(Judging.fullDisk("a", before: 0, now: ENOSPC).verdict == .proved)
        #expect(Judging.fullDisk("a", before: 0, now: 0).verdict == .noEffect)
        #expect(Judging.fullDisk("a", before: ENOSPC, now: ENOSPC).verdict == .notProvable)
        #expect(Judging.fullDisk("a", before: nil, now: ENOSPC).verdict == .notProvable)
        #expect(Judging.reset(.init(ended: 2, left: 0)).verdict == .proved)
        #expect(Judging.reset(.init(ended: 2, left: 1)).verdict == .noEffect)
        #expect(Judging.reset(.init(ended: 0, left: 0)).verdict == .noEffect)
    }

    @Test func `a clock is judged in three ways`() {
        func verdict(_ gained: Double) -> Proof.Verdict {
            Judging.clock(
                "a", .clockAhead(.seconds(30)), before: .init(ahead: 1, speed: 1),
                now: .init(ahead: 1 + gained, speed: 1)
            ).verdict
        }
        #expect(verdict(30) == .proved)
        #expect(verdict(0) == .noEffect)
        #expect(verdict(12) == .notProvable)
        #expect(
            Judging.clock(
                "a", .clockSpeed(Fixed(2)), before: .init(ahead: 0, speed: 1),
                now: .init(ahead: 5, speed: 2)
            ).verdict == .proved)
    }
}
