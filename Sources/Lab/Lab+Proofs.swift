internal import Cluster
internal import Fabric
internal import Faults
internal import Supervisor

/// What was felt between some pairs of machines before a fault began.
struct Beforehand: Sendable {
    /// Who asks whom, and what came back.
    var pairs: [(link: LinkID, figures: EchoFigures)] = []
    /// The machines that the fault's links touch.
    var touched: Set<NodeID> = []
    /// Packets lost until now at their ports and devices that nobody asked for.
    var unasked: UInt64 = 0
}

/// Proving faults: applied as the switch and the machines counted it, felt as the machines' own
/// kernels answer each other.
extension Lab {
    /// How many pairs of machines are asked about one fault.
    private static let pairsAsked = 3

    /// How long an echo is waited for before a fault begins: nobody should wait for a command.
    private static let quickPatience = Duration.milliseconds(250)

    /// Asks some of the pairs that a fault is about, just before it begins: a few milliseconds.
    func beforehand(_ link: LinkFault?, of nodes: [NodeID]) async -> Beforehand {
        guard let link else { return Beforehand() }
        let pairs = pairs(of: link, nodes)
        var result = Beforehand()
        result.touched = Set(link.links.flatMap { [$0.from, $0.to] })
        result.unasked = await unaskedDrops(at: result.touched)
        await withTaskGroup(of: (LinkID, [Echoed]).self) { group in
            for pair in pairs {
                let feeler = Expectation(of: link, asking: pair).feeler
                // A line that is slow already is not waited for: what it did last counts.
                if feeler == .echo(bytes: Feeler.least), let known = knownRoundTrip(pair),
                    known >= 0.02
                {
                    result.pairs.append((pair, EchoFigures([Int64(Double(known) * 1e9)])))
                    continue
                }
                group.addTask {
                    let echoes = await self.ask(
                        pair, feeler, count: 5, every: .milliseconds(1),
                        patience: Self.quickPatience)
                    return (pair, echoes)
                }
            }
            for await (pair, echoes) in group {
                result.pairs.append((pair, EchoFigures(echoes)))
            }
        }
        return result
    }

    /// The last round trip in seconds, if it was asked for since a fault last changed the line.
    private func knownRoundTrip(_ pair: LinkID) -> Float? {
        guard let known = sampling.roundTrips[pair], !known.isNaN,
            sampling.askedAt[pair] ?? 0 > sampling.changedAt[pair] ?? .min
        else { return nil }
        return known
    }

    /// Pairs of machines that can be asked about a fault: both have power. About machines that hear
    /// nothing or stand still their peers are asked, not they themselves.
    private func pairs(of link: LinkFault, _ nodes: [NodeID]) -> [LinkID] {
        var chosen: [LinkID] = []
        var used: Set<NodeID> = []
        for id in link.links where id.from != id.to {
            let back = LinkID(from: id.to, to: id.from)
            guard !chosen.contains(id), !chosen.contains(back),
                nodes.isEmpty || (nodes.contains(id.to) && !nodes.contains(id.from)),
                machines[Int(id.from.index)].machine != nil,
                machines[Int(id.to.index)].machine != nil
            else { continue }
            // Different machines tell more than the same one again.
            if chosen.count + 1 < Self.pairsAsked, used.contains(id.from), used.contains(id.to) {
                continue
            }
            chosen.append(id)
            used.formUnion([id.from, id.to])
            if chosen.count == Self.pairsAsked { break }
        }
        return chosen
    }

    /// Finds out in the background what a fault does, and tells.
    func prove(
        _ record: FaultRecord, _ kind: ProcessFault?, _ link: LinkFault?, _ before: Beforehand
    ) {
        let id = record.id
        background { lab in
            var proofs: [Proof] = []
            if let kind { proofs += await lab.proveProcesses(record, kind) }
            // Whoever has no peer can only be counted.
            if let link, kind == nil || !before.pairs.isEmpty {
                proofs.append(await lab.proveLinks(record, kind, link, before))
            }
            guard !Task.isCancelled, !proofs.isEmpty else { return }
            let all = proofs.count > 1 ? Judge.combined(proofs, "both") : proofs[0]
            lab.record(.faultMeasured(id, all))
        }
    }

    // MARK: Links

    private func proveLinks(
        _ record: FaultRecord, _ kind: ProcessFault?, _ link: LinkFault, _ before: Beforehand
    ) async -> Proof {
        guard !before.pairs.isEmpty else {
            return Proof(verdict: .notProvable, words: "no pair of machines could be asked")
        }
        let began = RunClock.monotonic()
        let lasts = record.ends.map { ($0 - clock.now).inSeconds } ?? .infinity
        var proofs: [Proof] = []
        let answers = await withTaskGroup(of: (LinkID, [Echoed]).self) { group in
            for (pair, figures) in before.pairs {
                let expected = Expectation(of: link, asking: pair)
                group.addTask {
                    let rhythm = Rhythm(expected, usual: figures.median ?? 0, lasts: lasts, link)
                    return (pair, await self.ask(pair, expected.feeler, rhythm))
                }
            }
            var all: [(LinkID, [Echoed])] = []
            for await answer in group { all.append(answer) }
            return all.sorted { $0.0 < $1.0 }
        }
        let unasked = await unaskedDrops(at: before.touched)
        let drops = unasked - min(before.unasked, unasked)
        guard let counters = try? await fabric.counters() else {
            return Proof(verdict: .notProvable, words: "the run ended")
        }
        let applied =
            counters.faults[record.id]?.total ?? sampling.endedFaults[record.id] ?? TermCount()
        for (pair, samples) in answers {
            guard let figures = before.pairs.first(where: { $0.link == pair })?.figures else {
                continue
            }
            let expected = Expectation(
                of: link, asking: pair, at: samples.map { $0.sent - link.began })
            // Silence is silence, whatever else befalls the line.
            let usable = expected.isSilent ? samples : undisturbed(samples, on: pair, since: began)
            let during = asked(usable, during: record.id, silent: expected.isSilent)
            if kind == .poweroff {
                proofs.append(silence(figures, during))
                continue
            }
            proofs.append(
                Judge.proof(
                    expected,
                    Evidence(
                        applied: applied, before: figures, during: during, unaskedDrops: drops)))
        }
        return Judge.combined(proofs)
    }

    /// Echoes that were over before another fault began or ended on the same line: later ones tell of
    /// both.
    private func undisturbed(
        _ samples: [Echoed], on pair: LinkID, since began: Int64
    ) -> [Echoed] {
        let back = LinkID(from: pair.to, to: pair.from)
        let change = max(sampling.changedAt[pair] ?? 0, sampling.changedAt[back] ?? 0)
        guard change > began else { return samples }
        return samples.filter { $0.sent + ($0.roundTrip ?? 0) < change }
    }

    /// Echoes that were sent after the fault ended say nothing about it; neither do answers that its
    /// end let through.
    private func asked(_ samples: [Echoed], during fault: FaultID, silent: Bool) -> EchoFigures {
        guard let end = sampling.healedAt[fault] else { return EchoFigures(samples) }
        return EchoFigures(
            samples.filter { $0.sent < end }.map { sample in
                guard silent, let trip = sample.roundTrip, sample.sent + trip >= end else {
                    return sample
                }
                return Echoed(sent: sample.sent, roundTrip: nil)
            })
    }

    /// A machine without power has no port where anything could be counted: its peers tell.
    private func silence(_ before: EchoFigures, _ during: EchoFigures) -> Proof {
        let words = "silence: \(during.answered) of \(during.sent) echoes came back"
        if before.answered == 0 {
            return Proof(verdict: .notProvable, words: "no echo came back before it either")
        }
        if during.sent < Judge.least {
            return Proof(verdict: .notProvable, words: "only \(during.sent) echoes were sent")
        }
        return Proof(verdict: during.answered == 0 ? .proved : .noEffect, words: words, applied: 1)
    }

    // MARK: Processes

    private func proveProcesses(_ record: FaultRecord, _ kind: ProcessFault) async -> [Proof] {
        var proofs: [Proof] = []
        for id in record.nodes { proofs.append(await proveProcess(id, kind, record.id)) }
        return proofs.isEmpty ? [] : [Judge.combined(proofs, "nodes")]
    }

    private func proveProcess(_ id: NodeID, _ kind: ProcessFault, _ fault: FaultID) async -> Proof {
        let runtime = machines[Int(id.index)]
        let name = runtime.plan.name
        await runtime.tail?.value
        switch kind {
        case .pause, .freeze: return await proveStill(id, name, fault)
        case .kill, .crash, .stop, .poweroff:
            let grace = kind == .stop ? runtime.plan.life.grace + .seconds(2) : .seconds(2)
            let down = await reached(within: grace) { core in
                let node = core.nodes[Int(id.index)]
                // Another fault may have held it down before; only this one takes its power.
                if kind == .poweroff { return node.phase == .off }
                return node.change.fault == fault && !node.phase.isUp
            }
            let reason = state.core.nodes[Int(id.index)].change.reason
            return down
                ? Proof(verdict: .proved, words: "\(name): \(reason)", applied: 1)
                : Proof(verdict: .noEffect, words: "\(name) was not running")
        }
    }
    /// A signal is sent in a moment; a process stands still once the scheduler has seen it.
    private func proveStill(_ id: NodeID, _ name: String, _ fault: FaultID) async -> Proof {
        let deadline = clock.now + .seconds(1)
        while true {
            guard let machine = machines[Int(id.index)].machine,
                let use = try? await machine.usage(), use.processes > 0
            else {
                return Proof(verdict: .noEffect, words: "\(name) runs no process to be stopped")
            }
            let words = "\(use.stopped) of \(use.processes) processes of \(name) stand still"
            if use.stopped == use.processes {
                return Proof(verdict: .proved, words: words, applied: UInt64(use.stopped))
            }
            if clock.now > deadline || sampling.healedAt[fault] != nil || Task.isCancelled {
                let verdict: Proof.Verdict =
                    sampling.healedAt[fault] == nil ? .noEffect : .notProvable
                return Proof(verdict: verdict, words: words, applied: UInt64(use.stopped))
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
