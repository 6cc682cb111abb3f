import Cluster
import Glibc
import Synchronization
import Testing

@testable import Journal

@Suite struct `The writer of a journal` {
    private let run = RunDescription(run: "r", topology: "kv", seed: 7)

    private func read(_ path: String) throws -> [Entry] { try FileFeed(path: path).poll() }

    /// Polls until `count` entries came, or ten seconds are over.
    private func entries(_ feed: FileFeed, _ count: Int) throws -> [Entry] {
        var found: [Entry] = []
        let deadline = ContinuousClock.now + .seconds(10)
        var wake = pollfd(fd: try feed.wakeDescriptor(), events: Int16(POLLIN), revents: 0)
        while found.count < count, ContinuousClock.now < deadline {
            found += try feed.poll()
            if found.count < count { poll(&wake, 1, 1_000) }
        }
        return found
    }

    @Test func `the issuer folds exactly what stands in the file`() throws {
        let folder = try ScratchFolder()
        let path = folder.file("journal.ndjson")
        let time = Mutex<Int64>(0)
        // A clock that goes back now and then.
        let writer = try JournalWriter(path: path, run: run) {
            time.withLock {
                $0 += $0 % 7 == 3 ? -2 : 5
                return Stamp(microseconds: $0)
            }
        }
        var live = ClusterState()
        live.apply(writer.began)
        var random = RandomEntries(seed: 3)
        for _ in 0..<3_000 { live.apply(writer.append(random.event())) }
        #expect(writer.finish() == nil)
        let found = try read(path)
        #expect(found.map(\.number) == (0...3_000).map { UInt64($0) })
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.at <= $1.at })
        var replayed = ClusterState()
        for entry in found { replayed.apply(entry) }
        #expect(replayed == live)
    }

    @Test func `many issuers get numbers without a gap`() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("journal.ndjson")
        let writer = try JournalWriter(path: path, run: run) { .zero }
        await withTaskGroup(of: Void.self) { group in
            for issuer in 0..<4 {
                group.addTask {
                    await writer.room()
                    for number in 0..<1_000 {
                        writer.append(.note("\(number)", by: "\(issuer)"))
                    }
                }
            }
        }
        writer.finish()
        let found = try read(path)
        #expect(found.map(\.number) == (0...4_000).map { UInt64($0) })
        for issuer in 0..<4 {
            let own = found.compactMap { entry -> String? in
                if case .note(let text, "\(issuer)") = entry.event { text } else { nil }
            }
            #expect(own == (0..<1_000).map(String.init))
        }
    }

    @Test func `a reader of the growing file is woken and sees each entry soon`() throws {
        let folder = try ScratchFolder()
        let path = folder.file("journal.ndjson")
        let writer = try JournalWriter(path: path, run: run) { .zero }
        let feed = try FileFeed(path: path)
        #expect(try entries(feed, 1) == [writer.began])
        var slowest = Duration.zero
        for number in 0..<20 {
            let started = ContinuousClock.now
            let entry = writer.append(.note("\(number)", by: ""))
            #expect(try entries(feed, 1) == [entry])
            slowest = max(slowest, ContinuousClock.now - started)
        }
        print("slowest of 20: \(slowest)")
        #expect(slowest < .seconds(1))
        #expect(!feed.isFinished)
        let end = writer.append(.runEnded(RunEnd(reason: "quit")))
        #expect(try entries(feed, 1) == [end])
        #expect(feed.isFinished)
    }

    @Test func `when the disk is stuck samples are not taken, and commands wait`() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("pipe")
        mkfifo(path, 0o600)
        // A pipe that nobody empties is a disk that does not answer.
        let pipe = open(path, O_RDWR | O_CLOEXEC)
        let bell = try #require(Bell())
        let queue = JournalQueue(path: path, file: dup(pipe), bell: bell) { .zero }
        let writer = OwnThread { queue.run() }
        let long = String(repeating: "x", count: 1_000)
        var taken = 0
        while queue.offer(.note(long, by: "")) != nil { taken += 1 }
        #expect(taken >= JournalQueue.capacity)
        #expect(queue.offer(.samples([])) == nil)
        #expect(queue.untold() == DropReport(what: "ticks of samples", count: 2))
        #expect(queue.untold() == nil)
        let issuer = OwnThread { queue.append(.note("a command", by: "")) }
        let waiter = Task { await queue.room() }
        // Now it answers again.
        let reader = OwnThread { () -> (broken: UInt64, count: Int) in
            var count = 0
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            var decoder = JournalDecoder()
            var last: Entry?
            while last?.event != .runEnded(RunEnd(reason: "")) {
                let got = Glibc.read(pipe, &buffer, buffer.count)
                let entries = decoder.decode(Array(buffer[..<max(0, got)]))
                last = entries.last ?? last
                count += entries.count
            }
            return (decoder.brokenLines, count)
        }
        let entry = try #require(issuer.value())
        await waiter.value
        #expect(entry.number == UInt64(taken + 1))
        _ = queue.append(.runEnded(RunEnd(reason: "")))
        let read = try #require(reader.value())
        #expect(read.broken == 0 && read.count == taken + 2)
        queue.close()
        _ = writer.value()
        close(pipe)
    }

    @Test func `a full disk is said, and what waited is written when there is room`() throws {
        // A pipe that takes no more, and says so, is a full disk.
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        defer { close(ends[0]) }
        let bell = try #require(Bell())
        let queue = JournalQueue(path: "p", file: ends[1], bell: bell) { .zero }
        let writer = OwnThread { queue.run() }
        let long = String(repeating: "x", count: 1_000)
        for _ in 0..<200 { _ = queue.append(.note(long, by: "")) }
        let deadline = ContinuousClock.now + .seconds(20)
        while queue.failure == nil, ContinuousClock.now < deadline { sched_yield() }
        #expect(queue.failure?.description.hasPrefix("cannot write p: ") == true)
        var decoder = JournalDecoder()
        var found: [Entry] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while found.count < 200, ContinuousClock.now < deadline {
            var ready = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, 100)
            let count = Glibc.read(ends[0], &buffer, buffer.count)
            found += decoder.decode(Array(buffer[..<max(0, count)]))
        }
        #expect(found.map(\.number) == (1...200).map { UInt64($0) })
        #expect(decoder.brokenLines == 0, "no line is torn where it stopped")
        while queue.failure != nil, ContinuousClock.now < deadline { sched_yield() }
        #expect(queue.failure == nil)
        queue.close()
        _ = writer.value()
    }

    @Test func `a file that takes nothing any more does not hold up the end`() throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        signal(SIGPIPE, SIG_IGN)
        close(ends[0])
        let bell = try #require(Bell())
        let queue = JournalQueue(path: "p", file: ends[1], bell: bell) { .zero }
        _ = queue.append(.note("lost", by: ""))
        queue.close()
        queue.run()
        #expect(queue.failure?.description == "cannot write p: Broken pipe")
        #expect(queue.append(.note("later", by: "")).number == 2)
    }

    @Test func `a journal is never written over`() throws {
        let folder = try ScratchFolder()
        let path = folder.file("journal.ndjson")
        try folder.write([], to: "journal.ndjson")
        #expect(throws: JournalError.self) {
            try JournalWriter(path: path, run: run) { .zero }
        }
    }
}
