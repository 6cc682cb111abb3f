internal import Foundation
internal import Testing

@testable internal import Workload

@Suite("One history of many clients") struct HistoryMergeTests {
    private func merge(operations: Int = 1_000, keys: Int = 8) -> HistoryMerge {
        HistoryMerge(
            bound: HistoryBound(operations: operations, bytes: 1 << 30, keys: keys, seed: 42),
            keys: keys)
    }

    private func operation(_ finished: Int, key: Int? = 0, _ outcome: String = "ok") -> String {
        let name = key.map { "\"k\($0)\"" } ?? "null"
        let start = key.map { "\($0)" } ?? "-"
        return "=\(finished) \(start) [\(finished - 1),\(finished),\"c\",\"write\",\(name),1,"
            + "\"\(outcome)\",\"kv-1\"]\n"
    }

    private func times(_ bytes: [UInt8]) -> [Int] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
            $0.first == "[" ? Int($0.split(separator: ",")[1]) : nil
        }
    }

    private func next(_ merge: inout HistoryMerge, _ now: Int64) -> [UInt8] { merge.next(now: now) }

    @Test("lines are written in the order of ending, once nobody can tell of anything before")
    func order() {
        var merge = merge()
        merge.began(1)
        merge.began(2)
        _ = merge.took((operation(10) + operation(30) + "~40\n").utf8, from: 1)
        #expect(times(next(&merge, 50)).isEmpty, "the other one may still tell of 5")
        _ = merge.took((operation(20) + "~25\n").utf8, from: 2)
        #expect(times(next(&merge, 50)) == [10, 20])
        _ = merge.took(".0\n".utf8, from: 2)
        #expect(times(next(&merge, 50)) == [30])
        #expect(!merge.allSaidGoodbye)
        _ = merge.took(".2\n".utf8, from: 1)
        #expect(merge.allSaidGoodbye && merge.counts.open == 2 && merge.counts.ok == 3)
    }

    @Test("nobody waits for a silent client longer than a second; its lines come late, not never")
    func silent() {
        var merge = merge()
        merge.began(1)
        merge.began(2)
        _ = merge.took((operation(10) + "~2000000\n").utf8, from: 1)
        #expect(times(next(&merge, 900_000)).isEmpty)
        #expect(times(next(&merge, 1_100_000)) == [10])
        _ = merge.took(operation(5).utf8, from: 2)
        #expect(times(next(&merge, 1_200_000)) == [5])
    }

    @Test("a stream may be cut anywhere")
    func pieces() {
        let text = Array((operation(10, key: 3) + operation(20, key: nil, "unknown") + ".1\n").utf8)
        for size in 1...text.count {
            var merge = merge()
            merge.began(1)
            for start in stride(from: 0, to: text.count, by: size) {
                _ = merge.took(text[start..<min(start + size, text.count)], from: 1)
            }
            #expect(times(next(&merge, 100)) == [10, 20])
            #expect(merge.counts.ok == 1 && merge.counts.unknown == 1 && merge.counts.open == 1)
            #expect(merge.arrived(from: 1) == UInt64(text.count))
        }
    }

    @Test("when room gets short whole keys go, none of the first ones comes back, some stay")
    func bound() throws {
        var merge = merge(operations: 1_000, keys: 64)
        merge.began(1)
        var written: [[String]] = []
        var gone: Set<String> = []
        for round in 0..<100 {
            let lines = (0..<64).map { operation(round * 64 + $0, key: $0) }.joined()
            _ = merge.took((lines + "~\(round * 64 + 64)\n").utf8, from: 1)
            for line in String(decoding: merge.next(now: 1 << 40), as: UTF8.self).split(
                separator: "\n")
            {
                if line.first == "{" {
                    let told = try JSONSerialization.jsonObject(with: Data(line.utf8))
                    let keys = try #require((told as? [String: [String]])?["dropped"])
                    #expect(gone.isDisjoint(with: keys))
                    gone.formUnion(keys)
                } else {
                    let key = String(line.split(separator: "\"")[5])
                    #expect(!gone.contains(key), "a key that was given up is not written again")
                    written.append([key])
                }
            }
        }
        #expect(written.count <= 1_000 && written.count > 900)
        #expect(gone.count == merge.keysDropped)
        #expect((32...63).contains(gone.count))
        let kept = Set((0..<64).map { "k\($0)" }).subtracting(gone)
        // Each key that is left was written from the first round on, without a gap.
        for key in kept { #expect(written.count { $0 == [key] } > 15) }
        #expect(merge.bound.share.level >= 2)
    }

    @Test("clients and lab choose the same keys, and each level some of the level before")
    func share() {
        var share = HistoryShare(seed: 7)
        var before = Set(0..<10_000)
        for level in 1...6 {
            share.level = level
            let kept = Set((0..<10_000).filter(share.keeps))
            #expect(kept.isSubset(of: before))
            let expected = 10_000 >> level
            #expect(abs(kept.count - expected) < expected / 2)
            before = kept
        }
    }

    @Test("operations of no single key are written until all is full, and the rest is counted")
    func full() {
        var merge = merge(operations: 10, keys: 0)
        merge.began(1)
        let lines = (0..<15).map { operation($0, key: nil) }.joined()
        _ = merge.took((lines + ".0\n").utf8, from: 1)
        #expect(times(next(&merge, 100)).count == 10)
        #expect(merge.counts.beyond == 5 && merge.counts.ok == 10)
        let end = String(decoding: merge.end(at: 77), as: UTF8.self)
        #expect(
            end == "{\"end\":{\"at\":77,\"ok\":10,\"refused\":0,\"unknown\":0,\"open\":0,"
                + "\"keys-dropped\":0,\"lost\":0,\"beyond\":5}}\n")
    }

    @Test("what a client could not hand over gives up its key, or is counted where there is none")
    func lost() {
        var merge = merge()
        merge.began(1)
        _ = merge.took(
            (operation(1, key: 3) + "!3 12\n!- 4\n" + operation(2, key: 3)).utf8, from: 1)
        _ = merge.took(".0\n".utf8, from: 1)
        let text = String(decoding: merge.next(now: 100), as: UTF8.self)
        #expect(text.hasPrefix("{\"dropped\":[\"k3\"]}\n"))
        #expect(merge.counts.lost == 4 && merge.keysDropped == 1)
    }

    @Test("a client that is killed leaves what it did not tell, and what was under way as unknown")
    func died() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { unlink(path) }
        let memory = try HistoryMemory(path: path, slots: 3)
        let first = Array((operation(10) + operation(20)).utf8)
        #expect(memory.append(first))
        let sent = try #require(memory.take())
        #expect(sent == first)
        // Half of it arrives; more was done meanwhile.
        #expect(memory.append(Array((operation(30) + operation(40)).utf8)))
        memory.began(1, Array("0 [41,null,\"c\",\"write\",\"k0\",9,\"unknown\",\"kv-1\"]\n".utf8))
        memory.began(2, Array("0 [42,null,\"c\",\"write\",\"k0\",8,\"unknown\",\"kv-1\"]\n".utf8))
        memory.ended(2)
        for arrived in 0...first.count {
            var merge = merge()
            merge.began(1)
            _ = merge.took(first[..<arrived], from: 1)
            let file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            let remains = try #require(HistoryRemains(file, arrived: UInt64(arrived)))
            merge.died(1, leaving: remains, now: 50)
            let text = String(decoding: merge.next(now: 60), as: UTF8.self)
            #expect(text.split(separator: "\n").count == 5)
            #expect(text.contains("k0\",9,\"unknown\"") && !text.contains("k0\",8"))
            #expect(merge.counts.ok == 4 && merge.counts.open == 1 && merge.counts.lost == 0)
        }
        // What was written is not told twice.
        memory.wasWritten()
        let file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let remains = try #require(HistoryRemains(file, arrived: UInt64(first.count)))
        #expect(remains.stream == Array((operation(30) + operation(40)).utf8))
        #expect(HistoryRemains([1, 2, 3], arrived: 0) == nil)
        var merge = merge()
        merge.began(1)
        merge.died(1, leaving: nil, now: 50)
        #expect(merge.counts.lost == 1, "nobody knows what it did last")
    }
}
