import Testing

@testable import Cluster

@Suite struct TakeOverTests {
    /// The facts after some events, half a second between each.
    private func core(_ events: [Event]) -> Core {
        var core = Core()
        let nodes = (1...3).map { number in
            Event.nodeDefined(
                NodeID(UInt16(number - 1)),
                NodeDescription(name: "n-\(number)", group: "n", address: ""))
        }
        let ready = (0..<3).map {
            Event.nodeChanged(NodeID(UInt16($0)), NodeChange(phase: .ready))
        }
        let began = Event.runBegan(RunDescription(run: "r", topology: "t", seed: 1))
        for (number, event) in ([began] + nodes + ready + events).enumerated() {
            core.apply(
                Entry(
                    number: UInt64(number), at: Stamp(seconds: Double(number) / 2), event: event))
        }
        return core
    }

    private func fault(
        _ number: UInt32, _ text: String, nodes: [UInt16] = [], ends: Double? = nil,
        name: String? = nil, weather: Bool = false, momentary: Bool = false
    ) -> Event {
        .faultBegan(
            FaultRecord(
                id: FaultID(number), name: name, text: text, nodes: nodes.map { NodeID($0) },
                ends: ends.map { Stamp(seconds: $0) }, weather: weather, momentary: momentary,
                by: "key"))
    }

    @Test("what acts is set again in its order, with its name and the time that is left")
    func active() {
        let plan = TakeOver(
            of: core([
                fault(1, "partition n-1 / rest for 15s as split", ends: 18.5, name: "split"),
                fault(2, "delay between n-1 and n-2 by 100ms"),
                fault(3, "crash n-3 for 10s", nodes: [2], ends: 14.5),
            ]), at: Stamp(seconds: 9))
        #expect(
            plan.commands == [
                "partition n-1 / rest for 9.5s as split", "delay between n-1 and n-2 by 100ms",
                "crash n-3 for 5.5s",
            ])
        #expect(plan.faults == 3 && plan.unknown.isEmpty)
        #expect(plan.words == "3 faults of 00:09.0")
        for command in plan.commands {
            #expect(throws: Never.self) { try Command(parsing: command) }
        }
    }

    @Test("what was over, or done in a moment, is not set again")
    func over() {
        let plan = TakeOver(
            of: core([
                fault(1, "cut between n-1 and n-2 for 2s", ends: 5),
                fault(2, "kill n-3", nodes: [2], momentary: true),
                fault(3, "isolate n-2"),
                .faultEnded(FaultID(1), .elapsed),
                .faultEnded(FaultID(3), .healed),
            ]), at: Stamp(seconds: 8))
        #expect(plan.commands.isEmpty && plan.faults == 0)
        #expect(plan.words == "no fault of 00:08.0")
        // Its time is up, though the entry that says so has not come.
        let late = TakeOver(
            of: core([fault(1, "cut between n-1 and n-2 for 2s", ends: 5)]), at: Stamp(seconds: 5))
        #expect(late.commands.isEmpty)
    }

    @Test("the weather comes with the topology; what of it was healed is healed again")
    func weather() {
        let plan = TakeOver(
            of: core([
                fault(1, "delay between n-1 and n-2 by 5ms", weather: true),
                fault(2, "delay between n-1 and n-3 by 5ms", weather: true),
                fault(3, "loss from n-1 1%"),
                .faultEnded(FaultID(1), .healed),
            ]), at: Stamp(seconds: 8))
        #expect(plan.commands == ["heal f1", "loss from n-1 1%"])
        #expect(plan.faults == 1)
    }

    @Test("a node that was let go meanwhile is left out")
    func letGo() {
        let held = NodeChange(phase: .stopped, fault: FaultID(1))
        let plan = TakeOver(
            of: core([
                fault(1, "crash n-1,n-2 for 20s", nodes: [0, 1], ends: 30),
                .nodeChanged(NodeID(0), held), .nodeChanged(NodeID(1), held),
                .nodeChanged(NodeID(0), NodeChange(phase: .ready)),
            ]), at: Stamp(seconds: 10))
        #expect(plan.commands == ["crash n-2 for 20s"])
        // One that stands still may seem to be ready.
        let paused = TakeOver(
            of: core([
                fault(1, "pause n-1,n-2", nodes: [0, 1]),
                .nodeChanged(NodeID(0), NodeChange(phase: .unready)),
            ]), at: Stamp(seconds: 10))
        #expect(paused.commands == ["pause n-1,n-2"])
    }

    @Test("words that this version does not know are told, not guessed")
    func unknown() {
        let plan = TakeOver(
            of: core([fault(1, "unravel n-1"), fault(2, "isolate n-2")]), at: Stamp(seconds: 9))
        #expect(plan.commands == ["isolate n-2"])
        #expect(plan.unknown == ["unravel n-1"])
    }

    @Test("every plan of a random state is made of commands", arguments: 0..<100)
    func random(_ seed: Int) {
        let texts = [
            "crash n-1 for 10s", "partition n-1 / rest", "loss to n-2 5%", "cut from n-1",
            "no words",
            "delay between n-1 and n-2 by 10ms jitter 2ms for 1m as x", "pause n-1,n-3",
        ]
        var events: [Event] = []
        for number in 0..<12 {
            let pick = (seed &* 31 &+ number &* 17) % texts.count
            events.append(
                fault(
                    UInt32(number), texts[pick], nodes: [UInt16(number % 5)],
                    ends: pick % 2 == 0 ? .infinity : nil, weather: number % 4 == 0))
            if (seed + number) % 3 == 0 {
                events.append(.faultEnded(FaultID(UInt32(number)), .healed))
            }
        }
        for moment in [Stamp.zero, Stamp(microseconds: .min), Stamp(microseconds: .max)] {
            for command in TakeOver(of: core(events), at: moment).commands {
                #expect(throws: Never.self, "seed \(seed): \(command)") {
                    try Command(parsing: command)
                }
            }
        }
    }
}
