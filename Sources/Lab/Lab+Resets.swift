internal import Cluster
internal import Fabric
internal import Faults
internal import Supervisor

/// `reset`: the kernels at both ends are asked to destroy their sockets, so that idle connections end
/// too and no packet is forged.
extension Lab {
    /// From one round to the next while a reset lasts.
    private static let resetInterval = Duration.milliseconds(100)

    /// Ends the connections of a fault's links, once or, with a duration, all the time; tells so, and
    /// what became of it. Nothing has happened when it throws.
    func injectReset(
        _ record: FaultRecord, _ spec: FaultSpec, for duration: Duration?
    ) async throws(CommandError) {
        if let transport = spec.only?.transport, transport != .tcp {
            throw CommandError("\(transport.rawValue) has no connections that could be reset")
        }
        let reset = try await resetOnce(record, spec)
        self.record(.faultBegan(record))
        if let duration {
            after(duration) { await $0.endFault(record.id, .elapsed) }
            goOnResetting(record.id, port: spec.only?.port)
        } else {
            self.record(.faultEnded(record.id, .momentary))
        }
        self.record(.faultMeasured(record.id, Judging.reset(reset)))
    }

    /// What the links hold is dropped first; they are open again when this returns.
    private func resetOnce(
        _ record: FaultRecord, _ spec: FaultSpec
    ) async throws(CommandError) -> Machine.Reset {
        let links = record.links.expanded
        let port = spec.only?.port
        let cut: LinkFault
        do throws(EffectError) {
            cut = try LinkFault(
                record.id, .cut, on: links,
                only: spec.only.map { _ in Only(transport: .tcp, port: port) })
        } catch {
            throw CommandError(error.description)
        }
        faults.insert(FaultBook.Active(record: record, spec: spec, link: cut, holds: []))
        await installLinks(changing: cut)
        let ended = await destroyConnections(on: links, port: port)
        var lasts = !record.momentary
        if case .failure = ended { lasts = false }
        if lasts { faults.change(record.id, nil) } else { _ = faults.remove(record.id) }
        await installLinks(changing: cut)
        return try ended.get()
    }

    /// Again and again while the fault is in force.
    private func goOnResetting(_ id: FaultID, port: UInt16?) {
        background { lab in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.resetInterval)
                guard let fault = lab.faults.active[id] else { return }
                _ = await lab.destroyConnections(on: fault.record.links.expanded, port: port)
            }
        }
    }

    /// Both ends of each pair, several machines at a time.
    private func destroyConnections(
        on links: [LinkID], port: UInt16?
    ) async -> Result<Machine.Reset, CommandError> {
        var peers: [NodeID: Set<NodeID>] = [:]
        for link in links where link.from != link.to {
            peers[link.from, default: []].insert(link.to)
            peers[link.to, default: []].insert(link.from)
        }
        return await withTaskGroup(
            of: Result<Machine.Reset, MachineError>.self
        ) { group in
            for (id, others) in peers {
                guard let machine = machines[Int(id.index)].machine else { continue }
                let addresses = others.sorted().map { LabPlan.address(of: $0).value }
                group.addTask {
                    var all = Machine.Reset(ended: 0, left: 0)
                    do throws(MachineError) {
                        for address in addresses {
                            let reset = try await machine.resetConnections(to: address, port: port)
                            all.ended += reset.ended
                            all.left += reset.left
                        }
                    } catch {
                        return error == .gone ? .success(all) : .failure(error)
                    }
                    return .success(all)
                }
            }
            var sum = Machine.Reset(ended: 0, left: 0)
            var refusal: MachineError?
            for await result in group {
                switch result {
                case .success(let reset):
                    sum.ended += reset.ended
                    sum.left += reset.left
                case .failure(let error): refusal = error
                }
            }
            if let refusal {
                return .failure(
                    CommandError(
                        "this kernel does not destroy sockets (CONFIG_INET_DIAG_DESTROY): \(refusal)"
                    ))
            }
            return .success(sum)
        }
    }
}

extension FaultSpec {
    /// Whether it ends connections.
    var isReset: Bool {
        if case .link(.reset, _, _) = self { true } else { false }
    }

    /// Which packets it is about; all when `nil`.
    fileprivate var only: Only? {
        guard case .link(_, _, let only) = self else { return nil }
        return only
    }
}
