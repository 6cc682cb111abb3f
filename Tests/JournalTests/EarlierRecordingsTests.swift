import Cluster
import Glibc
import Testing

@testable import Journal

/// Real runs, kept for ever: what a released version wrote must go on telling the same. `UPDATE=1`
/// writes the golden texts anew.
@Suite struct `Recordings of earlier versions` {
    @Test(arguments: ["1-kv-leader-crash", "1-redis-replica-cut"])
    func `they tell the same story for ever`(_ name: String) throws {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let base = "/\(folder)/Recordings/\(name)"
        let recording = try Recording(path: base + ".ndjson")
        #expect(recording.brokenLines == 0 && recording.unknownKinds.isEmpty)
        let told = text(of: recording)
        if getenv("UPDATE") != nil {
            try RunFolder(path: "/").write(Array(told.utf8), to: base + ".txt")
        }
        let golden = String(
            decoding: try readWhole(base + ".txt", limit: 1 << 20), as: UTF8.self)
        #expect(told == golden)
        // Written anew it has the columns of this version, and tells the same.
        let copy = "/tmp/squall-recording-\(UInt32.random(in: 0 ... .max)).ndjson"
        defer { unlink(copy) }
        try RunFolder(path: "/").write(JournalFormat.encode(recording.entries), to: copy)
        #expect(try Recording(path: copy).entries == recording.entries)
    }

    private func text(of recording: Recording) -> String {
        let core = recording.last.core
        var lines = core.news.map { news in
            let outcome = news.outcome.isEmpty ? "" : " | \(news.outcome)"
            return "\(news.at.seconds) \(news.kind.rawValue): \(news.text)\(outcome)"
        }
        lines += core.incidents.map(core.sentence)
        for node in core.nodes {
            let count = Int(recording.length.seconds) + 1
            let story = recording.last.series?.story(node.id)
            let lane = story?.seconds(count, endingAt: recording.length).map(\.letter) ?? []
            lines.append("\(node.name) \(String(lane))")
        }
        for fault in core.faults {
            for window in [core.window(during: fault.label), core.window(after: fault.label)] {
                guard let window else { continue }
                let sum = core.clients.summary(in: window)
                lines.append("\(window) ok \(sum?.ok ?? 0) refused \(sum?.refused ?? 0)")
            }
            lines.append("recovery \(core.recovery(fault.label)?.description ?? "never")")
        }
        let end = recording.state(at: Stamp(seconds: recording.length.seconds / 2)).core
        lines.append("half way: \(end.health.words)")
        return lines.joined(separator: "\n") + "\n"
    }
}
