internal import Cluster
internal import Glibc
internal import Journal

/// A run's journal, followed from its first entry while it grows.
struct RunningRun {
    let folder: RunFolder

    /// Calls `body` for each entry with the state after it, until the run has ended; the state then.
    /// It has no end when the lab died without a word. `series` keeps the histories too.
    func follow(series: Bool, _ body: (Entry, ClusterState) -> Void) throws -> ClusterState {
        do {
            let feed = try FileFeed(path: folder.journal)
            let wake = try feed.wakeDescriptor()
            var state = ClusterState(series: series)
            while true {
                // Whether the lab lived before the last look: what it wrote then has been read.
                let isAlive = folder.isInUse
                let entries = try feed.poll()
                for entry in entries {
                    state.apply(entry)
                    body(entry, state)
                }
                if feed.isFinished { return state }
                if entries.isEmpty {
                    guard isAlive else { return state }
                    var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                    poll(&descriptor, 1, 1_000)
                }
            }
        } catch {
            throw failure(error.description, code: Code.internalError)
        }
    }
}
