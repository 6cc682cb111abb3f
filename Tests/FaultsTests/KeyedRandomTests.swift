import Cluster
import Faults
import Testing

@Suite("Keyed randomness")
struct KeyedRandomTests {
    /// Random123, `kat_vectors`, philox4x32 with 10 rounds: the first two words.
    @Test("it gives the known answers of Random123")
    func knownAnswers() {
        #expect(KeyedRandom.philox(seed: 0, 0, 0, 0, 0) == 0xe169_c58d_6627_e8d5)
        #expect(
            KeyedRandom.philox(seed: .max, .max, .max, .max, .max) == 0x41c8_3b0e_408f_276d)
        #expect(
            KeyedRandom.philox(
                seed: 0x299f_31d0_a409_3822, 0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344)
                == 0x94fd_cceb_d16c_fe09)
    }

    @Test("every part of the key changes about half of the bits")
    func avalanche() {
        let link = LinkID(from: NodeID(3), to: NodeID(5))
        var differences = 0
        var pairs = 0
        for number in UInt64(0)..<200 {
            let random = KeyedRandom(seed: 42)
            let base = random.bits(fault: FaultID(7), link: link, number: number, lane: 0)
            let others = [
                random.bits(fault: FaultID(8), link: link, number: number, lane: 0),
                random.bits(fault: FaultID(7), link: link, number: number + 1, lane: 0),
                random.bits(fault: FaultID(7), link: link, number: number | 1 << 40, lane: 0),
                random.bits(fault: FaultID(7), link: link, number: number, lane: 1),
                random.bits(
                    fault: FaultID(7), link: LinkID(from: NodeID(5), to: NodeID(3)), number: number,
                    lane: 0),
                KeyedRandom(seed: 43).bits(
                    fault: FaultID(7), link: link, number: number, lane: 0),
                random.bits(.workload, number: number),
            ]
            for other in others {
                differences += (base ^ other).nonzeroBitCount
                pairs += 1
            }
        }
        let average = Double(differences) / Double(pairs)
        // 1,400 pairs of 64 fair bits: the average deviates by 0.11, five times that is allowed.
        #expect((31.45...32.55).contains(average), "\(average) bits differ on average")
    }

    @Test("purposes have sequences of their own")
    func purposes() {
        let random = KeyedRandom(seed: 1)
        let purposes: [KeyedRandom.Purpose] = [.selection, .restart, .chaos, .workload, .other]
        let bits = Set(purposes.map { random.bits($0, number: 0) })
        #expect(bits.count == purposes.count)
    }

    @Test("scaling reaches both ends and nothing beyond")
    func scaling() {
        #expect(KeyedRandom.scale(0, below: 10) == 0)
        #expect(KeyedRandom.scale(.max, below: 10) == 9)
        #expect(KeyedRandom.scale(.max, below: 1) == 0)
    }
}
