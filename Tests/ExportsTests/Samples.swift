import Cluster
import Exports
import Foundation
import Journal

/// Runs to be told of.
enum Samples {
    /// A real run of the shipped store whose leader crashed; one expectation failed.
    static func crash() throws -> RunReport {
        let recording = try Recording(
            path: ForeignReader.root + "/Tests/Recordings/1-kv-leader-crash.ndjson")
        var origin = RunReport.Origin()
        origin.again = "squall run kv leader-crash --seed 527313"
        origin.folder = "/runs/kv-cb8e"
        origin.settings = [(word: "replication", value: "leader")]
        origin.place = RunReport.Place(file: "kv.yaml", line: 30, column: 3)
        origin.places = [
            "availability after crash >= 99%": RunReport.Place(
                file: "kv.yaml", line: 40, column: 9)
        ]
        return RunReport(recording.last, origin: origin)
    }

    /// What can go wrong in a text goes wrong in this one.
    static let nasty = "a <b> & \"c\" 'd' # e | f \\ g ]]> %0A\n--- h\u{1B}[31m\u{0} ::error:: é中"

    /// A run whose every text is hostile, with each kind of verdict; it ended with a code.
    static func hostile(code: Int32, seed: UInt64 = 7) -> RunReport {
        var state = ClusterState()
        var number: UInt64 = 0
        func tell(_ seconds: Double, _ event: Event) {
            state.apply(Entry(number: number, at: Stamp(seconds: seconds), event: event))
            number += 1
        }
        let node = NodeID(0)
        tell(
            0,
            .runBegan(
                RunDescription(
                    run: nasty, topology: nasty, wall: "2026-11-23T07:08:37.824675Z", seed: seed,
                    scenario: nasty)))
        tell(0, .nodeDefined(node, NodeDescription(name: nasty, group: "a", address: "10.66.0.2")))
        tell(0.5, .nodeChanged(node, NodeChange(phase: .ready, reason: nasty, starts: 1)))
        tell(
            1,
            .scenarioStep(
                ScenarioPosition(scenario: nasty, step: "1", text: nasty, state: .began)))
        tell(1, .faultBegan(FaultRecord(id: FaultID(1), name: "n", text: nasty, nodes: [node])))
        tell(2, .faultMeasured(FaultID(1), Proof(verdict: .notProvable, words: nasty)))
        tell(3, .faultEnded(FaultID(1), .healed))
        tell(
            3,
            .scenarioStep(
                ScenarioPosition(
                    scenario: nasty, step: "1", text: nasty, state: .failed, message: nasty)))
        for verdict in Judgement.Verdict.allCases {
            tell(
                4,
                .judged(
                    Judgement(
                        kind: .expect, text: "\(verdict) \(nasty)", verdict: verdict, detail: nasty)
                ))
        }
        tell(
            4,
            .judged(
                Judgement(
                    kind: .check, text: "check \(nasty)", verdict: .broken, detail: nasty,
                    counts: [.init(name: nasty, number: 2)],
                    violations: [
                        .init(text: nasty, at: Stamp(seconds: 2), story: [nasty, nasty])
                    ])))
        tell(5, .dropped(DropReport(what: nasty, count: 3)))
        tell(6, .runEnded(RunEnd(reason: nasty, code: code, timing: nasty)))
        var origin = RunReport.Origin()
        origin.again = "squall run " + nasty
        origin.settings = [(word: "w", value: nasty)]
        origin.place = RunReport.Place(file: nasty, line: 1, column: 2)
        return RunReport(state, origin: origin)
    }

    /// One run, several, hostile ones with every code.
    static func all() throws -> [Report] {
        let codes: [Int32] = [0, 1, 2, 3, 4, 5, 70, 130, 143]
        let hostile = codes.enumerated().map { Samples.hostile(code: $1, seed: UInt64($0)) }
        return [
            Report([try crash()], code: 1, program: "squall 0.1.0"),
            Report([try crash(), try crash()], code: 1, program: "squall 0.1.0"),
            Report(hostile, code: 70, program: nasty),
        ]
    }
}
