internal import Chaos
internal import Cluster
internal import Fabric
internal import Faults
internal import Journal
internal import Probes
internal import Supervisor
internal import Topology
internal import Workload

/// The only thing that acts: machines, processes, fabric, probes and load of one run. Commands go
/// in, events come out; nobody else changes anything, and nothing is read but the journal.
public actor Lab {
    let plan: LabPlan
    let options: RunOptions
    let folder: RunFolder
    let clock: RunClock
    let journal: JournalWriter
    let fabric: Fabric
    let capture: Capture
    let host: MachineHost
    let attachment: Supervisor.Attachment
    let logs: LogPump
    /// What must not be lost: ends of processes, clients of the control socket.
    let events: EventQueue<LabEvent>
    /// What may be lost when the lab is busy, and is counted then: logs, probes, load.
    let reports: EventQueue<LabEvent>
    let prober: Prober
    /// Writes what the clients did; nil: nothing is written.
    let history: HistoryRecorder?
    /// Judges it while it grows; where the topology makes a check that can.
    var liveCheck: LiveCheck?
    /// What it found so far; `nil` where it does not look, and once the check at the end is made.
    var liveVerdict: Judgement?
    let random: KeyedRandom

    /// The fold of what was written so far.
    var state = ClusterState(series: false)
    var machines: [MachineRuntime]
    var faults = FaultBook()
    var keepalive: Keepalive
    var commandCount: UInt64 = 0
    var isEnding = false
    var endContinuation: CheckedContinuation<RunEnd, Never>?
    var finishedContinuation: CheckedContinuation<Void, Never>?
    var byMachine: [MachineID: NodeID] = [:]
    var endResult: RunEnd?
    var control: ControlServer?
    var publications: [Publication] = []
    /// Where machines' programs can be held back by the kernel, and why not.
    let controlGroups = ControlGroups()
    var sampling = Sampling()
    /// Packets lost that nobody asked for.
    var losses = UnaskedLosses()
    /// How late the switch was, as of the last look.
    var timing = Timing(LatencyHistogram())
    /// The machine whose device was read last.
    var nextDevice = 0
    /// What was felt before each fault that is in force, for its proof's end.
    var beforehands: [FaultID: Beforehand] = [:]
    /// Operations a second over all clients; as the topology says when `nil`.
    var traffic: Double?
    /// Changes it while its level changes.
    var trafficCourse: Task<Void, Never>?
    /// How often the history has halved the keys that it keeps.
    var historyLevel = 0
    let script: Script?
    /// Faults that stand from the first packet on.
    let weather: [(command: Command, text: String)]
    var scenario: ScenarioRun?
    /// How many were begun: what comes back late must not be taken for an answer to a later one.
    var scenariosBegun = 0
    /// How it was before the scenario that is run by hand; `nil` where none is.
    var byHand: ByHandScenario?
    var scenarioIsAwake = false
    var scenarioWake: Task<Void, Never>?
    /// What goes on beside the present turn, until it is done or the lab ends.
    var tasks: [Int: Task<Void, Never>] = [:]
    var nextTask = 0
    /// Those that read the queues.
    var pumps: [Task<Void, Never>] = []
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
    var programs: [ProgramKey: CheckedContinuation<ProcessEnd, Never>] = [:]
    var endedPrograms: [ProgramKey: ProcessEnd] = [:]

    /// A lab whose machines are not made yet.
    init(
        plan: LabPlan, options: RunOptions, folder: RunFolder, clock: RunClock,
        journal: JournalWriter, fabric: Fabric, capture: Capture, host: MachineHost,
        attachment: Supervisor.Attachment, logs: LogPump, events: EventQueue<LabEvent>,
        reports: EventQueue<LabEvent>, history: HistoryRecorder?, script: Script?,
        weather: [(command: Command, text: String)]
    ) {
        self.plan = plan
        self.options = options
        self.folder = folder
        self.clock = clock
        self.journal = journal
        self.fabric = fabric
        self.capture = capture
        self.host = host
        self.attachment = attachment
        self.logs = logs
        self.events = events
        self.reports = reports
        self.history = history
        self.script = script
        self.weather = weather
        prober = Prober()
        random = KeyedRandom(seed: plan.seed)
        machines = plan.machines.map { MachineRuntime(plan: $0, seed: plan.seed) }
        keepalive = Keepalive(mode: Keepalive.Mode(rawValue: options.mode) ?? .dashboard)
    }

    /// Writes an event and folds it. Everything that happens goes through here.
    @discardableResult
    func record(_ event: Event) -> Entry {
        let entry = journal.append(event)
        saw(entry)
        markCapture(entry)
        return entry
    }

    /// Folds an entry and tells everybody who waits for one.
    func saw(_ entry: Entry) {
        state.apply(entry)
        scenarioSees(entry)
        lookAtWaiters()
    }

    /// Fires an event of the lab's own after a time; cancelled when the lab ends.
    func after(_ delay: Duration, _ body: @escaping @Sendable (isolated Lab) async -> Void) {
        background { lab in
            do { try await Task.sleep(for: delay) } catch { return }
            await body(lab)
        }
    }

    /// Does something beside the present turn; it is cancelled when the lab ends.
    func background(_ body: @escaping @Sendable (isolated Lab) async -> Void) {
        nextTask += 1
        let number = nextTask
        tasks[number] = Task {
            await body(self)
            self.tasks[number] = nil
        }
    }
}

/// One machine as it runs.
struct MachineRuntime {
    let plan: MachinePlan
    var life: NodeLife
    var machine: Machine?
    var process: ProcessID?
    /// The way to a client, for its orders; `nil` for a node.
    var orders: ClientSocket?
    /// How often a client was started.
    var starts = 0
    /// The last of its asynchronous actions: they run one after the other.
    var tail: Task<Void, Never>?
    /// What holds it to its limits.
    var control = MachineControl()
    /// Whether it was told to begin.
    var hasBegun = false
    /// Whether nothing ran in it any more, since its program was started last.
    var wasEmptied = false
    /// Whether its directories are made.
    var isPrepared = false
    /// Whether its life is over.
    var isFinished = false

    init(plan: MachinePlan, seed: UInt64) {
        self.plan = plan
        life = NodeLife(plan: plan.life, seed: seed, node: plan.id)
    }
}
