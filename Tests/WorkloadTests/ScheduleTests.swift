internal import Testing

@testable internal import Workload

@Suite("Schedule of an open loop") struct ScheduleTests {
    private let second: Int64 = 1_000_000_000

    @Test("makes as many operations as the rate says, evenly", arguments: [1.0, 7, 200, 9_999])
    func rate(rate: Double) {
        var schedule = Schedule(rate: rate, from: 5)
        var moments: [Int64] = []
        while let moment = schedule.take(now: 5 + 10 * second - 1) { moments.append(moment) }
        #expect(moments.count == Int(rate) * 10)
        let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { abs(Double($0) - 1e9 / rate) <= 1 })
    }

    @Test("owes all that was due, however late it is asked")
    func late() {
        var late = Schedule(rate: 100, from: 0)
        var punctual = Schedule(rate: 100, from: 0)
        var asked: [Int64] = []
        for now in stride(from: Int64(0), through: second, by: 1_000_000) {
            while let moment = punctual.take(now: now) { asked.append(moment) }
        }
        var owed: [Int64] = []
        while let moment = late.take(now: second) { owed.append(moment) }
        #expect(owed == asked)
    }

    @Test("passes over exactly what it would have made", arguments: [3.0, 100, 1_234.5])
    func skips(rate: Double) {
        for moment in stride(from: Int64(0), to: 3 * second, by: 77_777_777) {
            var skipping = Schedule(rate: rate, from: 1_000)
            var taking = skipping
            var count: Int64 = 0
            while let next = taking.next, next < moment {
                _ = taking.take(now: next)
                count += 1
            }
            #expect(skipping.skip(before: moment) == count)
            #expect(skipping.next == taking.next)
        }
    }

    @Test("a new rate begins at once, and none makes nothing")
    func changes() {
        var schedule = Schedule(rate: 0, from: 0)
        #expect(schedule.next == nil && schedule.take(now: 10 * second) == nil)
        schedule.change(rate: 10, now: 10 * second)
        #expect(schedule.take(now: 10 * second) == 10 * second)
        #expect(schedule.next == 10 * second + second / 10)
        schedule.change(rate: 0, now: 11 * second)
        #expect(schedule.next == nil && schedule.skip(before: .max) == 0)
    }
}
