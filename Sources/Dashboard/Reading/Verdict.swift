import Cluster

extension Core {
    /// Whether a majority of voters would still be there without some nodes: a sentence if not.
    func warning(taking nodes: [NodeID]) -> String? {
        let voters = voters
        let present = voters.filter { voter in
            self.nodes.contains { $0.id == voter && $0.phase == .ready }
        }
        guard voters.count > 1, present.count * 2 > voters.count else { return nil }
        let left = present.filter { !nodes.contains($0) }.count
        guard left < present.count, left * 2 <= voters.count else { return nil }
        return "leaves \(left) of \(voters.count) voters, no quorum: the same key again does it"
    }

    /// Whether somebody should lead.
    var isLed: Bool { nodes.contains { [.leader, .follower, .candidate].contains($0.role.role) } }
}
