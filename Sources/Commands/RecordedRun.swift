internal import Cluster
internal import Exports
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab

/// A finished run.
struct RecordedRun {
    let folder: RunFolder

    init(_ folder: RunFolder) { self.folder = folder }

    /// The state at its end; `series` keeps the histories too.
    func state(series: Bool = false) throws -> ClusterState {
        var state = ClusterState(series: series)
        for entry in try entries() { state.apply(entry) }
        return state
    }

    /// All entries.
    func entries() throws -> [Entry] {
        do {
            let feed = try FileFeed(path: folder.journal)
            var all: [Entry] = []
            while true {
                let some = try feed.poll()
                if some.isEmpty { return all }
                all += some
            }
        } catch {
            throw failure(error.description, code: Code.internalError)
        }
    }

    /// What is to be told of it.
    func report() throws -> RunReport {
        var origin = RunReport.Origin()
        origin.folder = folder.path
        origin.isRunning = folder.isInUse
        if let options = options {
            origin.version = options.version
            origin.settings = options.settings.sorted { $0.key < $1.key }
                .map { (word: $0.key, value: $0.value) }
            origin.again = Again.line(options)
        }
        return RunReport(try state(series: true), origin: origin)
    }

    /// How it was started; `nil` where `run.json` is lost.
    private var options: RunOptions? {
        FileManager.default.contents(atPath: folder.info)
            .flatMap { try? JSONDecoder().decode(RunOptions.self, from: $0) }
    }

    /// A text file, repaired where it is not UTF-8; `nil` when there is none.
    static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
