import Cluster

/// `T` in a recording: the same topology, live, with the faults of this moment. Pressed twice.
extension Interaction {
    mutating func takeOver(_ state: ClusterState, again: Bool) -> [Outcome] {
        guard !again else { return [.leave(.takeOver)] }
        let faults = state.core.faults.filter {
            $0.isActive && !$0.record.weather && !$0.record.momentary
        }
        let topology = state.core.run?.topology ?? ""
        guard !topology.isEmpty else { return remark("nothing has begun yet") }
        let what =
            switch faults.count {
            case 0: "no fault acts now"
            case 1: "with \(faults[0].label), \(faults[0].record.text)"
            default: "with the \(faults.count) faults of now"
            }
        asked = .character("T")
        return remark(
            "starts \(topology) live, \(what); data begins anew: T again does it", tone: .asking)
    }
}
