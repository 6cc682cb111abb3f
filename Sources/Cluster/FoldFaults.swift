/// Faults and what came of them: who noticed, who took over, when all was well again.
extension Core {
    mutating func began(_ record: FaultRecord) {
        guard place(of: record.id) == nil else { return }
        if faults.count >= Core.keptFaults { forgetFaults() }
        faults.append(
            FaultState(
                record: record, spec: FaultSpec(recorded: record.text), began: now,
                ended: record.momentary ? now : nil, end: record.momentary ? .momentary : nil,
                leaders: leaders, wontedFailures: wontedFailures))
        tell(.fault, "\(record.id) \(record.text)", fault: record.id)
        guard !record.weather else { return }
        watched.append(faults.count - 1, keeping: 64)
        guard let deed = faults.last?.deed else { return }
        for node in record.nodes { begin(record.id, node, deed) }
    }

    /// Who failed before can't tell what the fault did: that is what counts as well.
    private var wontedFailures: Double {
        let sum = clients.summary(in: max(allReadyAt ?? now, now - .seconds(10))..<now)
        return sum?.availability.map { 1 - $0 } ?? 0
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
        watched = []
        var left = Core.keptFaults / 2
        faults.removeAll { fault in
            guard left > 0, !fault.isActive else { return false }
            left -= 1
            return true
        }
        if faults.count >= Core.keptFaults { faults.removeFirst(Core.keptFaults / 2) }
    }

    mutating func measured(_ id: FaultID, _ proof: Proof) {
        guard let place = place(of: id) else { return }
        faults[place].proof = proof
        tellOutcome(of: place)
    }

    mutating func ended(_ id: FaultID, _ end: FaultEnd) {
        guard let place = place(of: id), faults[place].isActive else { return }
        faults[place].ended = now
        faults[place].end = end
        let held = seconds(now - faults[place].began)
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
    private mutating func tellOutcome(of place: Int) {
        let fault = faults[place]
        let told = news.indices.last {
            news[$0].kind == .fault && news[$0].fault == fault.record.id
        }
        guard let line = told
        else { return }
        var parts: [String] = []
        if let noticed = fault.noticed, fault.deed != nil {
            let who = fault.noticedBy.map { name(of: $0) } ?? "a client"
            parts.append("noticed by \(who) after \(hundredths(noticed - fault.began))")
        }
        if let proof = fault.proof {
            switch proof.verdict {
            case .noEffect: parts.append(proof.words.isEmpty ? "no effect" : proof.words)
            case .notProvable: parts.append(proof.words.isEmpty ? "not provable" : proof.words)
            case .measuring, .proved: if !proof.words.isEmpty { parts.append(proof.words) }
            }
        }
        news[line].outcome = parts.joined(separator: " · ")
    }

    /// `1.52 s`
    private func hundredths(_ duration: Duration) -> String {
        let value = max(0, (duration.microseconds / 1_000).adding(5) / 10)
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
            for place in watched
            where faults[place].elected == nil && !faults[place].leaders.contains(node) {
                faults[place].elected = now
                faults[place].electedNode = node
                tellIncidents(of: place)
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
                incidents[index].failed = incidents[index].failed.adding(sample.failed)
            }
        }
        guard !watched.isEmpty else { return }
        if samples.contains(where: { $0.failed > 0 }) {
            notice(by: nil, failures: samples.map(\.failureShare).max() ?? 0)
        }
        judgeRecovery(samples)
    }

    /// Another node changed, or an operation failed: the first time counts.
    private mutating func notice(by node: NodeID?, failures: Double = 1) {
        for place in watched where faults[place].noticed == nil && now > faults[place].began {
            if let node, faults[place].record.nodes.contains(node) { continue }
            if failures <= faults[place].wontedFailures * 1.5 { continue }
            faults[place].noticed = now
            faults[place].noticedBy = node
            tellOutcome(of: place)
            tellIncidents(of: place)
        }
    }

    /// Where a fault is; most questions are about the newest ones.
    func place(of id: FaultID) -> Int? {
        var place = faults.count
        while place > 0 {
            place -= 1
            if faults[place].record.id == id { return place }
        }
        return nil
    }

    /// What the fault's course says of the nodes that it took.
    private mutating func tellIncidents(of place: Int) {
        let id = faults[place].record.id
        for index in incidents.indices where incidents[index].fault == id {
            incidents[index].noticed = faults[place].noticed
            incidents[index].noticedBy = faults[place].noticedBy
            if incidents[index].wasLeader {
                incidents[index].replaced = faults[place].elected
                incidents[index].replacedBy = faults[place].electedNode
            }
            if incidents[index].recovered == nil {
                incidents[index].recovered = faults[place].recovered
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
            for place in watched where faults[place].recovered == nil {
                guard leads || faults[place].leaders.isEmpty, let from = recoveryBegins(place),
                    now >= from
                else { continue }
                let most = max(0.01, faults[place].wontedFailures)
                let isWell = samples?.allSatisfy { $0.isWell(since: from, at: now, most) }
                if isWell == false { continue }
                faults[place].recovered = now
                tellIncidents(of: place)
            }
        }
        watched.removeAll(where: isOver)
    }

    /// Whether nothing more can be told of a fault's course.
    private func isOver(_ place: Int) -> Bool {
        guard faults[place].recovered != nil, !faults[place].isActive else { return false }
        let id = faults[place].record.id
        return incidents.indices.allSatisfy {
            incidents[$0].fault != id || incidents[$0].back != nil
        }
    }

    /// From when on well-being means something: a fault on processes when its nodes were seen to be
    /// gone, any other one when it is over.
    private func recoveryBegins(_ place: Int) -> Stamp? {
        guard faults[place].deed != nil else { return faults[place].ended }
        let id = faults[place].record.id
        let wereSeen = incidents.indices.allSatisfy {
            incidents[$0].fault != id || incidents[$0].wasLost || incidents[$0].back != nil
        }
        return wereSeen ? faults[place].began : faults[place].ended
    }

    /// Whether every node that should be ready is.
    private var nodesAreWell: Bool {
        var held: Set<NodeID> = []
        for index in faults.indices.suffix(256)
        where faults[index].isActive && faults[index].deed != nil {
            held.formUnion(faults[index].record.nodes)
        }
        return nodes.indices.allSatisfy { index in
            switch nodes[index].change.phase {
            case .ready, .waiting: true
            case .exited, .stopped:
                nodes[index].change.fault == nil || held.contains(nodes[index].id)
            default: nodes[index].isClient || held.contains(nodes[index].id)
            }
        }
    }
}

extension ClientSample {
    /// Operations that did not succeed.
    fileprivate var failed: UInt64 { UInt64(refused) + UInt64(unknown) }

    /// Their share of the finished ones.
    fileprivate var failureShare: Double {
        failed == 0 ? 0 : Double(failed) / Double(failed + UInt64(ok))
    }

    /// Whether hardly an operation that ended in this interval failed, and all of it was after `moment`.
    fileprivate func isWell(since moment: Stamp, at now: Stamp, _ most: Double) -> Bool {
        guard due > 0 || ok > 0 || failed > 0 else { return true }
        let isLong = interval.isFinite && interval > 0
        let length = isLong ? Duration.seconds(Double(min(interval, 3_600))) : .zero
        return ok > 0 && failureShare <= most && now - length >= moment
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
