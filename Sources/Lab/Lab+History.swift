internal import Cluster
internal import Journal
internal import Topology
internal import Workload

/// What the clients did, operation by operation: `history.ndjson` of the run's folder.
extension Lab {
    /// The file in which a client keeps what was not told yet, on its own disk.
    static func historyMemory(_ incarnation: Int) -> String { "history-\(incarnation)" }

    /// Something that the lab and its readers have to know.
    func historyTold(_ news: HistoryRecorder.News) {
        switch news {
        case .level(let level):
            historyLevel = level
            record(
                .note(
                    "the history fills up: of \(1 << level) keys one is written from here on",
                    by: "history"))
            for machine in plan.machines where machine.kind == .client {
                order(machine.id, ClientOrder(historyLevel: level))
            }
        case .lost(let count):
            record(
                .dropped(DropReport(what: "operations of the history", count: UInt64(count))))
        case .full:
            record(.note("the history is full: nothing more is written", by: "history"))
        case .failed(let why): record(.note("the history cannot be written: \(why)", by: "history"))
        }
    }

    /// Ends the load and the history: what is under way is waited for as long as an operation may take,
    /// then the last line is written. Whoever comes second finds it done.
    func closeHistory() async {
        guard let history else { return }
        for machine in plan.machines where machine.kind == .client {
            order(machine.id, ClientOrder(rate: 0, ends: true))
        }
        let timeout = plan.topology.workload?.timeout ?? .zero
        await history.finish(patience: timeout + .milliseconds(500))
    }
}

extension Topology.Workload.Driver {
    /// Whether a node may acknowledge what another one did, and read its own copy afterwards. Of a program
    /// that speaks for itself nobody knows.
    fileprivate var forwards: Bool {
        switch self {
        case .kv, .exec, .http: true
        case .redis, .etcd: false
        }
    }
}

extension HistoryRecorder {
    /// The history of a run; nil: its topology has no clients, or wants none.
    convenience init?(
        _ plan: LabPlan, run: String, in folder: RunFolder, clock: RunClock,
        tell: @escaping @Sendable (News) -> Void
    ) throws {
        guard let workload = plan.topology.workload, let bound = workload.history,
            let kind = ClientConfiguration.Kind(rawValue: workload.kind.rawValue)
        else { return nil }
        try self.init(
            path: folder.history,
            plan: Plan(
                run: run, kind: kind, seed: plan.seed,
                forwards: workload.driver.forwards, keys: workload.keys,
                operations: bound.operations, bytes: bound.bytes),
            clock: { clock.now.microseconds }, tell: tell)
    }
}
