internal import Chaos
internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Topology

/// Carries a hunt out: makes the runs that it asks for, one after the other, and tells how it goes.
struct HuntRun {
    private let source: TopologySource
    private let topology: Topology
    private let start: StartOptions
    private var notes: HuntNotes
    private let draw: ScheduleDraw

    init(
        _ source: TopologySource, _ topology: Topology, _ start: StartOptions, _ notes: HuntNotes
    ) {
        self.source = source
        self.topology = topology
        self.start = start
        self.notes = notes
        draw = ScheduleDraw(
            ScenarioReading.machines(of: topology), seed: notes.hunt.options.seed)
        Interruption.listen()
    }

    /// Hunts to the end; the exit code.
    mutating func run() throws -> Int32 {
        let options = notes.hunt.options
        print(
            "\(topology.name)   hunt of seed \(options.seed)   \(notes.folder)"
                + (notes.isResumed ? "   goes on after \(notes.hunt.runs) runs" : ""))
        try notes.save()
        while let trial = notes.hunt.trial(draw) {
            if let code = Interruption.code { return interrupted(code) }
            try notes.write(trial.schedule, about: about(trial), to: notes.trial)
            let (end, folder) = try made(trial)
            if end.code == 130 || end.code == 143 {
                _ = folder.remove()
                return interrupted(end.code)
            }
            let outcome = outcome(of: end)
            notes.hunt.ended(outcome, of: trial)
            try notes.save()
            tell(trial, outcome, end)
            if case .broke = outcome { continue }
            // What held is of no further use.
            if outcome == .held { _ = folder.remove() }
        }
        return try conclude()
    }

    private func interrupted(_ code: Int32) -> Int32 {
        print("interrupted; the same command goes on from here")
        return code
    }

    // MARK: One run

    private func made(_ trial: Hunt.Trial) throws -> (RunEnd, RunFolder) {
        var start = start
        start.seed = trial.seed
        start.runs = notes.runs
        let run = try StartedRun.start(
            source, topology, start, mode: "command", scenario: notes.trial)
        let client: ControlClient
        do {
            client = try ControlClient(path: run.options.socket)
            _ = try client.ask(ControlRequest(verb: .attach))
        } catch {
            throw failure(error.description, code: error.code)
        }
        Interruption.began(run.options.socket)
        let state = try RunningRun(folder: run.folder).follow(series: false) { _, _ in }
        Interruption.ended()
        withExtendedLifetime(client) {}
        var status: Int32 = 0
        waitpid(run.process, &status, 0)
        let end = state.core.ended ?? RunEnd(reason: "the lab died", code: Code.internalError)
        return (end, run.folder)
    }

    private func outcome(of end: RunEnd) -> Hunt.Outcome {
        switch end.code {
        case 0, 2, 3: .held
        case 1, 5: .broke(end.reason)
        default: .void
        }
    }

    // MARK: Telling

    private func about(_ trial: Hunt.Trial) -> String {
        "Drawn by squall hunt from seed \(notes.hunt.options.seed): \(trial.purpose)."
    }

    private func tell(_ trial: Hunt.Trial, _ outcome: Hunt.Outcome, _ end: RunEnd) {
        let words =
            switch outcome {
            case .held: "held"
            case .broke(let reason): "BROKE   \(reason)"
            case .void: "says nothing: \(end.reason)"
            }
        print(
            "\(notes.hunt.runs)  \(trial.purpose)   \(trial.schedule.length.text)   \(words)")
        fflush(nil)
    }

    private func conclude() throws -> Int32 {
        switch notes.hunt.conclusion {
        case .found(let schedule, let seed, let reason, let broke, let count)?:
            let share = "\(broke) of \(count)"
            try notes.write(
                schedule, about: "Found by squall hunt; broke in \(share) runs: \(reason)",
                to: notes.scenario)
            print("FOUND   \(reason)")
            for line in schedule.steps { print("  - \(line)") }
            print("it broke in \(share) runs")
            let name = source.file.replacing(".yaml", with: "")
            let settings = start.set.map { " --set \($0)" }.joined()
            print("again: squall run \(name) \(notes.scenario) --seed \(seed)\(settings)")
            return 1
        case .nothing(let tried)?:
            print("NOTHING   every promise was kept in \(tried) schedules")
            return 0
        case .hopeless?, nil:
            print("HOPELESS   three runs in a row say nothing; see \(notes.runs)")
            return 4
        }
    }
}
