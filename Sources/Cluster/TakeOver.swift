/// What has to be commanded in a fresh cluster of the same topology so that the faults of a moment of
/// an earlier run act in it: in the order of their injection, each with the time that it had left.
public struct TakeOver: Equatable, Sendable {
    /// The moment of the earlier run.
    public let moment: Stamp
    /// Lines of the command language, to be given when every node is ready.
    public let commands: [String]
    /// Faults that none of the lines sets again, because this version does not know their words.
    public let unknown: [String]
    /// How many faults the lines set again.
    public let faults: Int

    /// What the facts of a run at a moment ask for. The weather comes with the topology: of it only what
    /// was over by then is taken back.
    public init(of core: Core, at moment: Stamp) {
        self.moment = moment
        var commands: [String] = []
        var unknown: [String] = []
        var count = 0
        for fault in core.faults {
            guard !fault.record.weather else {
                if !fault.isActive, fault.end != .momentary {
                    commands.append(Command.heal(.fault(fault.label)).text)
                }
                continue
            }
            guard fault.isActive, !fault.record.momentary else { continue }
            var left: Duration?
            if let ends = fault.record.ends {
                let rest = ends - moment
                // Its time is up, and the entry that says so follows.
                guard rest > .zero else { continue }
                left = Self.rounded(rest)
            }
            guard let line = Self.line(fault, left, core) else {
                unknown.append(fault.record.text)
                continue
            }
            commands.append(line)
            count += 1
        }
        self.commands = commands
        self.unknown = unknown
        faults = count
    }

    /// `3 faults of 03:41.2`.
    public var words: String {
        let what = faults == 0 ? "no fault" : faults == 1 ? "1 fault" : "\(faults) faults"
        return "\(what) of \(moment.clock(decimals: 1))"
    }

    /// Up to whole milliseconds: nobody sees more, and the line can be read.
    private static func rounded(_ time: Duration) -> Duration {
        .milliseconds((time.microseconds.adding(999)) / 1_000)
    }

    private static func line(_ fault: FaultState, _ left: Duration?, _ core: Core) -> String? {
        guard case .fault(var spec, _)? = try? Command(parsing: fault.record.text) else {
            return nil
        }
        if case .process(let way, _) = spec, way != .pause, way != .freeze {
            // Some of its nodes may have been let go meanwhile.
            let held = fault.record.nodes.filter { core.isHeld($0) }
            if !held.isEmpty, held.count < fault.record.nodes.count {
                spec = .process(way, Selector(held.map { .name(core.name(of: $0)) }))
            }
        }
        return Command.fault(spec, Ending(after: left, name: fault.record.name)).text
    }
}

extension Core {
    /// Whether a fault may keep the node down: one that is ready, and that no fault is said to hold, was let
    /// go.
    fileprivate func isHeld(_ node: NodeID) -> Bool {
        guard let index = index(of: node) else { return true }
        return nodes[index].phase != .ready || nodes[index].change.fault != nil
    }
}
