internal import Cluster

/// What was done by hand in a run, as a scenario.
struct Recipe {
    /// How nodes are named.
    enum Spelling {
        /// As they were called then: exactly the same again.
        case names
        /// `leader`, `2 of kv`: looked up anew.
        case asWritten
    }

    /// Commands with the time between them, as steps.
    let steps: [String]
    private let topology: String

    init(_ entries: [Entry], _ spelling: Spelling = .names) {
        var steps: [String] = []
        var first: Stamp?
        // What the waits so far add up to, in tenths of a second: what hands can do. Each is rounded to
        // where its command was, so that many of them do not drift.
        var waited: Int64 = 0
        var topology = ""
        var isByHand = false
        for entry in entries {
            switch entry.event {
            case .runBegan(let run):
                topology = run.topology
                isByHand = run.scenario == nil
            // What the scenario of a run does when its steps are over is done again by whoever runs this one.
            // Of one that was run by hand all of its commands are told in its place.
            case .commandAccepted(let record)
            where isByHand || !record.by.hasPrefix("scenario") || record.by.contains(", step"):
                if record.text.hasPrefix("scenario ") { continue }
                if let first {
                    let tenths = ((entry.at - first).microseconds + 50_000) / 100_000 - waited
                    if tenths > 0 {
                        steps.append(Command.wait(.milliseconds(tenths * 100)).text)
                        waited += tenths
                    }
                } else {
                    steps.append("wait until ready(all) within 60s")
                    first = entry.at
                }
                steps.append(Self.line(record, spelling))
            default: continue
            }
        }
        // The last one has its time too, up to the very end: what it does must be seen, and proved.
        if let first, let end = entries.last?.at {
            let tenths = ((end - first).microseconds + 99_999) / 100_000 - waited
            if tenths > 1 { steps.append(Command.wait(.milliseconds(tenths * 100)).text) }
        }
        self.steps = steps
        self.topology = topology
    }

    private static func line(_ record: CommandRecord, _ spelling: Spelling) -> String {
        guard spelling == .asWritten else { return record.names }
        return (try? Command(parsing: record.text))?.text ?? record.names
    }

    /// How many commands were given.
    var commands: Int { steps.filter { !$0.hasPrefix("wait ") }.count }

    /// A scenario file.
    var text: String {
        "about: What was done by hand in \(topology).\nsteps:\n"
            + steps.map { "  - \($0)\n" }.joined()
    }
}
