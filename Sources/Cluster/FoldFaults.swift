/// Faults and what came of them: who noticed, who took over, when all was well again.
extension Core {
    mutating func began(_ record: FaultRecord) {
        guard !faults.contains(where: { $0.record.id == record.id }) else { return }
        if faults.count >= Core.keptFaults { forgetFaults() }
        faults.append(
            FaultState(
                record: record, spec: FaultSpec(recorded: record.text), began: now,
                ended: record.momentary ? now : nil, end: record.momentary ? .momentary : nil,
                leaders: leaders))
        tell(.fault, "\(record.id) \(record.text)", fault: record.id)
        guard !record.weather else { return }
        watched.append(record.id, keeping: 64)
        guard let deed = faults.last?.deed else { return }
        for node in record.nodes { begin(record.id, node, deed) }
    }

    private mutating func begin(_ fault: FaultID, _ node: NodeID, _ deed: String) {
        guard let index = index(of: node), nodes[index].phase.isUp else { return }
        let justLed = nodes[index].ledUntil.map { now - $0 < .seconds(1) } ?? false
        incidents.append(
            Incident(
                fault: fault, node: node, deed: deed,
                wasLeader: nodes[index].role.role == .leader || justLed, began: now, waited: 0),
            keeping: Core.keptIncidents)
    }

    /// Half of those that are over.
    private mutating func forgetFaults() {
        var left = Core.keptFaults / 2
        faults.removeAll { fault in
            guard left > 0, !fault.isActive else { return false }
            left -= 1
            return true
        }
        if faults.count >= Core.keptFaults { faults.removeFirst(Core.keptFaults / 2) }
    }

    mutating func measured(_ id: FaultID, _ proof: Proof) {
        guard let index = faults.lastIndex(where: { $0.record.id == id }) else { return }
        faults[index].proof = proof
        tellOutcome(of: faults[index])
    }

    mutating func ended(_ id: FaultID, _ end: FaultEnd) {
        guard let index = faults.lastIndex(where: { $0.record.id == id && $0.isActive }) else {
            return
        }
        faults[index].ended = now
        faults[index].end = end
        let held = seconds(now - faults[index].began)
        switch end {
        case .healed: tell(.heal, "\(id) healed after \(held)", fault: id)
        case .elapsed: tell(.heal, "\(id) is over after \(held)", fault: id)
        case .momentary, .runEnded: break
        }
        for index in incidents.indices where incidents[index].fault == id {
            // Too short for anybody to see.
            if !incidents[index].wasLost, incidents[index].back == nil,
                isReady(incidents[index].node)
            {
                incidents[index].back = now
            }
        }
        judgeRecovery()
    }

    func isReady(_ node: NodeID) -> Bool {
        index(of: node).map { nodes[$0].phase == .ready } ?? false
    }

    /// What the fault's line tells at its right.
    private mutating func tellOutcome(of fault: FaultState) {
        guard let line = news.lastIndex(where: { $0.kind == .fault && $0.fault == fault.record.id })
        else { return }
        var parts: [String] = []
        if let proof = fault.proof {
            switch proof.verdict {
            case .noEffect: parts.append(proof.words.isEmpty ? "no effect" : proof.words)
            case .notProvable: parts.append(proof.words.isEmpty ? "not provable" : proof.words)
            case .measuring, .proved: if !proof.words.isEmpty { parts.append(proof.words) }
            }
        }
        if let noticed = fault.noticed, fault.deed != nil {
            let who = fault.noticedBy.map { name(of: $0) } ?? "a client"
            parts.append("noticed by \(who) after \(hundredths(noticed - fault.began))")
        }
        news[line].outcome = parts.joined(separator: " · ")
    }

    /// `1.52 s`
    private func hundredths(_ duration: Duration) -> String {
        let value = max(0, duration.microseconds / 10_000)
        let rest = value % 100
        return "\(value / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }

    // MARK: The course of a fault

    mutating func readinessChanged(_ node: NodeID, _ change: NodeChange, before: Phase) {
        let isReady = change.phase == .ready
        guard isReady != (before == .ready) || change.phase.isUp != before.isUp else { return }
        for index in incidents.indices where incidents[index].node == node {
            if isReady, incidents[index].wasLost, incidents[index].back == nil {
                incidents[index].back = now
            }
            if !isReady { incidents[index].wasLost = true }
        }
        // By its own fault it says nothing of others.
        if isReady != (before == .ready), !watched.isEmpty { notice(by: node) }
        judgeRecovery()
    }

    mutating func roleChanged(_ node: NodeID, to role: Role) {
        guard !watched.isEmpty else { return }
        if role != .unknown { notice(by: node) }
        if role == .leader {
            forWatched { core, fault in
                guard fault.elected == nil, !fault.leaders.contains(node) else { return }
                fault.elected = core.now
                fault.electedNode = node
            }
        }
        judgeRecovery()
    }

    mutating func operationsCame(_ samples: [ClientSample]) {
        for index in incidents.indices where incidents[index].recovered == nil {
            let lasted = Float((now - incidents[index].began).inSeconds)
            for sample in samples {
                incidents[index].waited = incidents[index].waited.orMore(
                    min(lasted, sample.longestOutage))
            }
        }
        guard !watched.isEmpty else { return }
        if samples.contains(where: { $0.refused > 0 || $0.unknown > 0 }) { notice(by: nil) }
        judgeRecovery(samples)
    }

    /// Another node changed, or an operation failed: the first time counts.
    private mutating func notice(by node: NodeID?) {
        forWatched { core, fault in
            guard fault.noticed == nil, core.now > fault.began else { return }
            if let node, fault.record.nodes.contains(node) { return }
            fault.noticed = core.now
            fault.noticedBy = node
        }
    }

    /// Changes each watched fault; what changed is told to its line and its incidents.
    private mutating func forWatched(_ change: (borrowing Core, inout FaultState) -> Void) {
        for id in watched {
            guard let index = faults.lastIndex(where: { $0.record.id == id }) else { continue }
            var fault = faults[index]
            change(self, &fault)
            guard fault != faults[index] else { continue }
            faults[index] = fault
            tellOutcome(of: fault)
            for place in incidents.indices where incidents[place].fault == id {
                incidents[place].noticed = fault.noticed
                incidents[place].noticedBy = fault.noticedBy
                if incidents[place].wasLeader {
                    incidents[place].replaced = fault.elected
                    incidents[place].replacedBy = fault.electedNode
                }
                if incidents[place].recovered == nil {
                    incidents[place].recovered = fault.recovered
                }
            }
        }
    }

    /// Whether all is well, for every fault that waits for it. With `samples`, operations came.
    private mutating func judgeRecovery(_ samples: [ClientSample]? = nil) {
        guard !watched.isEmpty else { return }
        let hasClients = !clients.seconds.isEmpty
        guard samples != nil || !hasClients else { return }
        if nodesAreWell {
            let leads = !leaders.isEmpty
            forWatched { core, fault in
                guard fault.recovered == nil, leads || fault.leaders.isEmpty,
                    let from = core.recoveryBegins(fault), core.now >= from
                else { return }
                if let samples, !samples.allSatisfy({ $0.isWell(since: from, at: core.now) }) {
                    return
                }
                fault.recovered = core.now
            }
        }
        let over = watched.filter { id in
            guard let fault = faults.last(where: { $0.record.id == id }) else { return true }
            return fault.recovered != nil && !fault.isActive
                && incidents.allSatisfy { $0.fault != id || $0.back != nil }
        }
        if !over.isEmpty { watched.removeAll(where: over.contains) }
    }

    /// From when on well-being means something: a fault on processes when its nodes were seen to be
    /// gone, any other one when it is over.
    private func recoveryBegins(_ fault: FaultState) -> Stamp? {
        guard fault.deed != nil else { return fault.ended }
        let mine = incidents.filter { $0.fault == fault.record.id }
        if mine.allSatisfy({ $0.wasLost || $0.back != nil }) { return fault.began }
        return fault.ended
    }

    /// Whether every node that should be ready is.
    private var nodesAreWell: Bool {
        var held: Set<NodeID> = []
        for fault in faults.suffix(256) where fault.isActive && fault.deed != nil {
            held.formUnion(fault.record.nodes)
        }
        return nodes.allSatisfy { node in
            switch node.phase {
            case .ready, .waiting: true
            case .exited, .stopped: node.change.fault == nil || held.contains(node.id)
            default: node.isClient || held.contains(node.id)
            }
        }
    }
}

extension ClientSample {
    /// Whether all operations that ended in this interval succeeded, and all of it was after `moment`.
    fileprivate func isWell(since moment: Stamp, at now: Stamp) -> Bool {
        guard due > 0 || ok > 0 || refused > 0 || unknown > 0 else { return true }
        let length = interval.isFinite && interval > 0 ? Duration.seconds(Double(interval)) : .zero
        return ok > 0 && refused == 0 && unknown == 0 && now - length >= moment
    }
}

extension FaultState {
    /// How its nodes disappeared: "crashed", "was paused"; `nil` when it takes no process away.
    public var deed: String? {
        guard case .process(let fault, _)? = spec else { return nil }
        return switch fault {
        case .stop: "was stopped"
        case .kill: "was killed"
        case .crash: "crashed"
        case .pause: "was paused"
        case .freeze: "froze"
        case .poweroff: "lost its power"
        }
    }
}

extension FaultSpec {
    /// The effect that a recorded fault's text means; `nil` when this version does not know the words.
    init?(recorded text: String) {
        guard case .fault(let spec, _)? = try? Command(parsing: text) else { return nil }
        self = spec
    }
}
