/// A figure beside the same one of an earlier run.
public struct Change: Equatable, Sendable {
    /// `recovery(crash)`.
    public var figure: String
    /// In seconds, or as a share of one.
    public var now: Double
    /// The same of the earlier run.
    public var before: Double
    /// Whether both are shares.
    public var isShare: Bool

    /// `recovery(crash) 1.8 s, was 0.9 s`.
    public var words: String {
        let told = isShare ? Spoken.share : Spoken.time
        return "\(figure) \(told(now)), was \(told(before))"
    }
}

extension RunReport {
    /// Puts every figure that both runs have beside the other's: faults are matched by their names.
    public mutating func compare(with earlier: RunReport) {
        var changes: [Change] = []
        func add(_ figure: String, _ now: Double?, _ before: Double?, isShare: Bool = false) {
            guard let now, let before else { return }
            changes.append(Change(figure: figure, now: now, before: before, isShare: isShare))
        }
        for fault in faults {
            guard let other = earlier.faults.first(where: { $0.label == fault.label }) else {
                continue
            }
            add("detection(\(fault.label))", fault.detection, other.detection)
            add("election(\(fault.label))", fault.election, other.election)
            add("recovery(\(fault.label))", fault.recovery, other.recovery)
            add("outage(\(fault.label))", fault.outage, other.outage)
            add(
                "availability during \(fault.label)", fault.during?.availability,
                other.during?.availability, isShare: true)
            add(
                "availability after \(fault.label)", fault.after?.availability,
                other.after?.availability, isShare: true)
        }
        add("availability", clients?.availability, earlier.clients?.availability, isShare: true)
        add("p99", clients?.latency?.p99, earlier.clients?.latency?.p99)
        comparison = changes
    }
}
