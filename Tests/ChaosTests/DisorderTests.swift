import Chaos
import Cluster
import Glibc
import Testing

@Suite struct DisorderTests {
    private let lines = [
        "wait 1s", "wait until ready(all) within 5s", "crash leader for 2s as a",
        "crash 1 of kv as b", "cut between kv-1 and kv-2 for 3s as a", "heal a", "heal all",
        "expect ready(all) within 2s after a", "expect leaders == 1", "note hello",
        "traffic 100/s", "isolate kv-3 as b", "restart kv-1", "wait 0",
    ]
    private let questions = [
        "ready(all)", "leaders <= 1", "lag(kv) < 1s", "availability > 50%", "recovery(a) < 5s",
    ]

    @Test(
        "whatever order things happen in, a scenario ends once it is interrupted, and tells one end"
    )
    func disorder() throws {
        let seed =
            getenv("SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0...(.max))
        print("disordered scenarios: SEED=\(seed)")
        var random = SplitMix(state: seed)
        for round in 0..<300 {
            let made = drawScript(&random)
            let script = try #require(made, "SEED=\(seed), round \(round)")
            var run = ScenarioRun(script, seed: seed)
            var state = ClusterState(series: false)
            var now = Stamp.zero
            var ends = 0
            var orders: [Int] = []
            for step in 0..<200 {
                now = now + .milliseconds(Int64.random(in: 0...700, using: &random))
                state.apply(Entry(number: UInt64(step), at: now, event: event(&random)))
                let input: ScenarioRun.Input
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<5: input = .changed
                case 5, 6:
                    input = .done(
                        orders.randomElement(using: &random) ?? 7,
                        fault: Bool.random(using: &random) ? FaultID(1) : nil)
                case 7: input = .failed(orders.randomElement(using: &random) ?? 3, message: "no")
                default: input = step > 150 ? .interrupted(130) : .changed
                }
                for action in run.on(input, at: now, core: state.core) {
                    switch action {
                    case .command(let order): orders.append(order.number)
                    case .finished: ends += 1
                    case .wake(let at): #expect(at > now)
                    default: break
                    }
                }
            }
            // Whatever is still asked for is answered; then there is an end.
            var inputs: [ScenarioRun.Input] = [.interrupted(143)]
            var turns = 0
            while !inputs.isEmpty, turns < 100 {
                turns += 1
                for action in run.on(inputs.removeFirst(), at: now, core: state.core) {
                    if case .command(let order) = action {
                        inputs.append(.done(order.number, fault: nil))
                    }
                    if case .finished = action { ends += 1 }
                }
                for number in orders { inputs.append(.done(number, fault: nil)) }
                orders = []
            }
            #expect(run.isFinished, "SEED=\(seed), round \(round)")
            #expect(ends == 1, "SEED=\(seed), round \(round)")
        }
    }

    private func drawScript(_ random: inout SplitMix) -> Script? {
        let machines =
            (1...3).map {
                NodeDescription(name: "kv-\($0)", group: "kv", address: "")
            } + [NodeDescription(name: "client-1", group: "client", address: "", kind: .client)]
        let scenario = ScenarioText(
            name: "x", settle: .seconds(2), steps: steps(&random, depth: 0) + [named],
            always: [Line(questions.randomElement(using: &random) ?? "", mark: 0)],
            expect: [
                Line(questions.randomElement(using: &random) ?? "", mark: 0),
                Line("ready(all) within 3s after a", mark: 0),
            ])
        return Script.check(scenario, for: machines).script
    }

    /// Lines speak of faults a and b; one that gives the names is always there.
    private var named: StepText {
        .parallel([
            [.line(Line("cut between kv-1 and kv-2 for 1s as a"))],
            [.line(Line("isolate kv-1 as b"))],
        ])
    }

    private func steps(_ random: inout SplitMix, depth: Int) -> [StepText] {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
            switch depth < 3 ? Int.random(in: 0..<9, using: &random) : 8 {
            case 0:
                return .repetition(
                    Int.random(in: 0...3, using: &random), steps(&random, depth: depth + 1))
            case 1:
                return .parallel([
                    steps(&random, depth: depth + 1), steps(&random, depth: depth + 1),
                ])
            case 2: return .forEach(Line("kv"), [.line(Line("crash {it} for 1s"))])
            case 3:
                return .chaos(
                    ChaosText(
                        faults: [Line("crash 1 of kv for 1s"), Line("isolate kv-1 for 2s")],
                        weights: [1, 3], every: .milliseconds(500) ... .seconds(2),
                        duration: .seconds(5), atMost: 2))
            default: return .line(Line(lines.randomElement(using: &random) ?? "wait 1s"))
            }
        }
    }

    private func event(_ random: inout SplitMix) -> Event {
        let node = NodeID(UInt16.random(in: 0...4, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            return .nodeDefined(
                node, NodeDescription(name: "kv-\(node.index + 1)", group: "kv", address: ""))
        case 1, 2:
            let phase = Phase.allCases.randomElement(using: &random) ?? .ready
            return .nodeChanged(
                node, NodeChange(phase: Bool.random(using: &random) ? .ready : phase))
        case 3: return .roleChanged(node, RoleChange(role: .leader, own: "leader", term: 1))
        case 4:
            return .faultBegan(
                FaultRecord(
                    id: FaultID(UInt32.random(in: 1...9, using: &random)), name: "a",
                    text: "crash kv-1 for 2s as a", nodes: [node], ends: Stamp(seconds: 30)))
        case 5: return .faultEnded(FaultID(UInt32.random(in: 1...9, using: &random)), .elapsed)
        default:
            return .clientSamples([
                ClientSample(client: node, interval: 1, due: 5, ok: 3, unknown: 2)
            ])
        }
    }
}

/// Sebastiano Vigna's SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
