internal import Cluster
internal import Dashboard
internal import Journal

/// What the nodes of a recorded run printed, up to a playhead.
struct RunLogs {
    /// One for each node that printed anything.
    let readers: [LogFileReader]
    private var upTo = Stamp(microseconds: .min)

    /// So many lines of each node are shown at most after a jump.
    private static let lines = 400
    /// Farther on than this is a jump: what lies between is not read.
    private static let jump = Duration.seconds(30)

    /// Opens the logs of a run's nodes.
    init(_ folder: RunFolder, _ core: Core) {
        // A node that printed nothing has no file.
        readers = core.nodes.compactMap {
            try? LogFileReader(path: folder.log(of: $0.name), node: $0.id)
        }
    }

    /// Makes `logs` those of a moment.
    mutating func read(upTo moment: Stamp, into logs: inout Dashboard.LogTail) {
        guard moment != upTo else { return }
        let isNear = moment > upTo && moment - upTo < Self.jump
        if !isNear {
            logs.forget(after: Stamp(microseconds: .min))
            upTo = Stamp(microseconds: .min)
        }
        for reader in readers {
            logs.append(
                reader.lines(upTo: moment, count: Self.lines).filter { $0.at > upTo }
                    .map { .init(node: $0.node, at: $0.at, text: $0.text) })
        }
        upTo = moment
    }
}
