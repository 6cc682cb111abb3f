internal import Cluster
internal import Glibc
internal import Journal

/// A run's journal, followed from its first entry while it grows.
struct RunningRun {
    let folder: RunFolder

    /// Calls `body` for each entry with the state after it, until the run has ended; how it ended, or
    /// `nil` when its lab died without a word.
    func follow(_ body: (Entry, ClusterState) -> Void) throws -> RunEnd? {
        do {
            let feed = try FileFeed(path: folder.journal)
            let wake = try feed.wakeDescriptor()
            var state = ClusterState(series: false)
            while true {
                // Whether the lab lived before the last look: what it wrote then has been read.
                let isAlive = folder.isInUse
                let entries = try feed.poll()
                for entry in entries {
                    state.apply(entry)
                    body(entry, state)
                }
                if feed.isFinished { return state.core.ended }
                if entries.isEmpty {
                    guard isAlive else { return nil }
                    var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                    poll(&descriptor, 1, 1_000)
                }
            }
        } catch {
            throw failure(error.description, code: Code.internalError)
        }
    }
}

/// A finished run.
struct RecordedRun {
    let folder: RunFolder

    init(_ folder: RunFolder) { self.folder = folder }

    /// The state at its end.
    func state() throws -> ClusterState {
        var state = ClusterState(series: false)
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
