import Cluster
import Testing

@testable import Dashboard

/// A journal may hold anything: what is drawn from it must not trap, and stays within its frame.
@Suite struct RandomStatesTests {
    @Test("Any entries, any view, any size: a whole frame", arguments: 0..<300)
    func drawn(_ seed: Int) {
        var random = Dice(seed: UInt64(seed) &+ 77)
        var state = ClusterState()
        var interaction = Interaction()
        for number in 0..<400 {
            state.apply(
                Entry(
                    number: UInt64(number), at: random.stamp(), event: random.event()))
            guard number % 20 == 0 else { continue }
            random.look(&interaction.view)
            for _ in 0..<5 {
                let key = Unicode.Scalar(UInt8(0x20 + random.below(0x5F)))
                _ = interaction.on(.character(key), state: state)
            }
            let size = Size(columns: random.below(170), rows: random.below(50))
            let frame = render(state, interaction.view, size)
            #expect(frame.cells.count == size.columns * size.rows)
            #expect(isWhole(frame), "seed \(seed), entry \(number)")
        }
    }
}

extension Dice {
    mutating func stamp() -> Stamp {
        switch below(40) {
        case 0: Stamp(microseconds: .max)
        case 1: Stamp(microseconds: .min)
        case 2: Stamp(microseconds: Int64(bitPattern: next()))
        default: Stamp(microseconds: Int64(below(400_000_000)))
        }
    }

    mutating func number() -> Float {
        switch below(12) {
        case 0: .nan
        case 1: .infinity
        case 2: -.infinity
        case 3: .greatestFiniteMagnitude
        case 4: -Float(below(1_000))
        case 5: 0
        default: Float(below(100_000)) / 37
        }
    }

    mutating func node() -> NodeID { NodeID(UInt16(below(30) == 0 ? below(65_536) : below(6))) }

    mutating func fault() -> FaultID { FaultID(UInt32(below(6))) }

    mutating func look(_ view: inout View) {
        view.now = stamp()
        view.screen = View.Screen.allCases[below(View.Screen.allCases.count)]
        view.plan = below(2) == 0 ? Plan() : Screens.plan
        view.chaos.chosen = below(2) == 0 ? nil : text()
        view.config.chosen = below(9) - 3
        view.isMap = below(2) == 0
        view.corner = below(2) == 0 ? nil : LinkID(from: node(), to: node())
        view.anchor = below(2) == 0 ? nil : node()
        view.cursor = below(2) == 0 ? nil : node()
        view.link = below(2) == 0 ? nil : LinkID(from: node(), to: node())
        view.marks = below(3) == 0 ? [node(), node()] : []
        view.glyphs = GlyphSet.allCases[below(3)]
        view.newcomer = below(2) == 0
        view.sorting = below(2) == 0 ? nil : Sorting(Sorting.Column.allCases[below(11)])
        view.isLocked = below(4) == 0
        view.timeline.zoom = below(14) - 1
        view.timeline.cursor = below(2) == 0 ? nil : stamp()
        view.timeline.end = below(2) == 0 ? nil : stamp()
        view.traffic.client = below(9) - 1
        view.traffic.window = TrafficView.Window.allCases[below(3)]
        view.events.chosen = below(2) == 0 ? nil : stamp()
        view.events.offset = below(5) - 1
        view.events.kinds = EventsView.Kinds.allCases[below(5)]
        view.replication.isLong = below(2) == 0
        view.scrolled = below(5) == 0 ? Int(next() >> 40) : 0
        view.logs.append([LogTail.Line(node: node(), at: stamp(), text: text())])
        view.found =
            below(3) == 0 ? View.Found(at: stamp(), node: node(), text: text()) : nil
        switch below(12) {
        case 0: view.overlay = .chapters(Int(truncatingIfNeeded: next()))
        case 1: view.overlay = .moment(Prompt(text()))
        case 2: view.overlay = .note(Prompt(text()), at: stamp())
        case 3: view.overlay = .takeOver
        default: break
        }
        guard below(3) == 0 else { return view.source = .live(viewers: below(4)) }
        view.source = .replay(
            View.Replay(
                position: stamp(), length: stamp(), speed: Double(number()),
                marks: [View.Replay.Mark(at: stamp(), kind: .fault)], chapters: chapters(),
                notes: chapters()))
    }

    private mutating func chapters() -> [View.Replay.Mark] {
        (0..<below(40)).map { _ in
            View.Replay.Mark(
                at: stamp(), kind: News.Kind.allCases[below(News.Kind.allCases.count)],
                text: text())
        }
    }

    mutating func event() -> Event {
        switch below(14) {
        case 0:
            return .runBegan(
                RunDescription(run: text(), topology: text(), about: text(), seed: next()))
        case 1, 2:
            return .nodeDefined(
                node(),
                NodeDescription(
                    name: text(), group: text(), address: text(),
                    kind: below(4) == 0 ? .client : .node,
                    labels: [NodeDescription.Label(key: text(), value: text())]))
        case 3, 4:
            return .nodeChanged(
                node(),
                NodeChange(
                    phase: Phase.allCases[below(Phase.allCases.count)], reason: text(),
                    fault: below(2) == 0 ? nil : fault(), until: below(2) == 0 ? nil : stamp()))
        case 5:
            return .roleChanged(
                node(),
                RoleChange(
                    role: Role.allCases[below(6)], own: text(), term: below(2) == 0 ? nil : next()))
        case 6, 7: return .samples((0..<4).map { _ in sample() })
        case 8:
            return .linkSamples([
                LinkSample(
                    from: node(), to: node(), rtt: number(), packets: number(), bytes: number(),
                    connections: number(), dropped: number())
            ])
        case 9: return .clientSamples([clientSample()])
        case 10: return .faultBegan(record())
        case 11:
            return .faultMeasured(
                fault(), Proof(verdict: .proved, words: text(), felt: Double(number())))
        case 12: return .faultEnded(fault(), .healed)
        default:
            return .judged(
                Judgement(
                    kind: .check, text: text(),
                    verdict: [.holds, .broken, .unknown][below(3)], detail: text()))
        }
    }

    private mutating func sample() -> Sample {
        var sample = Sample(node: node())
        sample.role = Role.allCases[below(6)]
        sample.ready = below(2) == 0
        sample.lag = number()
        sample.requests = number()
        sample.errors = number()
        sample.p99 = number()
        sample.cpu = number()
        sample.behind = UInt32(truncatingIfNeeded: next())
        sample.memory = UInt32(truncatingIfNeeded: next())
        sample.term = UInt32(truncatingIfNeeded: next())
        return sample
    }

    private mutating func clientSample() -> ClientSample {
        var sample = ClientSample(
            client: node(), interval: number(), due: UInt32(truncatingIfNeeded: next()),
            ok: UInt32(below(5_000)), refused: UInt32(below(9)), silence: number(), outage: number()
        )
        for _ in 0..<below(20) { sample.latency.record(microseconds: Int64(bitPattern: next())) }
        return sample
    }

    private mutating func record() -> FaultRecord {
        let texts = [
            "crash kv-1 for 10s", "partition kv-1 / rest", "delay between a and b by 100ms",
            "loss to b 5%", "poweroff kv-2", "cut from a", "isolate kv-1", text(),
        ]
        return FaultRecord(
            id: fault(), name: below(3) == 0 ? text() : nil, text: texts[below(texts.count)],
            nodes: [node()],
            links: LinkSet([LinkSet.Block(from: [node(), node()], to: [node()])]),
            ends: below(2) == 0 ? nil : stamp(), weather: below(5) == 0, by: "key")
    }
}
