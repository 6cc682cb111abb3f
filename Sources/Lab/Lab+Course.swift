internal import CLinux
internal import Cluster
internal import Fabric
internal import Faults
internal import Foundation
internal import Glibc
internal import Journal
internal import Probes
internal import Supervisor
internal import Topology
internal import Workload

/// From the first entry of a run to its last.
extension Lab {
    /// Everything that can be refused is refused here, before a program starts.
    static func prepare(folder path: String) async throws -> Lab {
        let folder = RunFolder(path: path)
        var options = try JSONDecoder().decode(
            RunOptions.self, from: Data(contentsOf: URL(fileURLWithPath: folder.info)))
        let text = try String(contentsOfFile: folder.topology, encoding: .utf8)
        let topology = try Topology(
            parsing: text, file: options.file, settings: options.settings)
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let programs = topology.programs(in: path.map(String.init)) { access($0, X_OK) == 0 }
        let plan = LabPlan(topology, seed: options.seed, programs: programs.found)
        let weather = try ScenarioReading.weather(of: topology)
        let script = try options.scenario.map { try ScenarioReading.script($0, of: topology) }

        let events = EventQueue<LabEvent>(bound: 65_536)
        let reports = EventQueue<LabEvent>(bound: 4_096)
        let identity = try Identity.ofThisProcess(user: options.user)
        let host: MachineHost
        do {
            var starting = MachineHost.Options(identity: identity) { events.put(.machine($0)) }
            starting.groups = ControlGroups().folders
            host = try await MachineHost.start(starting)
        } catch {
            throw LabError("\(error)", code: 69)
        }
        let attachment = try attachment(options.attachment, host)
        try await rehearse(topology, options.scenario, host, attachment)
        let fabric = try Fabric(seed: options.seed, log: 0)
        options.machine = MachineFacts(
            host: host, attachment: attachment, scheduling: fabric.scheduling.rawValue,
            ControlGroups())
        try options.write(to: folder)
        let clock = RunClock()
        let journal = try JournalWriter(
            path: folder.journal,
            run: RunDescription(
                run: options.run, topology: topology.name, about: topology.about ?? "",
                wall: options.wall, seed: options.seed,
                fabric: "virtual/\(attachment.rawValue)",
                scheduling: fabric.scheduling.rawValue, scenario: options.scenario)
        ) { clock.now }
        let logs = try LogPump(
            files: plan.machines.map { folder.log(of: $0.name) }, clock: clock
        ) { reports.put(.logs($0)) }
        let capture = try capture(of: plan, options, folder, fabric) { news in
            reports.put(.capture(news))
        }
        let history = try HistoryRecorder(plan, run: options.run, in: folder, clock: clock) {
            events.put(.history($0))
        }
        let lab = Lab(
            plan: plan, options: options, folder: folder, clock: clock, journal: journal,
            fabric: fabric, capture: capture, host: host, attachment: attachment, logs: logs,
            events: events, reports: reports, history: history, script: script,
            weather: weather)
        do {
            try await lab.rehearseClocks()
            try await lab.open()
        } catch {
            await host.end()
            throw error
        }
        return lab
    }

    /// Nothing is left of a lab that is refused.
    private static func rehearse(
        _ topology: Topology, _ scenario: String?, _ host: MachineHost,
        _ attachment: Supervisor.Attachment
    ) async throws {
        do {
            try await Rehearsal(
                topology: topology, scenario: scenario, host: host, attachment: attachment
            ).run()
        } catch {
            await host.end()
            throw error
        }
    }

    private static func attachment(
        _ wish: String?, _ host: MachineHost
    ) throws(LabError) -> Supervisor.Attachment {
        guard let wish else { return host.attachments[0] }
        guard let attachment = Supervisor.Attachment(rawValue: wish) else {
            throw LabError("--attachment is veth or tun, not \(wish)", code: 64)
        }
        guard host.attachments.contains(attachment) else {
            throw LabError("this machine does not allow \(wish) here; see squall doctor", code: 69)
        }
        return attachment
    }

    /// Writes the first entries and begins to listen.
    private func open() throws {
        state.apply(journal.began)
        for machine in plan.machines { record(.nodeDefined(machine.id, machine.description)) }
        let events = events
        let server = try ControlServer(
            path: options.socket, clock: clock,
            handler: ControlServer.Handler(
                handle: { request, descriptors in await self.answer(request, descriptors) },
                presence: { events.put(.presence($0)) }))
        control = server
        server.start()
    }

    /// The whole course: starts everything, waits for the end, cleans up.
    func run() async -> RunEnd {
        pumps = [events, reports].map { queue in
            Task { for await event in queue.values { self.took(event) } }
        }
        present(.began)
        await makeMachines()
        await beginWeather()
        beginDependents()
        await publishPorts()
        startSampling()
        startLiveCheck()
        startScenario()
        let result = await withCheckedContinuation { continuation in
            if let endResult {
                continuation.resume(returning: endResult)
            } else {
                endContinuation = continuation
            }
        }
        await cleanUp(result)
        return result
    }

    /// Asks for the end; the first reason counts.
    func end(_ result: RunEnd) {
        guard endResult == nil else { return }
        endResult = result
        endContinuation?.resume(returning: result)
        endContinuation = nil
    }

    private func took(_ event: LabEvent) {
        switch event {
        case .machine(let event): machineTold(event)
        case .logs(let batches): logged(batches)
        case .presence(let event): present(event)
        case .probe(let result): probed(result)
        case .client(let id, let line): clientTold(id, line)
        case .history(let news): historyTold(news)
        case .live(let news): liveTold(news)
        case .capture(let news): captureTold(news)
        }
    }

    private func present(_ event: Keepalive.Event) {
        switch keepalive.on(event) {
        case .none: break
        case .arm(let number, let delay): after(delay) { $0.present(.elapsed(number)) }
        case .end(let reason): end(RunEnd(reason: reason))
        }
    }

    private func logged(_ batches: [LogPump.Batch]) {
        for batch in batches {
            if batch.lines > 0 {
                record(.logLines(batch.node, firstByte: batch.firstByte, count: batch.lines))
            }
            if batch.dropped > 0 {
                let name = plan.machines[Int(batch.node.index)].name
                record(.dropped(DropReport(what: "log lines of \(name)", count: batch.dropped)))
            }
        }
    }

    /// Heals, stops every node by its ladder, and leaves nothing behind.
    private func cleanUp(_ result: RunEnd) async {
        isEnding = true
        giveUpWaiting()
        for task in tasks.values { task.cancel() }
        scenarioWake?.cancel()
        trafficCourse?.cancel()
        for id in faults.inOrder.map(\.record.id) { await endFault(id, .runEnded) }
        await closeHistory()
        await liveCheck?.end()
        for machine in plan.machines { node(machine.id, .finish) }
        let longest = plan.machines.map(\.life.grace).max() ?? .zero
        await allFinished(within: longest + .seconds(3))
        await prober.shutdown()
        for publication in publications { publication.stop() }
        await host.end()
        removeControlGroups()
        capture.stop()
        fabric.stop()
        logs.stop()
        // The nodes' last words are told before the end.
        for queue in [events, reports] { queue.finish() }
        for pump in pumps { await pump.value }
        var result = result
        result.timing = timing.words
        record(.runEnded(result))
        journal.finish()
        control?.stop()
        LabDirectory.forget(socket: options.socket)
    }

    /// Waits until every node's life said that it is over.
    private func allFinished(within limit: Duration) async {
        guard !machines.allSatisfy(\.isFinished) else { return }
        let timeout = Task {
            try? await Task.sleep(for: limit)
            self.finishedContinuation?.resume()
            self.finishedContinuation = nil
        }
        await withCheckedContinuation { finishedContinuation = $0 }
        timeout.cancel()
    }

    /// A node's life is over.
    func finished(_ id: NodeID) {
        machines[Int(id.index)].isFinished = true
        guard machines.allSatisfy(\.isFinished) else { return }
        finishedContinuation?.resume()
        finishedContinuation = nil
    }
}
