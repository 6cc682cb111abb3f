import Cluster
import Faults
import Testing

@Suite("Timing")
struct TimingTests {
    private func timing(_ punctual: Int, _ late: Int, by microseconds: Int64) -> Timing {
        var lateness = LatencyHistogram()
        for _ in 0..<punctual { lateness.record(microseconds: 80) }
        for _ in 0..<late { lateness.record(microseconds: microseconds) }
        return Timing(lateness)
    }

    @Test(
        "more than one of a hundred delayed packets that is late disturbs, and is told with figures"
    )
    func disturbed() {
        let busy = timing(900, 100, by: 5_000)
        #expect(busy.late == 100 && busy.isDisturbed)
        #expect(
            busy.words.hasPrefix("disturbed: 100 of 1,000 delayed packets (10%) left more than 1ms")
        )
    }

    @Test("a few late ones, many that are late by little, and too few to tell do not")
    func undisturbed() {
        #expect(!timing(1_000, 9, by: 50_000).isDisturbed)
        #expect(!timing(0, 1_000, by: 900).isDisturbed)
        #expect(!timing(10, 80, by: 50_000).isDisturbed)
        #expect(timing(1_000, 9, by: 50_000).words.isEmpty)
    }
}
