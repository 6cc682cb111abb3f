import Cluster
import Foundation
import Journal
import Testing

extension LabTests {
    /// A node that prints as fast as it can.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct ChattyTests {
        @Test
        func
            `a node that prints as fast as it can costs nobody anything, and what is lost is told`()
            async throws
        {
            let home = try Home()
            let file = try home.topology(
                """
                squall: 1
                name: chatty
                nodes:
                  loud: {run: "yes as loud as it can", stop: {grace: 1s}}
                  quiet: {run: sh -c 'while :; do echo still here; sleep 0.2; done', stop: {grace: 1s}}
                """, "chatty")
            let lab = try await LiveLab(home, file)
            try await lab.wait(for: "all ready") { $0.core.allReadyAt != nil }

            // A viewer beside it: it reads, folds and waits like a dashboard.
            let journal = lab.folder.journal
            let start = ContinuousClock.now
            let used = await onThread { try? watch(journal, for: .seconds(5)) }
            let wall = (ContinuousClock.now - start) / .seconds(1)
            let share = try #require(used) / wall
            #expect(share < 0.2, "a viewer took \(share) of a core")

            // The lab itself answers at once.
            let asked = ContinuousClock.now
            try await lab.do("note still awake")
            #expect(ContinuousClock.now - asked < .seconds(2))
            try await lab.wait(for: "the note") { _ in
                lab.entries.contains { $0.event == .note("still awake", by: "do") }
            }

            let seconds = (lab.state.core.now - .zero).inSeconds
            let lost = lab.state.core.dropped["log lines of loud"] ?? 0
            #expect(lost > 10_000, "only \(lost) lines were dropped in \(seconds) s")
            #expect(lab.state.core.dropped["log lines of quiet"] == nil)
            #expect(try lab.node("quiet").logLines > 10)
            try await lab.end()

            var status = stat()
            stat(lab.folder.log(of: "loud"), &status)
            let bytes = Double(status.st_size) / (lab.state.core.now - .zero).inSeconds
            #expect(bytes < 4_000_000, "\(bytes) bytes of log a second")
            // Every line that is told of is there, and whole.
            let text = contents(lab.folder.log(of: "loud")).split(separator: "\n")
            let told = try Int(lab.node("loud").logLines)
            #expect(text.count == told, "\(text.count) lines of log, \(told) told")
            let odd = text.filter { !$0.hasSuffix("\tas loud as it can") }
            #expect(odd.isEmpty, "\(odd.count): \(odd.prefix(3))")
        }
    }
}

/// Folds a journal as it grows; the processor time in seconds that it took. Blocks.
private func watch(_ path: String, for time: Duration) throws -> Double {
    let feed = try FileFeed(path: path)
    let wake = try feed.wakeDescriptor()
    var state = ClusterState()
    let deadline = ContinuousClock.now + time
    let before = threadTime()
    while ContinuousClock.now < deadline {
        for entry in try feed.poll() { state.apply(entry) }
        var watched = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, 100)
    }
    return threadTime() - before
}

/// Processor time of this thread in seconds.
private func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
