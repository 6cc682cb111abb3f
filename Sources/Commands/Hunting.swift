internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Foundation
internal import Lab
internal import Topology

/// `squall hunt TOPOLOGY`: random schedules until a promise breaks; then the smallest one that does.
struct Hunting: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hunt",
        abstract: "Draw faults until a promise breaks, then find the fewest that break it.",
        discussion: """
            Each schedule is a run of its own on a fresh cluster. What must hold is said by the checks of
            the topology, by --promise (judged at the end) and by --always (judged all the time); a
            cluster that does not settle counts as broken too. The smallest schedule is left as a scenario file.
            A hunt that was interrupted goes on where it was: give the same --folder again.
            Exit code 1: a promise was broken; 0: none was, in so many schedules.
            """)

    @OptionGroup var start: StartOptions

    @Option(help: "An expression that must hold at the end. May be repeated.")
    var promise: [String] = []

    @Option(help: "An expression that must hold all the time. May be repeated.")
    var always: [String] = []

    @Option(help: "Schedules to try before giving up.")
    var schedules = 50

    @Option(help: "Faults in each schedule.")
    var faults = 6

    @Option(help: "All faults begin within this time, e.g. 20s.")
    var length = "20s"

    @Option(help: "How often a smaller schedule is tried before it counts as one that holds.")
    var patience = 2

    @Option(help: "How often the smallest schedule is repeated at the end.")
    var repeats = 5

    @Option(help: "Where the hunt keeps its notes and runs; made where it is missing.")
    var folder: String?

    @Argument(help: "A topology file, or the name of a shipped one.")
    var topology: String

    func run() throws {
        let source = try TopologySource(topology)
        let topology = try source.read(settings: start.settings())
        try TopologySource.requirePrograms(of: topology)
        try check(promise + always)
        guard !(promise + always).isEmpty || !topology.checks.isEmpty else {
            throw failure(
                "what must hold? give --promise 'EXPRESSION', e.g. --promise 'ready(all)', or add "
                    + "'checks:' to the topology",
                code: Code.usage)
        }
        guard schedules > 0, faults > 0, patience > 0, repeats > 0 else {
            throw failure(
                "--schedules, --faults, --patience and --repeats begin at 1", code: Code.usage)
        }
        let notes = try HuntNotes(
            folder: folder ?? "hunt-" + topology.name,
            subject: HuntNotes.Subject(
                topology: source.text, settings: start.settings(), promises: promise,
                always: always),
            options: Hunt.Options(
                seed: start.seed ?? UInt64.random(in: 1...999_999), schedules: schedules,
                faults: faults, length: try time(length), patience: patience, repeats: repeats),
            seed: start.seed)
        var run = HuntRun(source, topology, start, notes)
        let code = try run.run()
        if code != 0 { throw ExitCode(code) }
    }

    /// Each line is understood once before anything runs.
    private func check(_ texts: [String]) throws {
        for text in texts {
            do {
                _ = try Command(parsing: "expect \(text)")
            } catch {
                throw failure("\(text): \(error)", code: Code.badInput)
            }
        }
    }

    private func time(_ text: String) throws -> Duration {
        guard case .time(let duration)? = try? Quantity(parsing: text), duration > .zero else {
            throw failure("--length takes a time such as 20s, not \(text)", code: Code.usage)
        }
        return duration
    }
}
