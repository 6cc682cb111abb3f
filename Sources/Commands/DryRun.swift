internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Lab
internal import Topology

/// `squall run --dry-run`: what a scenario would do.
struct DryRun {
    private let topology: Topology
    private let name: String
    private let seed: UInt64
    private let script: Script
    private let rehearsal: Rehearsal

    /// Ends the command with 65 where the scenario has mistakes.
    init(_ topology: Topology, _ word: String, seed: UInt64) throws {
        script = try Self.script(word, of: topology)
        self.topology = topology
        self.seed = seed
        name = script.name
        rehearsal = Rehearsal(
            script, for: ScenarioReading.machines(of: topology), seed: seed)
    }

    /// Understands a scenario of the topology, or a scenario file; ends the command with 65, and every
    /// mistake with its place, where it cannot be.
    static func script(_ word: String, of topology: Topology) throws -> Script {
        do {
            return try ScenarioReading.script(word, of: topology)
        } catch let mistakes as Diagnostics {
            complain(mistakes.description)
            throw ExitCode(Code.badInput)
        } catch let error as LabError {
            throw failure(error.description, code: error.code)
        }
    }

    /// Prints the timeline and the promises.
    func tell() {
        let about = topology.scenario(name)?.about.map { "   \($0)" } ?? ""
        print("\(topology.name) \(name), seed \(seed)\(about)")
        print("at the earliest: every 'wait until' is taken to hold at once")
        let width = rehearsal.moments.map(\.step.count).max() ?? 0
        for moment in rehearsal.moments {
            let step = moment.step + String(repeating: " ", count: width - moment.step.count)
            let names = moment.names.map { "   = \($0)" } ?? ""
            print("  \(moment.at.clock(decimals: 1))  \(step)  \(moment.text)\(names)")
        }
        if rehearsal.isCut { print("  … more than \(Rehearsal.most) lines") }
        print("  then heal all, settle within \(script.settle.text), traffic stop")
        for promise in script.always { print("  always \(promise.text)") }
        for promise in script.expect { print("  expect \(promise.text)") }
    }
}
