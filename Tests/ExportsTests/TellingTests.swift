import Cluster
import Exports
import Foundation
import Journal
import Testing

/// A run told line by line.
@Suite struct TellingTests {
    private static func told(_ recording: String) throws -> String {
        let read = try Recording(path: ForeignReader.root + "/Tests/Recordings/\(recording).ndjson")
        return told(read.entries)
    }

    private static func told(_ entries: [Entry]) -> String {
        var telling = RunTelling(.words)
        var state = ClusterState(series: false)
        var lines: [RunTelling.Line] = []
        for entry in entries {
            state.apply(entry)
            lines += telling.lines(entry, state)
        }
        return (lines + telling.finish()).map { $0.printed(.words) + "\n" }.joined()
    }

    @Test(arguments: ["1-kv-leader-crash", "1-redis-replica-cut"])
    func `a recording is told in words as it always was`(name: String) throws {
        let path = ForeignReader.root + "/Tests/Recordings/\(name).linear.txt"
        let told = try Self.told(name)
        if ProcessInfo.processInfo.environment["UPDATE"] != nil {
            try told.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(told == (try String(contentsOfFile: path, encoding: .utf8)))
    }

    /// A cluster of some nodes.
    private static func cluster(_ nodes: Int) -> [Entry] {
        let began = Event.runBegan(RunDescription(run: "r", topology: "kv", seed: 1))
        let defined = (0..<nodes).map { index in
            Event.nodeDefined(
                NodeID(UInt16(index)),
                NodeDescription(name: "kv-\(index + 1)", group: "kv", address: ""))
        }
        return ([began] + defined).enumerated().map {
            Entry(number: UInt64($0), at: .zero, event: $1)
        }
    }

    @Test func `a second that has too much to say is cut short, and says so`() {
        var entries = Self.cluster(400)
        for index in 0..<400 {
            let change = NodeChange(phase: .ready)
            entries.append(
                Entry(
                    number: UInt64(entries.count), at: Stamp(seconds: 1.5),
                    event: .nodeChanged(NodeID(UInt16(index)), change)))
        }
        entries.append(
            Entry(number: UInt64(entries.count), at: Stamp(seconds: 3), event: .note("x", by: "")))
        let lines = Self.told(entries).split(separator: "\n")
        #expect(lines.count { $0.contains(" node ") } == RunTelling.mostInASecond)
        #expect(lines.contains("00:03.0  more 300 lines of one second were left out"))
        #expect(lines.contains("00:01.5  cluster HEALTHY: 400 of 400 ready, no fault"))
    }

    @Test func `the cluster is told when its status changes, and else every half minute at most`() {
        var entries = Self.cluster(3)
        func add(_ seconds: Double, _ event: Event) {
            entries.append(
                Entry(number: UInt64(entries.count), at: Stamp(seconds: seconds), event: event))
        }
        for index in 0..<3 {
            add(1, .nodeChanged(NodeID(UInt16(index)), NodeChange(phase: .ready)))
        }
        for index in 0..<2 {
            add(
                2 + Double(index),
                .nodeChanged(NodeID(UInt16(index)), NodeChange(phase: .failed)))
        }
        for second in 4..<90 { add(Double(second), .samples([])) }
        let lines = Self.told(entries).split(separator: "\n").filter { $0.contains("  cluster ") }
        #expect(
            lines == [
                "00:01.0  cluster STARTING: 1 of 3 ready, no fault",
                "00:01.0  cluster HEALTHY: 3 of 3 ready, no fault",
                "00:02.0  cluster DEGRADED: 2 of 3 ready, no fault",
                "00:32.0  cluster DEGRADED: 1 of 3 ready, no fault",
            ])
    }

    @Test func `no text steers a terminal or makes a second line`() {
        let evil = "a\u{1B}[2J\u{9B}31m\nb\u{85}c"
        let line = RunTelling.Line(.zero, "note", evil)
        #expect(line.printed(.words) == "00:00.0  note a[2J\u{FFFD}31m b\u{FFFD}c")
        let long = RunTelling.Line(.zero, "note", String(repeating: "x", count: 5_000))
        #expect(long.text.count == RunTelling.longestText + 2)
        #expect(
            RunTelling.Line(.zero, "fault", "f1", .bad).printed(.words, colour: true)
                == "00:00.0  \u{1B}[31mfault\u{1B}[0m f1")
    }

    @Test func `signs are those of the dashboard, and nothing is told twice`() throws {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        var telling = RunTelling(.signs)
        var state = ClusterState(series: false)
        var lines: [String] = []
        for entry in recording.entries {
            state.apply(entry)
            lines += telling.lines(entry, state).map { $0.printed(.signs) }
        }
        #expect(lines.contains("00:05.6 ↯ f1 crash kv-1 for 5s as crash"))
        #expect(lines.contains("00:10.6 ↺ f1 elapsed"))
        #expect(!lines.contains { $0.contains("cluster") || $0.contains("leads") })
    }

    @Test func `who asks how things are hears the cluster, its clients, nodes and faults`() throws {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        let lines = ClusterStatus.lines(recording.state(at: Stamp(seconds: 8)).core)
        #expect(lines[0] == "cluster DEGRADED: 2 of 3 ready, no leader, 1 fault")
        #expect(lines[1].hasPrefix("clients ") && lines[1].contains(" available, "))
        #expect(lines[2].hasPrefix("node kv-1 stopped, "))
        #expect(lines[3].hasPrefix("node kv-2 ready, follower, lag "))
        #expect(lines.last?.hasPrefix("fault f1 crash kv-1 for 5s as crash: proved, ") == true)
    }
}
