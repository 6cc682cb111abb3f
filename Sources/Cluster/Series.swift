/// Histories of numbers for sparklines and timelines: the last ten minutes by the second, everything
/// before as least, greatest and last value of ten seconds, and each node's story as the list of its
/// changes. All is kept in pieces of fixed size that copies share, so that a viewer's copy, and a
/// checkpoint, cost what changed since.
public struct Series: Sendable, Equatable {
    private var nodes: [NodeHistory] = []
    private var clients = Track(width: ClientSignal.allCases.count)

    /// No history yet.
    public init() {}

    /// What a node tells.
    public enum Signal: Int, Sendable, CaseIterable {
        /// Seconds behind the leader.
        case lag
        /// Requests a second.
        case requests
        /// Errors a second.
        case errors
        /// Seconds.
        case p99
        /// Share of one core.
        case cpu
        /// KiB.
        case memory
    }

    /// What all clients see together.
    public enum ClientSignal: Int, Sendable, CaseIterable {
        /// Share of the finished operations that succeeded, 0 to 1.
        case availability
        /// Answers with success a second.
        case rate
        /// Seconds.
        case p99
    }

    /// The history of a node's signal; without values for a machine that was never defined.
    public subscript(node: NodeID, signal: Signal) -> SeriesView {
        guard Int(node.index) < nodes.count else {
            return SeriesView(track: Track(width: 1), signal: 0)
        }
        return SeriesView(track: nodes[Int(node.index)].track, signal: signal.rawValue)
    }

    /// The history of what all clients see together.
    public subscript(clients signal: ClientSignal) -> SeriesView {
        SeriesView(track: clients, signal: signal.rawValue, holding: 0)
    }

    /// What a node was, second by second.
    public func story(_ node: NodeID) -> Story {
        Int(node.index) < nodes.count ? nodes[Int(node.index)].story : Story()
    }

    /// Folds one entry; `core` has folded it already.
    mutating func apply(_ entry: Entry, core: Core) {
        let second = core.now.second
        switch entry.event {
        case .samples(let samples):
            while nodes.count < core.nodes.count { nodes.append(NodeHistory()) }
            for sample in samples where Int(sample.node.index) < nodes.count {
                nodes[Int(sample.node.index)].track.set(second, sample)
            }
        case .nodeDefined, .nodeChanged, .roleChanged:
            guard let node = entry.event.node else { break }
            while nodes.count < core.nodes.count { nodes.append(NodeHistory()) }
            let index = Int(node.index)
            guard index < nodes.count else { break }
            nodes[index].story.append(StoryMark(core.nodes[index]), at: core.now)
            // A gap, so that nothing is drawn across the time when nobody was there.
            if !core.nodes[index].phase.isUp {
                nodes[index].track.set(second, Sample(node: node))
            }
        case .clientSamples:
            guard let last = core.clients.seconds.last else { break }
            clients.set(
                last.at.second, Float(last.availability ?? .nan), Float(last.ok),
                Float(last.latency(atQuantile: 0.99) ?? .nan))
        default: break
        }
    }
}

/// One node's numbers and story.
private struct NodeHistory: Sendable, Equatable {
    var track = Track(width: Series.Signal.allCases.count)
    var story = Story()
}

extension Event {
    /// The machine whose state it tells.
    fileprivate var node: NodeID? {
        switch self {
        case .nodeDefined(let node, _), .nodeChanged(let node, _), .roleChanged(let node, _): node
        default: nil
        }
    }
}

extension Stamp {
    /// The second of the run that it lies in.
    var second: Int {
        Int(microseconds < 0 ? (microseconds + 1) / 1_000_000 - 1 : microseconds / 1_000_000)
    }
}
