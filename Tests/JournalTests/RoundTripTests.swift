import Cluster
import Testing

@testable import Journal

@Suite struct `The format of the journal` {
    @Test func `every event comes back as it was written`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = RandomEntries(seed: seed)
        for _ in 0..<20_000 {
            let entry = random.next()
            let bytes = JournalFormat.encode([entry])
            var decoder = JournalDecoder()
            let back = decoder.decode(bytes)
            if back != [entry] {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) gave \(back), was \(entry)")
                break
            }
            #expect(bytes.filter { $0 == 0x0A }.count == 1, "one line an entry")
            #expect(decoder.brokenLines == 0)
        }
    }

    @Test func `floats are rounded once`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        for _ in 0..<200_000 {
            let bits = Float(bitPattern: UInt32(truncatingIfNeeded: dice.next()))
            let near =
                Float(dice.below(1 << 24)) / Float([10, 100, 1_000, 1_000_000][dice.below(4)])
            for value in [bits, near] where value.isFinite {
                var text = Array(value.description.utf8)
                text.append(0x5D)
                let read = try text.withUnsafeBufferPointer { bytes in
                    var scanner = Scanner(try #require(bytes.baseAddress), 0..<bytes.count)
                    return try scanner.float()
                }
                if read.bitPattern != value.bitPattern {
                    Issue.record("\(value) was read as \(read)")
                    return
                }
            }
        }
    }

    @Test func `a line reads as the format says`() {
        var sample = Sample(node: NodeID(1))
        sample.role = .candidate
        sample.ready = true
        sample.lag = 0.02
        sample.behind = 3
        sample.requests = 0
        sample.errors = 0
        sample.cpu = 1.1
        sample.memory = 12_288
        sample.term = 7
        sample.position = 4_411
        let entries = [
            Entry(
                number: 215, at: Stamp(microseconds: 12_004_377),
                event: .faultBegan(
                    FaultRecord(
                        id: FaultID(1), name: "crash", text: "crash kv-1 for 8s as crash",
                        nodes: [NodeID(0)], ends: Stamp(microseconds: 20_004_377)))),
            Entry(number: 231, at: Stamp(microseconds: 13_204_118), event: .samples([sample])),
        ]
        let expected = """
            {"n":215,"t":12.004377,"e":"fault.began","fault":1,"name":"crash",\
            "text":"crash kv-1 for 8s as crash","nodes":[0],"ends":20.004377}
            {"n":231,"t":13.204118,"e":"samples",\
            "s":[[1,"C",1,0.02,3,0,0,null,1.1,12288,7,4411]]}

            """
        #expect(String(decoding: JournalFormat.encode(entries), as: UTF8.self) == expected)
    }

    @Test func `a later version's fields, columns and kinds do no harm`() {
        let text = """
            {"squall":2,"journal":1,"run":"r","new":{"a":[1,{}]},"columns":\
            {"samples":["mood","node","lag"],"planets":["x"]}}
            {"n":1,"t":0.5,"e":"samples","since":[[]],"s":[["fine",3,1.5e-1,true]],"x":null}
            {"n":2,"t":1,"e":"node.changed","node":0,"phase":"dreaming","mood":1e400}
            {"n":3,"t":2.0000019,"e":"moon.rose","node":0}

            """
        var decoder = JournalDecoder()
        let entries = decoder.decode(Array(text.utf8))
        var sample = Sample(node: NodeID(3))
        sample.lag = 0.15
        #expect(
            entries == [
                Entry(
                    number: 0, at: .zero,
                    event: .runBegan(RunDescription(run: "r", topology: "", seed: 0))),
                Entry(number: 1, at: Stamp(microseconds: 500_000), event: .samples([sample])),
                Entry(
                    number: 2, at: Stamp(microseconds: 1_000_000),
                    event: .nodeChanged(NodeID(0), NodeChange(phase: .started))),
                Entry(
                    number: 3, at: Stamp(microseconds: 2_000_001),
                    event: .unknown(kind: "moon.rose")),
            ])
        #expect(decoder.brokenLines == 0)
        #expect(decoder.unknownKinds == ["moon.rose": 1])
    }

    @Test func `broken lines and runs of NUL are skipped and counted`() {
        let note = Entry(
            number: 7, at: Stamp(microseconds: 1), event: .note("a \"b\" \u{1}", by: "key"))
        let good = JournalFormat.encode([note])
        var bytes = good
        bytes += Array("{\"n\":8,\"t\":0.1,\"e\":\"note\",\"text\":\"torn\n".utf8)
        bytes += [UInt8](repeating: 0, count: 4_096) + good
        bytes += Array("nonsense\n\n[[[[[[[[[[[[[[[[[[[[[[[[\n".utf8) + [0xFF, 0xFE, 0x0A] + good
        bytes += Array("{\"n\":9,\"t\":0.2".utf8)
        var decoder = JournalDecoder()
        #expect(decoder.decode(bytes) == [note, note, note])
        #expect(decoder.brokenLines == 5)
        #expect(decoder.unfinishedBytes == 14)
    }

    @Test func `random bytes never trap, and pieces of any length give the same entries`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = RandomEntries(seed: seed)
        var dice = Dice(seed: seed &+ 1)
        var bytes = JournalFormat.encode((0..<300).map { _ in random.next() })
        for _ in 0..<200 {
            var whole = JournalDecoder()
            let expected = whole.decode(bytes)
            var pieces = JournalDecoder()
            var found: [Entry] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 1 + dice.below(3_000))
                found += pieces.decode(Array(bytes[start..<end]))
                start = end
            }
            #expect(found == expected)
            #expect(pieces.brokenLines == whole.brokenLines)
            for _ in 0..<20 {
                bytes[dice.below(bytes.count)] = UInt8(truncatingIfNeeded: dice.next())
            }
        }
    }
}
