import Testing

@testable import Cluster

@Suite struct StampReadingTests {
    @Test(
        "a moment is read as people write it",
        arguments: [
            ("0", 0), ("3:41", 221_000_000), ("03:41.2", 221_200_000), ("1:04:11", 3_851_000_000),
            ("221", 221_000_000), ("221.5", 221_500_000), ("46s", 46_000_000),
            ("90:00", 5_400_000_000), ("0:00.000001", 1), ("1.23456789", 1_234_567),
        ])
    func moments(_ text: String, _ microseconds: Int64) {
        #expect(Stamp(clock: text) == Stamp(microseconds: microseconds))
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", ":", "3:", ":41", "3:60", "3:41:60", "1:60:00", "-3", "+3", "3.", ".5", "3:4 1",
            "1:2:3:4", "three", "3m", "s", "1e3", "99999999999999999999", "٣:٤١",
        ])
    func others(_ text: String) {
        #expect(Stamp(clock: text) == nil)
    }

    @Test("what is told of a moment is read as that moment", arguments: 0..<200)
    func roundTrip(_ seed: Int) {
        let micro = Int64(seed) &* 7_919_000_003 % 36_000_000_000
        let stamp = Stamp(microseconds: micro)
        #expect(Stamp(clock: stamp.clock(decimals: 6)) == stamp)
    }
}
