internal import Cluster
internal import Fabric
internal import Faults
internal import Supervisor

/// What was felt between some pairs of machines before a fault began.
struct Beforehand: Sendable {
    /// Who asks whom, and what came back.
    var pairs: [(link: LinkID, figures: EchoFigures)] = []
    /// Packets lost until now that nobody asked for.
    var unasked: UInt64 = 0
}

/// Proving faults: applied as the switch and the machines counted it, felt as the machines' own
/// kernels answer each other.
extension Lab {
    /// How many pairs of machines are asked about one fault.
    private static let pairsAsked = 3

    /// Asks some of the pairs that a fault is about, just before it begins: a few milliseconds.
    func beforehand(_ link: LinkFault?) async -> Beforehand {
        guard let link else { return Beforehand() }
        let pairs = pairs(of: link)
        var result = Beforehand()
        result.unasked = await unaskedDrops()
        await withTaskGroup(of: (LinkID, [EchoSample]).self) { group in
            let echo = fabric.echo
            for pair in pairs {
                // A line that is slow or silent already is not waited for: what it did last counts.
                if let known = sampling.roundTrips[pair], !(known < 0.02) {
                    let last = known.isNaN ? nil : Int64(Double(known) * 1e9)
                    result.pairs.append((pair, EchoFigures([last])))
                    continue
                }
                group.addTask {
                    let samples = await echo.burst(
                        from: pair.from, to: pair.to, count: 5, every: .milliseconds(1))
                    return (pair, samples)
                }
            }
            for await (pair, samples) in group {
                result.pairs.append((pair, EchoFigures(samples.map(\.roundTrip))))
            }
        }
        return result
    }

    /// Pairs of machines that can be asked about a fault: both have power, the asker is not still.
    private func pairs(of link: LinkFault) -> [LinkID] {
        var chosen: [LinkID] = []
        var used: Set<NodeID> = []
        for id in link.links where id.from != id.to {
            let back = LinkID(from: id.to, to: id.from)
            guard !chosen.contains(id), !chosen.contains(back),
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
    func prove(_ record: FaultRecord, _ kind: ProcessFault?, _ link: LinkFault?, _ before: Beforehand) {
        let id = record.id
        tasks.append(
            Task {
                var proofs: [Proof] = []
                if let kind { proofs += await self.proveProcesses(record, kind) }
                if let link { proofs.append(await self.proveLinks(record, link, before)) }
                guard !Task.isCancelled, !proofs.isEmpty else { return }
                let all = proofs.count > 1 ? Judge.combined(proofs, "both") : proofs[0]
                self.record(.faultMeasured(id, all))
            })
    }

    // MARK: Links

    private func proveLinks(
        _ record: FaultRecord, _ link: LinkFault, _ before: Beforehand
    ) async -> Proof {
        guard !before.pairs.isEmpty else {
            return Proof(verdict: .notProvable, words: "no pair of machines could be asked")
        }
        let lasts = record.ends.map { ($0 - clock.now).inSeconds } ?? .infinity
        let echo = fabric.echo
        var proofs: [Proof] = []
        let answers = await withTaskGroup(of: (LinkID, Expectation, [EchoSample]).self) { group in
            for (pair, _) in before.pairs {
                let expected = Expectation(of: link, asking: pair)
                let wanted = expected.echoesWanted
                // Everything has to be asked while the fault lasts.
                let pause = min(0.02, max(0.001, lasts * 0.5 / Double(wanted)))
                group.addTask {
                    let samples = await echo.burst(
                        from: pair.from, to: pair.to, count: wanted, every: .seconds(pause))
                    return (pair, expected, samples)
                }
            }
            var all: [(LinkID, Expectation, [EchoSample])] = []
            for await answer in group { all.append(answer) }
            return all.sorted { $0.0 < $1.0 }
        }
        let drops = await unaskedDrops() - min(before.unasked, await unaskedDrops())
        guard let counters = try? await fabric.counters() else {
            return Proof(verdict: .notProvable, words: "the run ended")
        }
        let applied = counters.faults[record.id]?.total ?? sampling.endedFaults[record.id] ?? TermCount()
        for (pair, expected, samples) in answers {
            guard let figures = before.pairs.first(where: { $0.link == pair })?.figures else { continue }
            // Echoes that were sent after it ended say nothing about it.
            let ended = state.core.faults.first { $0.record.id == record.id }?.ended
            let asked = samples.filter { sample in
                ended.map { clock.stamp(monotonic: sample.sent) < $0 } ?? true
            }
            proofs.append(
                Judge.proof(
                    expected,
                    Evidence(
                        applied: applied, before: figures,
                        during: EchoFigures(asked.map(\.roundTrip)), unaskedDrops: drops)))
        }
        return Judge.combined(proofs)
    }

    private func unaskedDrops() async -> UInt64 {
        guard let counters = try? await fabric.counters() else { return 0 }
        return counters.ports.reduce(0) { $0 + $1.unasked }
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
        case .pause, .freeze:
            guard let machine = machines[Int(id.index)].machine,
                let use = try? await machine.usage(), use.processes > 0
            else {
                return Proof(verdict: .noEffect, words: "\(name) runs no process to be stopped")
            }
            let words = "\(use.stopped) of \(use.processes) processes of \(name) stand still"
            return Proof(
                verdict: use.stopped == use.processes ? .proved : .noEffect, words: words,
                applied: UInt64(use.stopped))
        case .kill, .crash, .stop, .poweroff:
            let grace = kind == .stop ? runtime.plan.life.grace + .seconds(2) : .seconds(2)
            let down = await reached(within: grace) { core in
                core.nodes[Int(id.index)].change.fault == fault
                    && !core.nodes[Int(id.index)].phase.isUp
            }
            let reason = state.core.nodes[Int(id.index)].change.reason
            return down
                ? Proof(verdict: .proved, words: "\(name): \(reason)", applied: 1)
                : Proof(verdict: .noEffect, words: "\(name) was not running")
        }
    }
}
