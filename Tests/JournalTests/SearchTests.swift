import Cluster
import Foundation
import Testing

@testable import Journal

@Suite struct `Looking for something in a run` {
    /// A log of `count` lines, a tenth of a second apart, of about `width` bytes each.
    private func log(
        _ scratch: ScratchFolder, _ name: String, count: Int, width: Int, _ node: UInt16,
        _ text: (Int) -> String
    ) throws -> LogFileReader {
        var bytes: [UInt8] = []
        let padding = String(repeating: "x", count: width)
        for number in 0..<count {
            let line = "\(number / 10).\(number % 10)00000\t\(text(number)) \(padding)\n"
            bytes += Array(line.utf8)
        }
        try scratch.write(bytes, to: name)
        return try LogFileReader(path: scratch.file(name), node: NodeID(node))
    }

    @Test(arguments: [20, 700, 15_000])
    func `each match of a long log is found in turn, both ways`(width: Int) throws {
        let scratch = try ScratchFolder()
        let count = width == 15_000 ? 400 : 5_000
        let wanted = Set([0, 1, 7, 63, 70, 139, 140, 333, count - 1])
        let reader = try log(scratch, "a.log", count: count, width: width, 0) {
            wanted.contains($0) ? "needle \($0)" : "hay"
        }
        let matches = { (line: LogLine) in line.text.contains("needle") }
        var found: [Int] = []
        var moment = Stamp(microseconds: -1)
        while let line = reader.first(after: moment, where: matches) {
            found.append(Int((line.at.seconds * 10).rounded()))
            moment = line.at
        }
        #expect(found == wanted.sorted())
        found = []
        moment = Stamp(microseconds: .max)
        while let line = reader.last(before: moment, where: matches) {
            found.append(Int((line.at.seconds * 10).rounded()))
            moment = line.at
        }
        #expect(found == wanted.sorted(by: >))
        #expect(reader.last(before: Stamp(microseconds: .min), where: matches) == nil)
    }

    @Test func `news, commands and logs of all nodes are looked through, the nearest counts`()
        throws
    {
        let scratch = try ScratchFolder()
        var entries = SampleRun(nodes: 2, seconds: 100).entries
        let place = try #require(entries.firstIndex { $0.at > Stamp(seconds: 50) })
        entries.insert(
            Entry(
                number: UInt64(place), at: Stamp(seconds: 50),
                event: .commandAccepted(
                    CommandRecord(number: 1, text: "traffic 5/s", names: "traffic 5/s", by: "key"))),
            at: place)
        var recording = Recording()
        recording.append(entries)
        let logs = [
            try log(scratch, "a.log", count: 900, width: 1, 0) { $0 == 400 ? "crash a" : "-" },
            try log(scratch, "b.log", count: 900, width: 1, 1) {
                $0 == 350 || $0 == 800 ? "crash b" : "-"
            },
        ]
        let find = { (direction: Recording.Direction, seconds: Double, nodes: Set<NodeID>) in
            recording.find(direction, Stamp(seconds: seconds), in: logs, nodes: nodes) { text, _ in
                text.contains("crash") || text.contains("traffic")
            }
        }
        // The fault of 30.9, then b's line, a's line, the command, b's other one, the next fault.
        var moment = 0.0
        var course: [Double] = []
        while let found = find(.after, moment, []) {
            course.append(found.at.seconds)
            moment = found.at.seconds
        }
        #expect(course == [30.9, 35, 40, 50, 80, 90.9])
        #expect(find(.before, 40, [])?.at == Stamp(seconds: 35))
        #expect(find(.before, 30.9, []) == nil)
        #expect(find(.after, 50, [])?.node == NodeID(1))
        #expect(find(.after, 40, [NodeID(0)])?.at != Stamp(seconds: 50))
        #expect(find(.after, 31, [NodeID(0)])?.text.hasPrefix("crash a") == true)
    }
}
