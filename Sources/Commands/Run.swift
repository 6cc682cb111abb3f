internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Exports
internal import Foundation
internal import Glibc
internal import Topology

/// `squall run TOPOLOGY SCENARIO`: headless, with a verdict.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a scenario headlessly and judge it; the exit code is the verdict.",
        discussion: """
            The scenario is a name of the topology, or a file with `steps:` and `expect:`.
            With --all every scenario of the topology is run, with --seeds each of them that often,
            one after the other; the exit code is the first in the order of the reference.
            """)

    @OptionGroup var start: StartOptions

    @OptionGroup var reports: ReportOptions

    @Option(help: "Runs with so many seeds: from --seed on, or from 1.")
    var seeds: Int?

    @Option(help: "The longest that one scenario may take, e.g. 5m.")
    var timeout: String?

    @Flag(help: "Runs every scenario of the topology.")
    var all = false

    @Flag(help: "What cannot be judged, and a fault that cannot be proved, fails.")
    var strict = false

    @Flag(help: "Prints the timeline, with what is drawn from the seed, and runs nothing.")
    var dryRun = false

    @Argument(help: "A topology file, or the name of a shipped one.")
    var topology: String

    @Argument(help: "A scenario of it, or a scenario file.")
    var scenario: String?

    func run() throws {
        let source = try TopologySource(topology)
        let topology = try source.read(settings: start.settings())
        let names = try scenarios(of: topology)
        // A scenario file is read here too, before anything starts.
        for name in names { _ = try DryRun.script(name, of: topology) }
        let seeds = try chosenSeeds()
        if dryRun {
            for name in names {
                for seed in seeds {
                    try DryRun(topology, name, seed: seed ?? .random(in: 1...999_999)).tell()
                }
            }
            return
        }
        let limit = try seconds(timeout)
        let earlier = try reports.prepare(runs: start.runs)
        // Heard by a thread of their own, so that the cluster is healed and the reports are written.
        Interruption.listen()
        var told: [RunReport] = []
        var obstacle: (any Error)?
        loop: for name in names {
            for seed in seeds {
                if Interruption.code != nil { break loop }
                var options = start
                options.seed = seed
                let plan = HeadlessRun.Plan(
                    source: source, topology: topology, start: options, scenario: name,
                    timeout: limit, strict: strict)
                do {
                    var report = try HeadlessRun(plan).run()
                    if let earlier { report.compare(with: earlier) }
                    told.append(report)
                } catch {
                    // What ran before is told all the same.
                    obstacle = error
                    break loop
                }
                if names.count * seeds.count > 1, let report = told.last {
                    print(report.summary.joined(separator: "\n") + "\n")
                }
            }
        }
        try finish(told, obstacle, of: names.count * seeds.count)
    }

    private func finish(_ told: [RunReport], _ obstacle: (any Error)?, of count: Int) throws {
        var code = Findings.first(of: told.map(\.code))
        if let signal = Interruption.code, told.count < count {
            code = Findings.first(of: [code, signal])
        }
        if !told.isEmpty {
            let report = Report(told, code: code, program: "squall \(Squall.version)")
            for file in try reports.write(report) { print("wrote \(file)") }
            if count == 1 { print(told[0].summary.joined(separator: "\n")) }
            if count > told.count { print("\(told.count) of \(count) ran") }
            for line in report.tally { print(line) }
            if count > 1, let failed = told.first(where: { $0.code != 0 }) {
                print("again: \(failed.origin.again)")
            }
        }
        if let obstacle { throw obstacle }
        if code != 0 { throw ExitCode(code) }
    }

    // MARK: What is run

    private func chosenSeeds() throws -> [UInt64?] {
        guard let seeds else { return [start.seed] }
        guard (1...100_000).contains(seeds) else {
            throw failure("--seeds takes a number from 1 to 100000", code: Code.usage)
        }
        let first = start.seed ?? 1
        return (0..<UInt64(seeds)).map { first &+ $0 }
    }

    private func scenarios(of topology: Topology) throws -> [String] {
        let names = topology.scenarios.map(\.name).joined(separator: ", ")
        if all {
            guard scenario == nil else {
                throw failure("say a scenario or --all, not both", code: Code.usage)
            }
            guard !names.isEmpty else {
                throw failure("\(topology.name) has no scenario", code: Code.usage)
            }
            return topology.scenarios.map(\.name)
        }
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

    private func seconds(_ text: String?) throws -> Double? {
        guard let text else { return nil }
        guard case .time(let duration)? = try? Quantity(parsing: text) else {
            throw failure("--timeout takes a time such as 5m, not \(text)", code: Code.usage)
        }
        return duration.inSeconds
    }
}
