import Cluster
import Testing

@testable import Journal

@Suite struct `Logs of nodes` {
    private let node = NodeID(3)

    private func text(_ path: String) throws -> String {
        String(decoding: try readWhole(path, limit: 1 << 22), as: UTF8.self)
    }

    @Test func `lines get the time when they ended, whatever pieces they came in`() throws {
        let folder = try ScratchFolder()
        let log = try LogFile(path: folder.file("kv-1.log"))
        #expect(
            log.write(Array("one\ntw".utf8), at: Stamp(seconds: 1))
                == LogFile.Written(firstByte: 0, lines: 1, dropped: 0))
        #expect(log.write(Array("o".utf8), at: Stamp(seconds: 2)).lines == 0)
        #expect(
            log.write(Array("\r\n\nthree".utf8), at: Stamp(seconds: 3.5))
                == LogFile.Written(firstByte: 13, lines: 2, dropped: 0))
        #expect(log.endOfOutput(at: Stamp(seconds: 4)).lines == 1)
        #expect(log.endOfOutput(at: Stamp(seconds: 5)).lines == 0)
        #expect(
            try text(log.path) == "1.000000\tone\n3.500000\ttwo\n3.500000\t\n4.000000\tthree\n")
        #expect(log.size == UInt64(try text(log.path).utf8.count))
        let again = try LogFile(path: log.path)
        #expect(again.write([0x61, 0x0A], at: Stamp(seconds: 6)).firstByte == log.size)
    }

    @Test func `hostile output is bounded and keeps its lines apart`() throws {
        let folder = try ScratchFolder()
        let log = try LogFile(path: folder.file("kv-1.log"), limit: 40_000)
        log.write([UInt8](repeating: 0x78, count: 100_000), at: .zero)
        log.write([0xFF, 0xC3, 0x0A, 0xC3, 0x28, 0x1B, 0x5B, 0x32, 0x4A, 0x0A], at: .zero)
        let reader = try LogFileReader(path: log.path, node: node)
        let lines = reader.lines(upTo: .zero, count: 10)
        #expect(lines.count == 2)
        #expect(lines[0].text.hasSuffix("x" + LogFile.cutMark))
        #expect(lines[0].text.utf8.count == LogFile.longestLine + LogFile.cutMark.utf8.count)
        #expect(lines[1].text == "\u{FFFD}(\u{1B}[2J")
        #expect(lines[1].node == node)
        log.write([UInt8](repeating: 0x79, count: 16_000) + [0x0A], at: .zero)
        let full = log.write([UInt8](repeating: 0x0A, count: 2_000), at: .zero)
        #expect(full.lines == 0 && full.dropped == 2_000)
        #expect(log.size <= 40_000)
    }

    @Test func `the lines before any moment are found`() throws {
        let folder = try ScratchFolder()
        let log = try LogFile(path: folder.file("kv-1.log"))
        var dice = Dice(seed: 5)
        var times: [Int64] = []
        var now: Int64 = 0
        for number in 0..<3_000 {
            now += Int64(dice.below(3)) * 1_000
            times.append(now)
            let padding = String(repeating: ".", count: dice.below(dice.chance(100) ? 20_000 : 80))
            log.write(Array("\(number) \(padding)\n".utf8), at: Stamp(microseconds: now))
        }
        let reader = try LogFileReader(path: log.path, node: node)
        for _ in 0..<200 {
            let moment = Int64(dice.below(Int(now) + 2_000)) - 1_000
            let last = times.lastIndex { $0 <= moment }
            let lines = reader.lines(upTo: Stamp(microseconds: moment), count: 5)
            let numbers = lines.map { Int($0.text.prefix { $0 != " " }) }
            #expect(numbers == (last.map { Array(max(0, $0 - 4)...$0) } ?? []))
        }
        let all = reader.lines(upTo: Stamp(seconds: 1e6), count: 100)
        #expect(all.count == 100 && all.last?.text.hasPrefix("2999") == true)
    }

    @Test func `the tail keeps the newest lines of all nodes in the order of time`() throws {
        let folder = try ScratchFolder()
        let tail = LogTail()
        tail.follow(NodeID(0), path: folder.file("a.log"))
        tail.follow(NodeID(1), path: folder.file("b.log"))
        #expect(!tail.poll())
        let first = try LogFile(path: folder.file("a.log"))
        let second = try LogFile(path: folder.file("b.log"))
        for number in 0..<5_000 {
            let at = Stamp(microseconds: Int64(number))
            (number % 2 == 0 ? first : second).write(Array("\(number)\n".utf8), at: at)
        }
        #expect(tail.poll())
        #expect(!tail.poll())
        #expect(tail.lines(of: NodeID(0)).count == LogTail.linesPerNode)
        #expect(tail.lines(of: NodeID(0)).last?.text == "4998")
        let merged = tail.merged([NodeID(0), NodeID(1)], last: 1_000)
        #expect(merged.map(\.text) == (4_000..<5_000).map(String.init))
        first.write(Array("half".utf8), at: .zero)
        #expect(!tail.poll())
        first.write(Array(" a line\n".utf8), at: Stamp(seconds: 1))
        #expect(tail.poll())
        #expect(tail.lines(of: NodeID(0)).last?.text == "half a line")
    }

    @Test func `a node that prints without end costs bounded memory`() throws {
        let folder = try ScratchFolder()
        let tail = LogTail()
        let line = [UInt8](repeating: 0x7A, count: 15_000) + [0x0A]
        for node in 0..<5 {
            let path = folder.file("\(node).log")
            tail.follow(NodeID(UInt16(node)), path: path)
            let log = try LogFile(path: path, limit: 1 << 30)
            for _ in 0..<25 {
                for _ in 0..<60 { log.write(line, at: .zero) }
                tail.poll()
            }
            for _ in 0..<200 { log.write(line, at: .zero) }
            tail.poll()
            #expect(tail.passedOver(NodeID(UInt16(node))) > 1 << 20)
        }
        #expect(tail.bytes <= LogTail.bytesInAll)
        #expect(tail.bytes > 32 << 20)
        for node in 0..<5 { #expect(!tail.lines(of: NodeID(UInt16(node))).isEmpty) }
    }
}
