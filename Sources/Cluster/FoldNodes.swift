/// Machines: what they are, how far they have come, what they say they are.
extension Core {
    mutating func define(_ node: NodeID, _ description: NodeDescription) {
        if let index = index(of: node) {
            nodes[index].description = description
            return
        }
        guard Int(node.index) < Core.mostNodes else { return }
        // A line of the journal was lost: its machine has no name, but keeps its place.
        while nodes.count < Int(node.index) {
            let unnamed = NodeID(UInt16(nodes.count))
            let name = "node-\(nodes.count)"
            append(unnamed, NodeDescription(name: name, group: name, address: ""))
        }
        append(node, description)
    }

    private mutating func append(_ node: NodeID, _ description: NodeDescription) {
        nodes.append(
            NodeState(
                id: node, description: description, change: NodeChange(phase: .waiting), since: now,
                role: RoleChange(role: .unknown, own: ""), sample: Sample(node: node),
                sampledAt: .zero, logLines: 0))
    }

    mutating func changed(_ node: NodeID, _ change: NodeChange) {
        guard let index = index(of: node) else { return }
        let before = nodes[index]
        nodes[index].change = change
        if before.phase != change.phase { nodes[index].since = now }
        tellChange(of: nodes[index], before: before)
        if change.phase == .ready, before.phase != .ready {
            nodes[index].readyAt = now
            nodes[index].lostAt = nil
            if allReadyAt == nil, nodes.allSatisfy({ $0.isClient || $0.phase == .ready }) {
                allReadyAt = now
            }
        }
        if change.phase != .ready, before.phase == .ready { nodes[index].lostAt = now }
        if !change.phase.isUp, before.phase.isUp {
            nodes[index].downAt = now
            // Who is gone says nothing.
            if before.role.role == .leader { nodes[index].ledUntil = now }
            nodes[index].role = RoleChange(role: .unknown, own: "")
            forgetSample(index)
        }
        readinessChanged(node, change, before: before.phase)
    }

    private mutating func forgetSample(_ index: Int) {
        var sample = Sample(node: nodes[index].id)
        sample.position = nodes[index].sample.position
        nodes[index].sample = sample
        nodes[index].sampledAt = now
    }

    mutating func changed(_ node: NodeID, _ change: RoleChange) {
        guard let index = index(of: node) else { return }
        let before = nodes[index].role
        nodes[index].role = change
        switch change.role {
        case .leader, .follower, .candidate:
            votingGroups.insert(nodes[index].description.group)
        default: break
        }
        if change.role == .leader, let term = change.term { note(node, leads: term) }
        tellRole(of: nodes[index], before: before)
        if before.role != change.role { roleChanged(node, to: change.role) }
    }

    /// Remembers who led in which term: two in one are a broken promise.
    private mutating func note(_ node: NodeID, leads term: UInt64) {
        if leadersByTerm[term]?.contains(node) == true { return }
        if leadersByTerm[term] == nil, leadersByTerm.count >= Core.keptTerms,
            let oldest = leadersByTerm.keys.min()
        {
            leadersByTerm[oldest] = nil
        }
        leadersByTerm[term, default: []].append(node)
    }

    mutating func fold(_ sample: Sample) {
        guard let index = index(of: sample.node) else { return }
        nodes[index].sample = sample
        nodes[index].sampledAt = now
        if sample.role == .leader, sample.term != Sample.notTold {
            note(sample.node, leads: UInt64(sample.term))
        }
    }

    // MARK: Sentences

    private mutating func tellChange(of node: NodeState, before: NodeState) {
        let change = node.change
        let isNew = before.phase != change.phase
        switch change.phase {
        case .exited, .failed, .stopped, .off:
            // Who is gone can't go again, though other reasons may hold it now.
            if isNew {
                tell(.gone, node.name + " " + gone(change), fault: change.fault, node: node.id)
            }
            if let until = change.until, let fault = change.fault,
                isNew || until != before.change.until
            {
                tell(
                    .restart, "\(node.name) is held down until \(clock(until)) by \(fault)",
                    fault: fault, node: node.id)
            }
        case .backingOff:
            if before.phase.isUp {
                tell(.gone, node.name + " " + gone(change), fault: change.fault, node: node.id)
            }
            if let until = change.until {
                let wait = seconds(until - now)
                tell(.restart, "\(node.name) is started again in \(wait)", node: node.id)
            }
        case .unready where before.phase == .ready:
            let reason = change.reason.isEmpty ? "" : ": \(change.reason)"
            tell(
                .gone, "\(node.name) is not ready\(reason)", fault: change.fault, node: node.id)
        case .ready where isNew && !node.isClient:
            if let lost = gone(node.id) ?? before.lostAt {
                tell(.back, "\(node.name) back after \(seconds(now - lost))", node: node.id)
            } else if before.readyAt == nil {
                tell(.back, "\(node.name) is ready", node: node.id)
            }
        default: break
        }
    }

    /// Since when a fault has taken the node away: before anybody could see it.
    private func gone(_ node: NodeID) -> Stamp? {
        incidents.last { $0.node == node && $0.back == nil && $0.wasLost }?.began
    }

    /// "killed by SIGKILL, injected by f3"; the supervisor's own words where there are any.
    private func gone(_ change: NodeChange) -> String {
        if !change.reason.isEmpty { return change.reason }
        let by = change.fault.map { ", injected by \($0)" } ?? ""
        if let signal = change.signal { return "killed by \(signal)\(by)" }
        if let status = change.status, status != 0 { return "ended with status \(status)\(by)" }
        switch change.phase {
        case .off: return "has no power\(by)"
        case .stopped: return "stopped\(by)"
        default: return "ended\(by)"
        }
    }

    private mutating func tellRole(of node: NodeState, before: RoleChange) {
        let role = node.role
        guard role.role != .unknown, role.role != .none, role.role != before.role else { return }
        // The first word of a follower or a sentinel is no news.
        if before.role == .unknown, role.role == .follower || role.role == .observer { return }
        let word = role.own.isEmpty ? role.role.word ?? "" : role.own
        let term = role.term.map { ", term \($0)" } ?? ""
        let verb = role.role == .leader ? "leads" : "is \(word)"
        let own = role.role == .leader && word != "leader" ? " as \(word)" : ""
        tell(.role, "\(node.name) \(verb)\(own) now\(term)", node: node.id)
    }

    /// `00:18.0`, as minutes of the run.
    func clock(_ stamp: Stamp) -> String {
        let tenths = stamp.microseconds / 100_000
        let (minutes, rest) = (tenths / 600, abs(tenths % 600))
        let padded = rest < 100 ? "0" : ""
        let hours = minutes < 10 && minutes >= 0 ? "0" : ""
        return "\(hours)\(minutes):\(padded)\(rest / 10).\(rest % 10)"
    }

    /// `3.2 s`
    func seconds(_ duration: Duration) -> String {
        let tenths = max(0, (duration.microseconds / 10_000).adding(5) / 10)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
