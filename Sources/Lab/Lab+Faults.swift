internal import Cluster
internal import Fabric
internal import Faults

/// Injecting, holding, healing.
extension Lab {
    /// Puts a fault in force and tells so. The effect on links is in force when this returns.
    func inject(
        _ spec: FaultSpec, _ resolved: Resolution, _ ending: Ending, by: String,
        weather: Bool = false
    ) async throws(CommandError) -> FaultID {
        if let effect = spec.machineEffect,
            let reason = refusal(of: effect, on: resolved.nodes)
        {
            throw CommandError(reason)
        }
        let id = faults.nextID()
        var link = try linkFault(id, spec, resolved)
        let kind = spec.processFault
        let isMomentary =
            (kind == .kill || kind == .crash || spec.isReset) && ending.after == nil
        // Taken now: another command may be carried out while this one asks.
        if let name = ending.name { faults.use(name: name) }
        let before = await beforehand(link, of: kind == nil ? [] : resolved.nodes)
        if isEnding { throw CommandError("the lab ends") }
        let now = clock.now
        link = link?.beginning(at: RunClock.monotonic())
        let record = FaultRecord(
            id: id, name: ending.name, text: resolved.command.text,
            nodes: resolved.nodes, links: resolved.links, ends: ending.after.map { now + $0 },
            weather: weather, momentary: isMomentary, by: by)
        if spec.isReset {
            try await injectReset(record, spec, for: ending.after)
            return id
        }
        if let effect = spec.machineEffect {
            try await injectMachineFault(record, spec, effect, for: ending.after)
            return id
        }
        self.record(.faultBegan(record))
        if isMomentary {
            for node in resolved.nodes { self.node(node, .struck(id, kind ?? .kill)) }
            self.record(.faultEnded(id, .momentary))
            prove(record, kind, link, before)
            return id
        }
        faults.insert(
            FaultBook.Active(
                record: record, spec: spec, link: link,
                holds: kind == nil ? [] : Set(resolved.nodes)))
        if let link {
            beforehands[id] = before
            await installLinks(changing: link)
        }
        if let kind {
            for node in resolved.nodes { self.node(node, .hold(id, kind, until: record.ends)) }
        }
        if let duration = ending.after {
            after(duration) { await $0.endFault(id, .elapsed) }
        }
        prove(record, kind, link, before)
        return id
    }

    /// Puts the topology's standing faults in force: after the machines are made, so that it is felt what
    /// they change, and before a program of a node runs.
    func beginWeather() async {
        for (number, line) in weather.enumerated() {
            do throws(CommandError) {
                let found: Resolution
                do {
                    found = try line.command.resolved(
                        in: state.core, random: random, number: UInt64(number))
                } catch {
                    throw CommandError("\(error)")
                }
                guard case .fault(let spec, let ending) = found.command else { continue }
                _ = try await inject(spec, found, ending, by: "weather", weather: true)
            } catch {
                end(RunEnd(reason: "weather: \(line.text): \(error.message)", code: 65))
            }
        }
    }

    /// Takes a fault back: exactly what it added, nothing else.
    func endFault(_ id: FaultID, _ end: FaultEnd) async {
        guard let fault = faults.remove(id) else { return }
        sampling.healedAt[id] = RunClock.monotonic()
        if let link = fault.link {
            await installLinks(changing: link)
            for (ended, counts) in fabric.ended() { sampling.endedFaults[ended] = counts.total }
        }
        if fault.spec.machineEffect != nil { await enforceLimits(on: fault.record.nodes) }
        record(.faultEnded(id, end))
        for node in fault.holds.sorted() { self.node(node, .release(id)) }
        lookAfterwards(id, fault.link)
    }

    /// One machine of several is let go: its port is its own again.
    func free(_ id: FaultID, _ node: NodeID) async {
        faults.release(id, node)
        self.node(node, .release(id))
        guard let fault = faults.active[id], let link = fault.link else { return }
        let everybody = machines.map(\.plan.id)
        let rest = fault.holds.sorted()
        switch fault.spec.processFault {
        case .freeze: faults.change(id, .hold(id, ports: rest, among: everybody))
        case .poweroff: faults.change(id, .mute(id, ports: rest, among: everybody))
        default: return
        }
        await installLinks(changing: link)
    }

    /// Gives the switch what the active faults add up to, and waits until it is in force.
    func installLinks(changing link: LinkFault) async {
        defer {
            let now = RunClock.monotonic()
            for id in link.links { sampling.changedAt[id] = now }
        }
        guard let ticket = try? fabric.install(faults.table(machines: machines.count)) else {
            return
        }
        await fabric.adopted(ticket)
    }

    /// What a fault does to links, as the switch understands it.
    private func linkFault(
        _ id: FaultID, _ spec: FaultSpec, _ resolved: Resolution
    ) throws(CommandError) -> LinkFault? {
        let everybody = machines.map(\.plan.id)
        do {
            switch spec {
            case .process(.freeze, _): return .hold(id, ports: resolved.nodes, among: everybody)
            case .process(.poweroff, _): return .mute(id, ports: resolved.nodes, among: everybody)
            // These are carried out by the machines; a reset cuts its links for a moment itself.
            case .process, .machine, .link(.reset, _, _): return nil
            case .partition, .isolate, .unplug: return .cut(id, resolved.links.expanded)
            case .link(let effect, _, let only):
                return try LinkFault(id, effect, on: resolved.links.expanded, only: only)
            case .attack: throw CommandError("not in this version")
            }
        } catch let error as EffectError {
            throw CommandError(error.description)
        } catch {
            throw CommandError("\(error)")
        }
    }
}

extension FaultSpec {
    /// The process fault, if it is one.
    var processFault: ProcessFault? {
        guard case .process(let kind, _) = self else { return nil }
        return kind
    }
}
