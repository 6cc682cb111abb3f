internal import Cluster
internal import Exports
internal import Glibc

/// What a headless run prints while it goes on.
struct RunPrinter {
    private var telling = RunTelling(.signs)

    /// Prints what an entry brought.
    mutating func tell(_ entry: Entry, _ state: ClusterState) {
        for line in telling.lines(entry, state) { say(line) }
    }

    /// What is missing in the recording.
    mutating func finish() {
        for line in telling.finish() { print(line.text) }
        flushOutput()
    }

    private func say(_ line: RunTelling.Line) {
        print(line.printed(.signs))
        flushOutput()
    }
}

/// Whatever was printed is on its way, also into a pipe.
func flushOutput() { fflush(nil) }
