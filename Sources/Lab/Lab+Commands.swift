internal import Cluster
internal import Fabric
internal import Glibc
internal import Supervisor
internal import Topology
internal import Workload

/// Why a command was refused, in words.
struct CommandError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// One command language, one way in: keys, palette, scenario steps and `squall do` all end here.
extension Lab {
    /// Answers a client of the control socket.
    func answer(_ request: ControlRequest, _ descriptors: [Int32]) async -> ControlReply {
        switch request.verb {
        case .command:
            for descriptor in descriptors { close(descriptor) }
            return await command(request.text, by: request.by)
        case .exec: return await exec(request, descriptors)
        case .tcpdump: return show(request, descriptors)
        case .interrupt:
            for descriptor in descriptors { close(descriptor) }
            interrupt(Int32(request.by) ?? 130)
            return ControlReply(ok: true)
        case .viewers: return ControlReply(ok: true, viewers: keepalive.count)
        case .attach, .detach, .quit: return ControlReply(ok: true)
        }
    }

    /// Reads one line, carries it out, and says what became of it.
    func command(_ line: String, by: String) async -> ControlReply {
        let command: Command
        do {
            command = try Command(parsing: line)
        } catch {
            return refuse(line, "\(error)", by: by)
        }
        return await run(command, as: line, by: by)
    }

    /// Carries a command out, and says what became of it.
    func run(_ command: Command, as line: String, by: String) async -> ControlReply {
        if isEnding { return refuse(line, "the lab ends", by: by) }
        if let reason = command.unsupported { return refuse(line, reason, by: by) }
        commandCount += 1
        let number = commandCount
        do {
            let outcome = try await perform(command, number: number, line: line, by: by)
            return ControlReply(
                ok: true, text: outcome.names, effect: outcome.effect,
                fault: outcome.fault?.number)
        } catch {
            return refuse(line, error.message, by: by)
        }
    }

    /// What a command became.
    struct Outcome {
        var names: String
        var effect = ""
        var fault: FaultID?
    }

    private func refuse(_ line: String, _ message: String, by: String) -> ControlReply {
        record(
            .commandRefused(
                CommandRecord(number: commandCount, text: line, names: line, by: by),
                message: message))
        return ControlReply(ok: false, text: message)
    }

    private func perform(
        _ command: Command, number: UInt64, line: String, by: String
    ) async throws(CommandError) -> Outcome {
        let found: Resolution
        do {
            found = try command.resolved(in: state.core, random: random, number: number)
        } catch {
            throw CommandError("\(error)")
        }
        var outcome = Outcome(names: found.command.text, effect: found.effect)
        switch found.command {
        case .wait, .waitUntil, .expect:
            throw CommandError(
                "waiting is for scenarios, `squall wait` and `squall do -`; the lab does not stop")
        // Refused before by `unsupported`; named here so that a new command cannot be forgotten.
        case .scale: throw CommandError("not in this version")
        case .put(let key, let value, _):
            accept(number, line, outcome.names, by)
            outcome.effect = try await ask(.put(key: key, value: value), found.nodes, by: by)
        case .get(let key, _):
            accept(number, line, outcome.names, by)
            outcome.effect = try await ask(.get(key: key), found.nodes, by: by)
        case .call(_, let method, let path, let body):
            accept(number, line, outcome.names, by)
            let question = ByHand.Question.call(
                method: method.rawValue, path: path, body: body ?? "")
            outcome.effect = try await ask(question, found.nodes, by: by)
        case .fault(let spec, let ending):
            if let name = ending.name, faults.isTaken(name), !mayUseAgain(name, by: by) {
                throw CommandError("a fault of this run is called \(name) already")
            }
            accept(number, line, outcome.names, by)
            outcome.fault = try await inject(spec, found, ending, by: by)
            await takesHold(spec, of: found.nodes)
        case .heal(let target):
            accept(number, line, outcome.names, by)
            outcome.effect = try await heal(target, found.nodes)
        case .process(let verb, _):
            accept(number, line, outcome.names, by)
            await process(verb, found.nodes)
        case .signal(_, let name):
            guard let signal = signalNumber(name) else {
                throw CommandError("no signal is called \(name)")
            }
            accept(number, line, outcome.names, by)
            for id in found.nodes { try await send(signal, to: id) }
        case .note(let text): record(.note(text, by: by))
        case .traffic(let change):
            accept(number, line, outcome.names, by)
            try changeTraffic(change)
        case .scenario(let order):
            accept(number, line, outcome.names, by)
            try direct(order)
        case .exec(_, let text):
            accept(number, line, outcome.names, by)
            outcome.effect = try await execute(text, on: found.nodes)
        }
        return outcome
    }

    /// Waits until the nodes that a fault takes away are seen to be gone: whoever asks for the leader right
    /// after its crash must not be told of the dead one.
    private func takesHold(_ spec: FaultSpec, of nodes: [NodeID]) async {
        guard spec.processFault?.holdsDown == true else { return }
        for id in nodes {
            _ = await reached(within: .seconds(2)) { core in
                let phase = core.nodes[Int(id.index)].phase
                return !phase.isUp || phase == .stopping
            }
        }
    }

    private func accept(_ number: UInt64, _ line: String, _ names: String, _ by: String) {
        record(.commandAccepted(CommandRecord(number: number, text: line, names: names, by: by)))
    }

    // MARK: Healing

    private func heal(
        _ target: HealTarget, _ nodes: [NodeID]
    ) async throws(CommandError) -> String {
        let chosen: [FaultBook.Active]
        switch target {
        case .all: chosen = faults.inOrder.filter { !$0.record.weather }
        case .weather: chosen = faults.inOrder.filter(\.record.weather)
        case .on:
            chosen = faults.inOrder.filter { fault in
                nodes.contains {
                    fault.holds.contains($0) || fault.record.links.touches($0)
                        || (fault.spec.machineEffect != nil && fault.record.nodes.contains($0))
                }
            }
        case .fault(let word):
            guard let fault = faults.find(word) else {
                throw CommandError(
                    faults.isTaken(word)
                        ? "\(word) is over already" : "no fault is called \(word)")
            }
            chosen = [fault]
        }
        for fault in chosen { await endFault(fault.record.id, .healed) }
        let labels = chosen.map { $0.record.name ?? $0.record.id.description }
        return labels.isEmpty ? "nothing to heal" : "healed " + labels.joined(separator: ", ")
    }

    // MARK: Processes

    private func process(_ verb: ProcessVerb, _ nodes: [NodeID]) async {
        switch verb {
        case .start: for id in nodes { await letGo(id) { $0.holdsDown && $0 != .poweroff } }
        case .poweron: for id in nodes { await letGo(id) { $0 == .poweroff } }
        case .resume: for id in nodes { await letGo(id) { $0.holdsStill } }
        case .restart: for id in nodes { node(id, .restart) }
        case .rollingRestart: rollingRestart(nodes)
        }
        if verb == .start || verb == .poweron { for id in nodes { node(id, .begin) } }
    }

    /// Takes a node out of the hands of the faults that hold it in some way; a fault that holds
    /// nobody any more is over.
    private func letGo(_ id: NodeID, where matches: (ProcessFault) -> Bool) async {
        for fault in faults.inOrder where fault.holds.contains(id) {
            guard let kind = fault.spec.processFault, matches(kind) else { continue }
            if fault.holds.count == 1 {
                await endFault(fault.record.id, .healed)
            } else {
                await free(fault.record.id, id)
            }
        }
    }

    /// One after the other, each ready before the next, at most a minute each.
    private func rollingRestart(_ nodes: [NodeID]) {
        background { lab in
            for id in nodes {
                let starts = lab.state.core.nodes[Int(id.index)].change.starts
                lab.node(id, .restart)
                _ = await lab.reached(within: .seconds(60)) { core in
                    let node = core.nodes[Int(id.index)]
                    return node.change.starts > starts && node.phase == .ready
                }
                if Task.isCancelled { return }
            }
        }
    }

    private func send(_ signal: Int32, to id: NodeID) async throws(CommandError) {
        let runtime = machines[Int(id.index)]
        guard let machine = runtime.machine, let process = runtime.process else {
            throw CommandError("\(runtime.plan.name) is not running")
        }
        do {
            try await machine.signal(signal, to: process)
        } catch {
            throw CommandError("\(error)")
        }
    }
}
