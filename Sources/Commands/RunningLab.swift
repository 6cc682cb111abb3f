internal import ArgumentParser
internal import Cluster
internal import Glibc
internal import Journal
internal import Lab

/// Which lab a command talks to.
struct LabChoice: ParsableArguments {
    @Option(help: "Which lab, where several run: its run's name, or the end of it.")
    var lab: String?
}

/// A lab that runs, seen from another terminal: its socket for commands, its journal for everything
/// that is read.
struct RunningLab {
    let name: String
    let folder: RunFolder
    let socket: String

    /// Finds it, or ends the command with the reason.
    init(_ choice: LabChoice) throws {
        do {
            name = try LabDirectory.find(choice.lab)
            folder = try LabDirectory.folder(of: name)
            socket = try LabDirectory.socket(of: name)
        } catch let error {
            throw failure(error.description, code: error.code)
        }
    }

    /// One that is known already.
    init(_ folder: RunFolder, socket: String) {
        name = folder.name
        self.folder = folder
        self.socket = socket
    }

    /// Runs one command in the lab.
    func command(_ line: String, by: String) throws -> ControlReply {
        do {
            return try ControlClient(path: socket).command(line, by: by)
        } catch {
            throw failure(error.description, code: error.code)
        }
    }

    /// The state as of now.
    func state() throws -> ClusterState {
        var state = ClusterState(series: false)
        try fold(into: &state, FileFeed(path: folder.journal))
        return state
    }

    /// Folds all that is there.
    func fold(into state: inout ClusterState, _ feed: FileFeed) throws {
        do {
            while true {
                let entries = try feed.poll()
                if entries.isEmpty { return }
                for entry in entries { state.apply(entry) }
            }
        } catch {
            throw failure(error.description, code: Code.internalError)
        }
    }

    /// Follows the journal until `isDone` says so; false when the time is over or the run has ended.
    func follow(
        within limit: Duration?, _ isDone: (ClusterState) -> Bool
    ) throws -> Bool {
        do {
            let feed = try FileFeed(path: folder.journal)
            let wake = try feed.wakeDescriptor()
            var state = ClusterState(series: false)
            let start = ContinuousClock.now
            while true {
                try fold(into: &state, feed)
                if isDone(state) { return true }
                if feed.isFinished { return false }
                var timeout: Int32 = 1_000
                if let limit {
                    let left = limit - (ContinuousClock.now - start)
                    guard left > .zero else { return false }
                    timeout = min(timeout, Int32(left.inSeconds * 1_000) + 1)
                }
                // A lab that was killed writes no end: look whether it still listens once a second.
                var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
                if poll(&descriptor, 1, timeout) == 0, !folder.isInUse { return false }
            }
        } catch let error as JournalError {
            throw failure(error.description, code: Code.internalError)
        }
    }
}
