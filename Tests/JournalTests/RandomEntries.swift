import Cluster

/// Repeatable random numbers (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ oneIn: UInt64) -> Bool { next() % oneIn == 0 }
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}

/// Entries that nobody would write: any value in any place, now and then a hostile one.
struct RandomEntries {
    var dice: Dice
    private var number: UInt64 = 0
    private var at: Int64 = 0

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func next() -> Entry {
        if dice.chance(50) { number = dice.one(of: [0, number, number &- 1, number &+ 5]) }
        if dice.chance(10_000) { number = dice.next() }
        defer { number &+= 1 }
        at &+= Int64(dice.below(300_000))
        let moment =
            switch dice.below(2_000) {
            case 0: Int64.max
            case 1: Int64.min
            case 2: Int64(bitPattern: dice.next())
            case 3..<40: at - 5_000_000
            default: at
            }
        return Entry(number: number, at: Stamp(microseconds: moment), event: event())
    }

    mutating func event() -> Event {
        switch dice.below(26) {
        case 0: .runBegan(run())
        case 1, 2: .nodeDefined(node(), description())
        case 3, 4, 5: .nodeChanged(node(), change())
        case 6, 7: .roleChanged(node(), role())
        case 8, 9, 10: .samples(some(upTo: 6) { $0.sample() })
        case 11: .linkSamples(some(upTo: 6) { $0.link() })
        case 12, 13: .clientSamples(some(upTo: 3) { $0.client() })
        case 14: .commandAccepted(command())
        case 15: .commandRefused(command(), message: text())
        case 16: .faultBegan(fault())
        case 17: .faultMeasured(faultID(), proof())
        case 18: .faultEnded(faultID(), dice.one(of: FaultEnd.allCases))
        case 19:
            .scenarioStep(
                ScenarioPosition(
                    scenario: text(), step: text(), text: text(),
                    state: dice.one(of: ScenarioPosition.State.allCases), message: text()))
        case 20:
            .judged(
                Judgement(
                    kind: dice.one(of: Judgement.Kind.allCases), text: text(),
                    verdict: dice.one(of: Judgement.Verdict.allCases), detail: text(),
                    counts: (0..<Int(whole() % 3)).map { _ in
                        Judgement.Count(name: text(), number: whole())
                    },
                    violations: (0..<Int(whole() % 3)).map { _ in
                        Judgement.Violation(
                            text: text(), at: Stamp(microseconds: Int64(whole() % 1_000_000_000)),
                            story: (0..<Int(whole() % 3)).map { _ in text() })
                    }))
        case 21: .logLines(node(), firstByte: whole(), count: UInt32(truncatingIfNeeded: whole()))
        case 22: .dropped(DropReport(what: text(), count: whole()))
        case 23: .note(text(), by: text())
        case 24: .unknown(kind: "later." + text())
        default:
            .runEnded(
                RunEnd(
                    reason: text(), code: Int32(truncatingIfNeeded: whole()), timing: text()))
        }
    }

    private mutating func maybe<Value>(_ value: (inout Self) -> Value) -> Value? {
        dice.chance(2) ? value(&self) : nil
    }

    private mutating func some<Value>(upTo most: Int, _ value: (inout Self) -> Value) -> [Value] {
        (0..<dice.below(most + 1)).map { _ in value(&self) }
    }

    private mutating func node() -> NodeID {
        if dice.chance(200) { return NodeID(UInt16(truncatingIfNeeded: dice.next())) }
        return NodeID(UInt16(dice.below(12)))
    }

    private mutating func faultID() -> FaultID {
        FaultID(dice.chance(100) ? UInt32(truncatingIfNeeded: dice.next()) : UInt32(dice.below(40)))
    }

    private mutating func whole() -> UInt64 {
        switch dice.below(6) {
        case 0: 0
        case 1: .max
        case 2: dice.next()
        default: UInt64(dice.below(10_000))
        }
    }

    private mutating func stamp() -> Stamp {
        Stamp(
            microseconds: dice.chance(10)
                ? Int64(bitPattern: dice.next()) : at + Int64(dice.below(9_000_000)) - 1_000_000)
    }

    mutating func float() -> Float {
        switch dice.below(10) {
        case 0: .nan
        case 1: .infinity
        case 2: -.infinity
        case 3: -0.0
        case 4: Float(dice.below(100_000)) / 1_000
        case 5:
            dice.one(of: [.leastNonzeroMagnitude, .greatestFiniteMagnitude, .leastNormalMagnitude])
        case 6: Float(bitPattern: UInt32(truncatingIfNeeded: dice.next()))
        default: Float(dice.below(2_000))
        }
    }

    private mutating func double() -> Double {
        dice.chance(3) ? Double(bitPattern: dice.next()) : Double(float())
    }

    mutating func text() -> String {
        switch dice.below(8) {
        case 0: ""
        case 1: "\u{0}\u{1}\u{1F}\u{7F}\"\\\n\r\t/"
        case 2: "grün 日本 👩‍👩‍👧 \u{2028}\u{FEFF}"
        case 3: String((0..<dice.below(20)).map { _ in Character(scalar()) })
        case 4: dice.one(of: ["crash kv-1 for 8s", "cut kv-1", "kill kv-2", "pause kv-1"])
        default: dice.one(of: ["kv-1", "kv-2", "kv", "split", "a", "}", "{\"n\":1"])
        }
    }

    private mutating func scalar() -> Unicode.Scalar {
        let limit: UInt32 = dice.chance(2) ? 0x80 : 0x11_0000
        return Unicode.Scalar(UInt32(dice.below(Int(limit)))) ?? "?"
    }

    private mutating func run() -> RunDescription {
        RunDescription(
            run: text(), topology: text(), about: text(), wall: text(), seed: whole(),
            fabric: text(), scheduling: text(), scenario: maybe { $0.text() })
    }

    private mutating func description() -> NodeDescription {
        NodeDescription(
            name: text(), group: text(), address: text(),
            kind: dice.one(of: NodeDescription.Kind.allCases),
            labels: some(upTo: 3) {
                NodeDescription.Label(key: $0.text(), value: $0.text())
            }, probed: dice.chance(2),
            disk: dice.chance(3) ? ByteCount(bytes: Int64(dice.next() >> 20)) : nil,
            hasFaultableClock: dice.chance(3))
    }

    private mutating func change() -> NodeChange {
        NodeChange(
            phase: dice.one(of: Phase.allCases), reason: text(),
            fault: maybe { $0.faultID() },
            status: maybe { Int32(truncatingIfNeeded: $0.whole()) },
            signal: maybe { $0.text() }, until: maybe { $0.stamp() },
            starts: UInt32(truncatingIfNeeded: whole()))
    }

    private mutating func role() -> RoleChange {
        RoleChange(
            role: dice.one(of: Role.allCases), own: text(), term: maybe { $0.whole() })
    }

    private mutating func sample() -> Sample {
        var sample = Sample(node: node())
        sample.role = dice.one(of: Role.allCases)
        sample.ready = dice.chance(2)
        sample.lag = float()
        sample.requests = float()
        sample.errors = float()
        sample.p99 = float()
        sample.cpu = float()
        sample.behind = UInt32(truncatingIfNeeded: whole())
        sample.memory = UInt32(truncatingIfNeeded: whole())
        sample.term = UInt32(truncatingIfNeeded: whole())
        sample.position = whole()
        return sample
    }

    private mutating func link() -> LinkSample {
        LinkSample(
            from: node(), to: node(), rtt: float(), packets: float(), bytes: float(),
            connections: float(), dropped: float())
    }

    private mutating func client() -> ClientSample {
        var latency = LatencyHistogram()
        for _ in 0..<dice.below(6) {
            latency.record(microseconds: Int64(truncatingIfNeeded: whole()))
        }
        return ClientSample(
            client: node(), interval: float(), due: UInt32(truncatingIfNeeded: whole()),
            ok: UInt32(truncatingIfNeeded: whole()), refused: UInt32(dice.below(9)),
            unknown: UInt32(dice.below(2)), silence: float(), outage: float(), latency: latency)
    }

    private mutating func command() -> CommandRecord {
        CommandRecord(
            number: whole(), text: text(), names: text(), by: text(),
            fault: maybe { $0.faultID() })
    }

    private mutating func fault() -> FaultRecord {
        FaultRecord(
            id: faultID(), name: maybe { $0.text() }, text: text(),
            nodes: some(upTo: 4) { $0.node() },
            links: LinkSet(
                some(upTo: 2) {
                    LinkSet.Block(
                        from: $0.some(upTo: 4) { $0.node() }, to: $0.some(upTo: 4) { $0.node() })
                }), ends: maybe { $0.stamp() }, weather: dice.chance(5),
            momentary: dice.chance(4), by: text())
    }

    private mutating func proof() -> Proof {
        Proof(
            verdict: dice.one(of: Proof.Verdict.allCases), words: text(), applied: whole(),
            felt: double())
    }
}
