public import Cluster

/// A scenario without a cluster: what would be done and when, with everything that is drawn from the
/// seed. Every `wait until` is taken to hold at once and every command to take no time, so the times
/// are the earliest ones; `leader` and other roles stay words, since nobody can know who leads.
public struct Rehearsal: Sendable {
    /// One line of the timeline.
    public struct Moment: Equatable, Sendable {
        /// When, at the earliest.
        public var at: Stamp
        /// `3`, or `4.2` inside of a block; empty for what happens by itself.
        public var step: String
        /// As written.
        public var text: String
        /// With names in place of what was drawn, where that says more.
        public var names: String?
    }

    /// More than this many lines are not told; the steps may go round for ever.
    public static let most = 10_000

    /// In order of time.
    public private(set) var moments: [Moment] = []
    /// Whether there would be more than `most`.
    public private(set) var isCut = false

    private var run: ScenarioRun
    private let random: KeyedRandom
    private var state = ClusterState(series: false)
    private var entries: UInt64 = 0
    private var now = Stamp.zero
    private var wake: Stamp?
    private var ends: [(at: Stamp, fault: FaultID)] = []
    private var faults: UInt32 = 0
    private var isOver = false

    /// Goes through all of it.
    public init(_ script: Script, for machines: [NodeDescription], seed: UInt64) {
        run = ScenarioRun(rehearsing: script, seed: seed)
        random = KeyedRandom(seed: seed)
        record(.runBegan(RunDescription(run: "", topology: "", seed: seed)))
        for (index, machine) in machines.enumerated() {
            let node = NodeID(UInt16(index))
            record(.nodeDefined(node, machine))
            record(.nodeChanged(node, NodeChange(phase: .ready, starts: 1)))
        }
        play()
    }

    private mutating func play() {
        feed(.changed)
        while !isOver, !isCut {
            let end = ends.min { ($0.at, $0.fault.number) < ($1.at, $1.fault.number) }
            guard let next = [end?.at, wake].compactMap({ $0 }).min() else { return }
            now = max(now, next)
            if let end, end.at <= now {
                ends.removeAll { $0.fault == end.fault }
                finish(end.fault, .elapsed)
            }
            if let due = wake, due <= now { wake = nil }
            feed(.changed)
        }
    }

    private mutating func feed(_ input: ScenarioRun.Input) {
        var inputs = [input]
        while !inputs.isEmpty, !isOver {
            for action in run.on(inputs.removeFirst(), at: now, core: state.core) {
                switch action {
                case .position(let position) where position.state == .began:
                    if !position.step.isEmpty { tell(position.step, position.text) }
                case .command(let order): inputs.append(obey(order))
                case .wake(let moment): wake = moment
                case .check: inputs.append(.checked)
                case .finished: isOver = true
                case .position, .judged: continue
                }
                if isOver { return }
            }
        }
    }

    private mutating func obey(_ order: ScenarioRun.Order) -> ScenarioRun.Input {
        // What every scenario does when its steps are over is the same for all: told by whoever prints.
        if !order.by.contains(", step ") {
            isOver = true
            return .done(order.number, fault: nil)
        }
        let step = String(order.by.split(separator: " ").last ?? "")
        let found = try? order.command.resolved(
            in: state.core, random: random, number: UInt64(order.number))
        let names = found.flatMap { $0.command.text == order.text ? nil : $0.command.text }
        if let last = moments.indices.last, moments[last].step == step,
            moments[last].text == order.text, moments[last].at == now
        {
            moments[last].names = names
        } else {
            tell(step, order.text, names: names)
        }
        switch found?.command ?? order.command {
        case .fault(let spec, let ending):
            return .done(order.number, fault: begin(spec, ending, found))
        case .heal(.all): for fault in state.core.faults { finish(fault.record.id, .healed) }
        case .heal(.fault(let name)):
            if let fault = state.core.fault(named: name) { finish(fault.record.id, .healed) }
        default: break
        }
        return .done(order.number, fault: nil)
    }

    private mutating func begin(
        _ spec: FaultSpec, _ ending: Ending, _ found: Resolution?
    ) -> FaultID {
        faults += 1
        let id = FaultID(faults)
        var isMomentary = false
        if case .process(let way, _) = spec, ending.after == nil {
            isMomentary = way == .kill || way == .crash
        }
        record(
            .faultBegan(
                FaultRecord(
                    id: id, name: ending.name, text: found?.command.text ?? "",
                    links: found?.links ?? LinkSet(), ends: ending.after.map { now + $0 },
                    momentary: isMomentary)))
        if let after = ending.after { ends.append((now + after, id)) }
        return id
    }

    private mutating func finish(_ fault: FaultID, _ why: FaultEnd) {
        guard let acting = state.core.faults.first(where: { $0.record.id == fault }),
            acting.isActive
        else { return }
        ends.removeAll { $0.fault == fault }
        record(.faultEnded(fault, why))
        if why == .elapsed { tell("", "\(acting.label) is over") }
    }

    private mutating func tell(_ step: String, _ text: String, names: String? = nil) {
        guard moments.count < Self.most else {
            isCut = true
            return
        }
        moments.append(Moment(at: now, step: step, text: text, names: names))
    }

    private mutating func record(_ event: Event) {
        state.apply(Entry(number: entries, at: now, event: event))
        entries += 1
    }
}
