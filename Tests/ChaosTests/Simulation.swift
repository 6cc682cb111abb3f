import Chaos
import Cluster

/// A cluster of paper: it answers orders, lets crashed nodes come back, and tells its samples, on a
/// clock of its own. What a scenario does to it is written down as a script that a person can read.
struct Simulation {
    /// What is odd about this cluster.
    struct World {
        /// When nodes are ready after their start.
        var startup = 1.0
        /// Nodes that never are.
        var never: Set<String> = []
        /// Nodes that stay down once they are taken down.
        var gone: Set<String> = []
        /// Commands that begin so are refused.
        var refused: [String] = []
        /// An interruption: when, and which.
        var interruption: (at: Double, code: Int32)?
        /// When its pace is changed, and how.
        var paces: [(at: Double, pace: ScenarioRun.Pace)] = []
        /// Lag of a node between two moments.
        var lag: [(node: String, seconds: Float, from: Double, to: Double)] = []
        /// Faults are found to have no effect.
        var noEffect = false
        /// How long it takes to find out what a fault does.
        var proof = 0.0
        /// What checks will find.
        var checks: [Judgement] = []
        /// Whether checking takes for ever.
        var checksForEver = false
        /// When to give up.
        var limit = 300.0

        init(_ lines: [Substring]) {
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                switch words.first {
                case "startup": startup = Double(words[1]) ?? 1
                case "never": never.formUnion(words.dropFirst())
                case "gone": gone.formUnion(words.dropFirst())
                case "refuse": refused.append(words.dropFirst().joined(separator: " "))
                case "interrupt":
                    interruption = (Double(words[2]) ?? 0, Int32(words[1]) ?? 130)
                case "pace":
                    let paces: [String: ScenarioRun.Pace] = [
                        "hold": .hold, "flow": .flow, "step": .step,
                    ]
                    if let pace = paces[words[1]] {
                        self.paces.append((Double(words[2]) ?? 0, pace))
                    }
                case "lag":
                    lag.append(
                        (
                            words[1], Float(words[2]) ?? 0, Double(words[3]) ?? 0,
                            Double(words[4]) ?? 0
                        ))
                case "no-effect": noEffect = true
                case "proof": proof = Double(words[1]) ?? 0
                case "check":
                    checks.append(
                        Judgement(
                            kind: .check, text: words[1],
                            verdict: .init(rawValue: words[2]) ?? .unknown,
                            counts: words.dropFirst(3).compactMap { word in
                                let pair = word.split(separator: "=")
                                return UInt64(pair[1]).map {
                                    Judgement.Count(name: String(pair[0]), number: $0)
                                }
                            }))
                case "check-for-ever": checksForEver = true
                default: break
                }
            }
        }
    }

    private enum Happening {
        case ready(Int)
        case tick
        case faultEnds(FaultID)
        case proved(FaultID)
        case interrupt(Int32)
        case pace(ScenarioRun.Pace)
    }

    private let world: World
    private let descriptions: [NodeDescription]
    private var run: ScenarioRun
    private var state = ClusterState(series: false)
    private var entries: UInt64 = 0
    private var now = Stamp.zero
    private var agenda: [(at: Stamp, order: Int, what: Happening)] = []
    private var nextWake: Stamp?
    private var faults: UInt32 = 0
    private var trafficStopped = false
    private(set) var trace: [String] = []

    init(_ script: Script, machines: [NodeDescription], world: World) {
        self.world = world
        descriptions = machines
        run = ScenarioRun(script, seed: 42)
    }

    /// Runs to the end and gives the trace.
    mutating func play() -> [String] {
        record(.runBegan(RunDescription(run: "r", topology: "t", seed: 42)))
        for (index, description) in descriptions.enumerated() {
            record(.nodeDefined(NodeID(UInt16(index)), description))
            start(index)
        }
        plan(0.5, .tick)
        if let (at, code) = world.interruption { plan(at, .interrupt(code)) }
        for (at, pace) in world.paces { plan(at, .pace(pace)) }
        feed(.changed)
        while !run.isFinished, now.seconds < world.limit {
            let next = agenda.min { ($0.at, $0.order) < ($1.at, $1.order) }
            if let wake = nextWake, wake < next?.at ?? Stamp(microseconds: .max) {
                now = wake
                nextWake = nil
                feed(.changed)
            } else if let next {
                agenda.removeAll { $0.order == next.order }
                now = next.at
                happen(next.what)
                feed(.changed)
            } else {
                break
            }
        }
        if !run.isFinished { trace.append("\(clock) still running") }
        return trace
    }

    // MARK: The cluster

    private mutating func happen(_ what: Happening) {
        switch what {
        case .ready(let index):
            let node = NodeID(UInt16(index))
            record(.nodeChanged(node, NodeChange(phase: .ready, starts: 1)))
            let role: Role = index == 0 ? .leader : .follower
            if descriptions[index].kind == .node {
                record(.roleChanged(node, RoleChange(role: role, own: role.word ?? "", term: 1)))
            }
        case .tick: tick()
        case .faultEnds(let id): end(id, .elapsed)
        case .proved(let id):
            let proof =
                world.noEffect
                ? Proof(verdict: .noEffect, words: "nothing was felt")
                : Proof(verdict: .proved, words: "felt")
            record(.faultMeasured(id, proof))
        case .interrupt(let code): feed(.interrupted(code))
        case .pace(let pace): feed(.pace(pace))
        }
    }

    private mutating func tick() {
        plan(now.seconds + 0.5, .tick)
        var samples: [Sample] = []
        for (index, node) in state.core.nodes.enumerated() where node.phase == .ready {
            guard !node.isClient else { continue }
            var sample = Sample(node: NodeID(UInt16(index)))
            sample.ready = true
            sample.lag = 0.02
            for odd in world.lag
            where odd.node == node.name && now.seconds >= odd.from && now.seconds < odd.to {
                sample.lag = odd.seconds
            }
            samples.append(sample)
        }
        if !samples.isEmpty { record(.samples(samples)) }
        guard !trafficStopped, state.core.allReadyAt != nil else { return }
        for (index, node) in descriptions.enumerated() where node.kind == .client {
            let leads = state.core.nodes.first { $0.role.role == .leader }?.phase == .ready
            var sample = ClientSample(client: NodeID(UInt16(index)), interval: 0.5, due: 100)
            if leads { sample.ok = 100 } else { sample.unknown = 100 }
            sample.silence = leads ? 0 : 0.5
            sample.latency.record(microseconds: 2_000)
            record(.clientSamples([sample]))
        }
    }

    private mutating func start(_ index: Int) {
        let name = descriptions[index].name
        record(.nodeChanged(NodeID(UInt16(index)), NodeChange(phase: .started, starts: 1)))
        if !world.never.contains(name) { plan(now.seconds + world.startup, .ready(index)) }
    }

    private mutating func end(_ id: FaultID, _ why: FaultEnd) {
        guard let fault = state.core.faults.first(where: { $0.record.id == id }), fault.isActive
        else { return }
        record(.faultEnded(id, why))
        guard case .process? = fault.spec else { return }
        for node in fault.record.nodes
        where !world.gone.contains(descriptions[Int(node.index)].name) {
            start(Int(node.index))
        }
    }

    // MARK: The driver

    private mutating func feed(_ input: ScenarioRun.Input) {
        var inputs = [input]
        while !inputs.isEmpty {
            let actions = run.on(inputs.removeFirst(), at: now, core: state.core)
            for action in actions { if let answer = carryOut(action) { inputs.append(answer) } }
        }
    }

    private mutating func carryOut(_ action: ScenarioRun.Action) -> ScenarioRun.Input? {
        switch action {
        case .position(let position):
            let step = position.step.isEmpty ? "" : "\(position.step) "
            let message = position.message.isEmpty ? "" : ": \(position.message)"
            trace.append("\(clock) \(position.state.rawValue) \(step)\(position.text)\(message)")
            record(.scenarioStep(position))
        case .judged(let judgement):
            let detail = judgement.detail.isEmpty ? "" : " (\(judgement.detail))"
            trace.append(
                "\(clock) \(judgement.kind.rawValue) \(judgement.verdict.rawValue): \(judgement.text)"
                    + detail)
            record(.judged(judgement))
        case .wake(let at): nextWake = at
        case .finished(let findings):
            trace.append("\(clock) code \(findings.code), \(findings.reason)")
        case .command(let order): return obey(order)
        case .check:
            if world.checksForEver { return nil }
            for judgement in world.checks {
                trace.append("\(clock) check \(judgement.verdict.rawValue): \(judgement.text)")
                record(.judged(judgement))
            }
            return .checked
        }
        return nil
    }

    private mutating func obey(_ order: ScenarioRun.Order) -> ScenarioRun.Input {
        trace.append("\(clock) do \(order.text)   [\(order.by)]")
        if world.refused.contains(where: { order.text.hasPrefix($0) }) {
            return .failed(order.number, message: "refused here")
        }
        switch order.command {
        case .heal(.all):
            for fault in state.core.faults where fault.isActive { end(fault.record.id, .healed) }
        case .traffic(.stop): trafficStopped = true
        case .fault:
            do {
                let id = try inject(order.command)
                return .done(order.number, fault: id)
            } catch {
                return .failed(order.number, message: error.message)
            }
        default: break
        }
        return .done(order.number, fault: nil)
    }

    private mutating func inject(_ command: Command) throws(SelectorError) -> FaultID {
        let found = try command.resolved(
            in: state.core, random: KeyedRandom(seed: 42), number: UInt64(faults))
        guard case .fault(let spec, let ending) = found.command else {
            throw SelectorError("no fault")
        }
        faults += 1
        let id = FaultID(faults)
        var takesProcesses = false
        if case .process = spec { takesProcesses = true }
        record(
            .faultBegan(
                FaultRecord(
                    id: id, name: ending.name, text: found.command.text,
                    nodes: takesProcesses ? found.nodes : [], links: found.links,
                    ends: ending.after.map { now + $0 },
                    momentary: takesProcesses && ending.after == nil)))
        if let after = ending.after { plan((now + after).seconds, .faultEnds(id)) }
        plan(now.seconds + world.proof, .proved(id))
        for node in found.nodes where takesProcesses {
            record(
                .nodeChanged(
                    node,
                    NodeChange(phase: .failed, reason: "killed by SIGKILL", fault: id, starts: 1)))
            let name = descriptions[Int(node.index)].name
            if ending.after == nil, !world.gone.contains(name) { start(Int(node.index)) }
        }
        return id
    }

    private mutating func record(_ event: Event) {
        state.apply(Entry(number: entries, at: now, event: event))
        entries += 1
    }

    private var planned = 0

    private mutating func plan(_ at: Double, _ what: Happening) {
        planned += 1
        agenda.append((Stamp(seconds: at), planned, what))
    }

    private var clock: String {
        let hundredths = now.microseconds / 10_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
