import Cluster
import Foundation
import Testing

@testable import Chaos

@Suite("Hunting")
struct HuntTests {
    static let machines =
        (1...5).map {
            NodeDescription(name: "kv-\($0)", group: "kv", address: "10.66.0.\($0 + 1)")
        }
        + (1...2).map {
            NodeDescription(
                name: "client-\($0)", group: "client", address: "10.66.0.\($0 + 6)", kind: .client)
        }

    static func options(_ seed: UInt64, repeats: Int = 5) -> Hunt.Options {
        Hunt.Options(
            seed: seed, schedules: 200, faults: 6, length: .seconds(20), patience: 2,
            repeats: repeats)
    }

    /// Hunts with an oracle in place of a cluster; what it ended with, and the runs it took.
    static func hunt(
        _ options: Hunt.Options, machines: [NodeDescription] = machines,
        breaks: (Schedule, Int) -> Bool
    ) -> (Hunt.Conclusion?, runs: Int) {
        let draw = ScheduleDraw(machines, seed: options.seed)
        var hunt = Hunt(options)
        while hunt.runs < 2_000, let trial = hunt.trial(draw) {
            hunt.ended(
                breaks(trial.schedule, hunt.runs) ? .broke("it broke") : .held, of: trial)
        }
        return (hunt.conclusion, hunt.runs)
    }

    @Test("what is drawn is a scenario that the language understands, the same for the same seed")
    func drawn() throws {
        for seed: UInt64 in 1...40 {
            let draw = ScheduleDraw(Self.machines, seed: seed)
            for number: UInt64 in 1...10 {
                let schedule = draw.schedule(number, faults: 6, within: .seconds(20))
                #expect(schedule == draw.schedule(number, faults: 6, within: .seconds(20)))
                #expect(schedule.faults.count == 6)
                let text = ScenarioText(
                    name: "drawn", steps: schedule.steps.map { .line(Line($0)) })
                let (script, complaints) = Script.check(text, for: Self.machines)
                #expect(script != nil, "seed \(seed): \(schedule.steps) \(complaints)")
            }
        }
        let one = ScheduleDraw(Self.machines, seed: 1).schedule(1, faults: 6, within: .seconds(20))
        let two = ScheduleDraw(Self.machines, seed: 2).schedule(1, faults: 6, within: .seconds(20))
        #expect(one != two)
    }

    @Test("with one node only its process can be hurt")
    func lonely() {
        let draw = ScheduleDraw([Self.machines[0]], seed: 3)
        for fault in draw.schedule(1, faults: 50, within: .seconds(20)).faults {
            #expect(fault.text.hasSuffix(" kv-1"))
        }
    }

    @Test("waits lie between the faults as they begin, and the last fault is waited for")
    func steps() {
        let schedule = Schedule([
            .init(begins: .seconds(5), lasts: .seconds(2), text: "crash kv-2"),
            .init(begins: .seconds(1), lasts: .seconds(9), text: "pause kv-1"),
        ])
        #expect(
            schedule.steps == [
                "wait 1s", "pause kv-1 for 9s", "wait 4s", "crash kv-2 for 2s", "wait 5s",
            ])
        let file = schedule.scenario(
            about: "it's a test", always: [], promises: ["check(linearizable)", "lost == 0"])
        #expect(
            file == """
                about: 'it''s a test'
                settle: 20s
                steps:
                  - wait until ready(all) within 60s
                  - wait 1s
                  - pause kv-1 for 9s
                  - wait 4s
                  - crash kv-2 for 2s
                  - wait 5s
                expect:
                  - check(linearizable)
                  - lost == 0

                """)
    }

    @Test("a promise that one kind of fault breaks is hunted down to that fault, short and at once")
    func single() throws {
        var found = 0
        for seed: UInt64 in 1...20 {
            let (conclusion, runs) = Self.hunt(Self.options(seed)) { schedule, _ in
                schedule.faults.contains { $0.text == "crash kv-3" && $0.lasts >= .seconds(1) }
            }
            guard case .found(let schedule, _, let reason, let broke, let count)? = conclusion
            else { continue }
            found += 1
            // Halving comes within a factor of two of the shortest that breaks it.
            let fault = try #require(schedule.faults.first)
            #expect(schedule.faults.count == 1 && fault.text == "crash kv-3", "seed \(seed)")
            #expect(fault.begins == .zero && fault.lasts >= .seconds(1), "seed \(seed)")
            #expect(fault.lasts < .seconds(2), "seed \(seed)")
            #expect(reason == "it broke" && broke == 5 && count == 5)
            #expect(runs < 300)
        }
        #expect(found > 15)
    }

    @Test("two faults that have to overlap stay, and nothing else")
    func pair() throws {
        func overlap(_ schedule: Schedule) -> Bool {
            schedule.faults.contains { cut in
                cut.text.hasPrefix("partition ")
                    && schedule.faults.contains { crash in
                        crash.text.hasPrefix("crash ") && crash.begins < cut.ends
                            && cut.begins < crash.ends
                    }
            }
        }
        var found = 0
        for seed: UInt64 in 1...20 {
            let (conclusion, _) = Self.hunt(Self.options(seed)) { schedule, _ in
                overlap(schedule)
            }
            guard case .found(let schedule, _, _, _, _)? = conclusion else { continue }
            found += 1
            #expect(schedule.faults.count == 2, "seed \(seed): \(schedule.steps)")
            #expect(overlap(schedule))
            #expect(schedule.faults[0].begins == .zero)
        }
        #expect(found == 20)
    }

    @Test("a promise that breaks only now and then is still found, and told how often")
    func flaky() throws {
        let options = Self.options(7, repeats: 10)
        let random = KeyedRandom(seed: 99)
        let (conclusion, _) = Self.hunt(options) { schedule, run in
            schedule.faults.contains { $0.text.hasPrefix("pause ") }
                && random.bits(.other, number: UInt64(run)) % 4 != 0
        }
        guard case .found(let schedule, _, _, let broke, let count)? = conclusion else {
            Issue.record("nothing was found")
            return
        }
        #expect(schedule.faults.contains { $0.text.hasPrefix("pause ") })
        #expect(count == 10 && broke > 3 && broke < 10, "\(broke)")
    }

    @Test("a cluster that keeps its promises is left after as many schedules as were asked for")
    func nothing() {
        let (conclusion, runs) = Self.hunt(Self.options(1)) { _, _ in false }
        #expect(conclusion == .nothing(tried: 200) && runs == 200)
    }

    @Test("trials that say nothing are made again, three in a row end the hunt")
    func void() {
        let draw = ScheduleDraw(Self.machines, seed: 1)
        var hunt = Hunt(Self.options(1))
        let first = hunt.trial(draw)
        for _ in 1...2 {
            guard let trial = hunt.trial(draw) else { return }
            hunt.ended(.void, of: trial)
            #expect(hunt.trial(draw) == first)
        }
        guard let trial = hunt.trial(draw) else { return }
        hunt.ended(.void, of: trial)
        #expect(hunt.conclusion == .hopeless && hunt.trial(draw) == nil)
    }

    @Test("a hunt that is written down at any moment goes on as if nothing had happened")
    func resumed() throws {
        let options = Self.options(5)
        let draw = ScheduleDraw(Self.machines, seed: 5)
        func breaks(_ schedule: Schedule) -> Bool {
            schedule.faults.contains { $0.text.hasPrefix("poweroff ") }
        }
        var (whole, torn) = (Hunt(options), Hunt(options))
        while let trial = whole.trial(draw) {
            torn = try JSONDecoder().decode(Hunt.self, from: JSONEncoder().encode(torn))
            #expect(torn.trial(draw) == trial)
            let outcome: Hunt.Outcome = breaks(trial.schedule) ? .broke("it broke") : .held
            whole.ended(outcome, of: trial)
            torn.ended(outcome, of: trial)
        }
        #expect(torn == whole && whole.conclusion != nil)
    }
}
