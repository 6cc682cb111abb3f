import Cluster
import Testing

@testable import Journal

@Suite struct `A recording` {
    @Test func `cut at any byte it still replays what is whole`() throws {
        let run = SampleRun(nodes: 2, seconds: 3)
        let bytes = JournalFormat.encode(run.entries)
        var whole = 0
        var state = ClusterState()
        for cut in 0...bytes.count {
            if cut > 0, bytes[cut - 1] == 0x0A {
                state.apply(run.entries[whole])
                whole += 1
            }
            var decoder = JournalDecoder()
            let found = decoder.decode(Array(bytes[..<cut]))
            var replayed = ClusterState()
            for entry in found { replayed.apply(entry) }
            guard found.count == whole, decoder.brokenLines == 0, replayed == state else {
                Issue.record("cut at \(cut): \(found.count) of \(whole) entries")
                return
            }
        }
        #expect(whole == run.entries.count)
    }

    @Test func `a piece lost from its middle costs the lines that it touches`() throws {
        let run = SampleRun(nodes: 2, seconds: 20)
        let bytes = JournalFormat.encode(run.entries)
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var dice = Dice(seed: seed)
        for _ in 0..<300 {
            let from = dice.below(bytes.count)
            let to = min(bytes.count, from + dice.below(2_000))
            var decoder = JournalDecoder()
            let found = decoder.decode(Array(bytes[..<from] + bytes[to...]))
            let lost = bytes[from..<to].filter { $0 == 0x0A }.count
            #expect(found.count >= run.entries.count - lost - 1)
            var core = Core()
            for entry in found { core.apply(entry) }
            // Where the last line lost its beginning nobody knows what stood before it.
            if lost > 0, from > 0, bytes[to...].dropLast().contains(0x0A) {
                #expect(core.missingEntries + decoder.brokenLines > 0)
            }
        }
    }

    @Test func `the state at any moment is the fold up to it`() throws {
        let run = SampleRun(nodes: 3, seconds: 200)
        let folder = try ScratchFolder()
        try folder.write(JournalFormat.encode(run.entries), to: "journal.ndjson")
        let recording = try Recording(path: folder.file("journal.ndjson"))
        #expect(recording.entries == run.entries)
        #expect(recording.checkpointCount > 15)
        #expect(!recording.isTorn && recording.brokenLines == 0)
        var state = ClusterState()
        for (index, entry) in run.entries.enumerated() {
            if index % 37 == 0 { #expect(recording.state(after: index) == state) }
            state.apply(entry)
        }
        #expect(recording.last == state)
        #expect(recording.state(at: Stamp(seconds: 1e9)) == state)
        #expect(recording.state(at: Stamp(seconds: -1)) == ClusterState())
    }

    @Test func `an hour of ten nodes is read at once and sought in no time`() throws {
        let run = SampleRun(nodes: 10, seconds: 3_600)
        let bytes = JournalFormat.encode(run.entries)
        let folder = try ScratchFolder()
        try folder.write(bytes, to: "journal.ndjson")
        var scanned = 0
        let scan = try processorTime {
            let feed = try FileFeed(path: folder.file("journal.ndjson"))
            while true {
                let entries = try feed.poll()
                if entries.isEmpty { break }
                scanned += entries.count
            }
        }
        #expect(scanned == run.entries.count)
        var opened: Recording?
        let open = try processorTime {
            opened = try Recording(path: folder.file("journal.ndjson"))
        }
        let recording = try #require(opened)
        var state = ClusterState()
        let fold = processorTime { for entry in run.entries { state.apply(entry) } }
        let samples = run.entries.reduce(0) { sum, entry in
            if case .samples(let samples) = entry.event { sum + samples.count } else { sum }
        }
        let onlySamples = run.entries.filter {
            if case .samples = $0.event { true } else { false }
        }
        var sampled = try #require(Optional(recording.state(after: 40)))
        let sampling = processorTime { for entry in onlySamples { sampled.apply(entry) } }
        var worst = Duration.zero
        for share in stride(from: 0.013, to: 1, by: 0.031) {
            let moment = Stamp(seconds: 3_600 * share)
            let seek = processorTime { _ = recording.state(at: moment) }
            worst = max(worst, seek)
        }
        print(
            "\(bytes.count) bytes: scanned in \(scan), folded in \(fold), opened in \(open); "
                + "a sample \(sampling / samples); worst seek \(worst); "
                + "\(recording.checkpointCount) checkpoints")
        // Debug builds are slower by an order; these bounds only catch a wrong algorithm.
        #expect(open < .seconds(60))
        #expect(worst < .milliseconds(500))
    }

    @Test func `a thousand nodes are sought in no time too`() {
        var recording = Recording()
        let open = processorTime {
            recording.append(SampleRun(nodes: 1_000, seconds: 300).entries)
        }
        var worst = Duration.zero
        for share in stride(from: 0.013, to: 1, by: 0.031) {
            let moment = Stamp(seconds: 300 * share)
            worst = max(worst, processorTime { _ = recording.state(at: moment) })
        }
        print(
            "a thousand nodes: made and folded in \(open), worst seek \(worst), "
                + "\(recording.checkpointCount) checkpoints")
        #expect(recording.checkpointCount <= 64)
        #expect(worst < .seconds(2), "of the processor, in a debug build")
    }

    @Test func `what is no journal is refused in words`() throws {
        let folder = try ScratchFolder()
        #expect(throws: JournalError.self) { try Recording(path: folder.file("absent")) }
        try folder.write(Array("hello\nworld\n".utf8), to: "text")
        #expect(throws: JournalError.self) { try Recording(path: folder.file("text")) }
        try folder.write(Array("{\"squall\":3,\"journal\":2,\"run\":\"r\"}\n".utf8), to: "newer")
        let error = #expect(throws: JournalError.self) {
            try Recording(path: folder.file("newer"))
        }
        #expect(error?.description.contains("journal format 2; this squall reads 1") == true)
    }
}
