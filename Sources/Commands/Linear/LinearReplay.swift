internal import Cluster
internal import Exports
internal import Glibc
internal import Journal

/// A recording told line by line.
struct LinearReplay {
    let recording: Recording
    let colour: Bool

    /// All of it, or what came after a moment, as fast as it can be written; with `speed` as it happened, so
    /// many times as fast.
    func run(from moment: Stamp?, speed: Double?) {
        let printer = LinePrinter(colour: colour)
        var telling = RunTelling(.words)
        var state = ClusterState(series: false)
        var rest = recording.entries[...]
        if let moment {
            while let entry = rest.first, entry.at <= moment {
                state.apply(entry)
                rest = rest.dropFirst()
            }
            printer.say(telling.begin(at: moment, state))
        }
        let start = ContinuousClock.now
        let from = moment ?? .zero
        for entry in rest {
            state.apply(entry)
            let lines = telling.lines(entry, state)
            if let speed, !lines.isEmpty {
                let due = (entry.at - from) / speed
                Self.sleep(due - (ContinuousClock.now - start))
            }
            printer.say(lines)
        }
        printer.say(telling.finish())
    }

    private static func sleep(_ duration: Duration) {
        guard duration > .zero else { return }
        let end = duration.nanoseconds
        var asked = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        var left = timespec()
        while nanosleep(&asked, &left) < 0, errno == EINTR { asked = left }
    }
}
