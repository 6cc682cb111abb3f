internal import Foundation
internal import Testing

@testable internal import NodeKit

@Suite("Durable log") final class DurableLogTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        UUID().uuidString)
    private var path: String { folder.path + "/log.sqlite" }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func entries(_ positions: ClosedRange<UInt64>, _ text: String = "x") -> [LogEntry] {
        positions.map { LogEntry(position: $0, term: 1, payload: "\(text)\($0)") }
    }

    @Test("is fsynced with every commit, unless it is only a copy")
    func fsync() throws {
        let original = try DurableLog(path: path)
        #expect(try original.synchronousSetting() == 2)
        let copy = try DurableLog(path: folder.path + "/copy.sqlite", durability: .soon)
        #expect(try copy.synchronousSetting() == 1)
    }

    @Test("is found again as it was when the file is opened anew")
    func reopened() throws {
        let log = try DurableLog(path: path)
        let identity = try log.about().identity
        #expect(try log.lastPosition() == 0)
        #expect(try log.beginTerm() == 1)
        try log.append(entries(1...3))
        try log.close()
        let again = try DurableLog(path: path)
        #expect(try again.about() == (identity, 1))
        #expect(try again.lastPosition() == 3)
        #expect(try again.entries(after: 0, limit: 10) == entries(1...3))
        #expect(try again.entries(after: 1, limit: 1) == entries(2...2))
        #expect(try again.entries(after: 3, limit: 10) == [])
    }

    @Test("has an identity of its own")
    func identity() throws {
        let other = try DurableLog(path: folder.path + "/other.sqlite")
        #expect(try DurableLog(path: path).about().identity != other.about().identity)
    }

    @Test("takes no entry that leaves a gap, nor any of its batch")
    func gap() throws {
        let log = try DurableLog(path: path)
        try log.append(entries(1...2))
        #expect(throws: DurableLogError.gap(expected: 4, found: 9)) {
            try log.append(entries(3...3) + entries(9...9))
        }
        #expect(throws: DurableLogError.gap(expected: 3, found: 2)) {
            try log.append(entries(2...2))
        }
        #expect(try log.lastPosition() == 2)
    }

    @Test("keeps the entries since the snapshot before the newest")
    func compaction() throws {
        let log = try DurableLog(path: path)
        try log.append(entries(1...10))
        try log.compact(LogSnapshot(position: 10, term: 1, state: "ten"))
        #expect(try log.entries(after: 0, limit: 100) == entries(1...10))
        try log.append(entries(11...20))
        try log.compact(LogSnapshot(position: 20, term: 1, state: "twenty"))
        #expect(try log.entries(after: 10, limit: 100) == entries(11...20))
        #expect(try log.entries(after: 9, limit: 100) == nil)
        #expect(try log.entries(after: 20, limit: 100) == [])
        #expect(try log.snapshot() == LogSnapshot(position: 20, term: 1, state: "twenty"))
        #expect(try log.lastPosition() == 20)
    }

    @Test("becomes a copy of another log, from its snapshot on")
    func becomes() throws {
        let log = try DurableLog(path: path)
        try log.append(entries(1...5))
        let snapshot = LogSnapshot(position: 3, term: 7, state: "three")
        try log.become(identity: "other", from: snapshot)
        #expect(try log.about() == ("other", 7))
        #expect(try log.lastPosition() == 3)
        #expect(try log.entries(after: 2, limit: 10) == nil)
        try log.append([LogEntry(position: 4, term: 7, payload: "four")])
        #expect(try log.entries(after: 3, limit: 10)?.count == 1)
    }

    @Test("says that it is full, keeps what it had, and goes on when there is room again")
    func full() throws {
        let log = try DurableLog(path: path, largest: 200_000)
        let large = String(repeating: "a", count: 1_000)
        var position: UInt64 = 0
        let error = #expect(throws: DurableLogError.self) {
            while position < 1_000 {
                try log.append(entries(position + 1...position + 10, large))
                position += 10
            }
        }
        guard case .full = try #require(error) else {
            Issue.record("not full, but \(String(describing: error))")
            return
        }
        #expect(position >= 50)
        #expect(try log.lastPosition() == position)
        try log.become(identity: "i", from: LogSnapshot(position: position, term: 1, state: ""))
        try log.append(entries(position + 1...position + 1, large))
        #expect(try log.lastPosition() == position + 1)
    }

    @Test("says what is wrong with a file that is no log")
    func garbage() throws {
        try Data(repeating: 65, count: 5_000).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: DurableLogError.self) { try DurableLog(path: path) }
        #expect(try #require(error).description.contains("not a database"))
    }
}
