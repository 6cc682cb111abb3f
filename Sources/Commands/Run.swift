internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Foundation
internal import Glibc
internal import Journal
internal import Lab
internal import Topology

/// `squall run TOPOLOGY SCENARIO`: headless, with a verdict.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a scenario headlessly and judge it; the exit code is the verdict.",
        discussion: """
            The scenario is a name of the topology, or a file with `steps:` and `expect:`.
            With --all every scenario of the topology is run, one after the other; the exit code is
            the first in the order of the reference.
            """)

    @OptionGroup var start: StartOptions

    @Option(help: "The longest that one scenario may take, e.g. 5m.")
    var timeout: String?

    @Flag(help: "Runs every scenario of the topology.")
    var all = false

    @Flag(help: "Prints the steps and promises, and runs nothing.")
    var dryRun = false

    @Argument(help: "A topology file, or the name of a shipped one.")
    var topology: String

    @Argument(help: "A scenario of it, or a scenario file.")
    var scenario: String?

    func run() throws {
        let source = try TopologySource(topology)
        let topology = try source.read(settings: start.settings())
        let names = try scenarios(of: topology)
        if dryRun {
            for name in names { describe(name, topology) }
            return
        }
        let limit = try seconds(timeout)
        var codes: [Int32] = []
        for name in names {
            let code = try HeadlessRun(source, topology, start, name, limit).run()
            codes.append(code)
            if code == 130 || code == 143 { break }
        }
        let code = Findings.first(of: codes)
        if code != 0 { throw ExitCode(code) }
    }

    private func scenarios(of topology: Topology) throws -> [String] {
        if all { return topology.scenarios.map(\.name) }
        let names = topology.scenarios.map(\.name).joined(separator: ", ")
        guard let scenario else {
            if let only = topology.scenarios.first, topology.scenarios.count == 1 {
                return [only.name]
            }
            throw failure(
                names.isEmpty
                    ? "\(topology.name) has no scenario" : "which scenario? \(names), or --all",
                code: Code.usage)
        }
        if topology.scenario(scenario) != nil { return [scenario] }
        if FileManager.default.fileExists(atPath: scenario) {
            return [URL(fileURLWithPath: scenario).path]
        }
        throw failure(
            "\(topology.name) has no scenario \(scenario)"
                + (names.isEmpty ? "" : " (it has \(names))"),
            code: Code.usage)
    }

    private func describe(_ name: String, _ topology: Topology) {
        guard let scenario = topology.scenario(name) else { return print(name) }
        print("\(name)" + (scenario.about.map { "   \($0)" } ?? ""))
        for line in scenario.steps.flatMap(\.lines) { print("  - \(line)") }
        for passage in scenario.always { print("  always \(passage.text)") }
        for passage in scenario.expect { print("  expect \(passage.text)") }
    }

    private func seconds(_ text: String?) throws -> Double? {
        guard let text else { return nil }
        guard case .time(let duration)? = try? Quantity(parsing: text) else {
            throw failure("--timeout takes a time such as 5m, not \(text)", code: Code.usage)
        }
        return duration.inSeconds
    }
}

extension Topology.Step {
    /// The lines of a step, blocks indented.
    fileprivate var lines: [String] {
        switch self {
        case .line(let passage): [passage.text]
        case .repetition(let count, let steps, _):
            ["repeat \(count) times:"] + steps.flatMap(\.lines).map { "  " + $0 }
        case .parallel(let branches, _):
            ["parallel:"] + branches.flatMap { $0.flatMap(\.lines).map { "  " + $0 } }
        case .forEach(let nodes, let steps, _):
            ["for each of \(nodes.text):"] + steps.flatMap(\.lines).map { "  " + $0 }
        case .chaos(let chaos):
            ["chaos for \(chaos.duration):"]
                + chaos.faults.map { "  \($0.line.text) (weight \($0.weight))" }
        }
    }
}
