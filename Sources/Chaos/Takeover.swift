public import Cluster

/// What a new run of the same topology has to be told to be where a recording is at a moment: the faults
/// that acted then, with the time that was left to them. Data, logs and what was in flight are not told.
public struct Takeover: Equatable, Sendable {
    /// Lines of the command language, in the order in which the faults began.
    public let commands: [String]
    /// Faults that cannot be set again, with the reason.
    public let leftOut: [String]

    /// Where a run is, as far as it was folded.
    public init(_ core: Core, at moment: Stamp) {
        var commands: [String] = []
        var leftOut: [String] = []
        for fault in core.faults where fault.isActive && !fault.record.weather {
            guard !fault.record.momentary else { continue }
            guard case .fault(let spec, var ending)? = try? Command(parsing: fault.record.text)
            else {
                leftOut.append("\(fault.label): this version does not know \(fault.record.text)")
                continue
            }
            if let ends = fault.record.ends {
                // Less than a tenth of a second is as good as over.
                let left = ends - moment
                guard left >= .milliseconds(100) else { continue }
                ending.after = .milliseconds(left.microseconds / 1_000)
            }
            ending.name = fault.record.name
            commands.append(Command.fault(spec, ending).text)
        }
        self.commands = commands
        self.leftOut = leftOut
    }

    /// `2 faults`, for people.
    public var summary: String {
        commands.count == 1 ? "1 fault" : "\(commands.count) faults"
    }
}
