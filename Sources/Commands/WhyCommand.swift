internal import ArgumentParser
internal import Cluster
internal import Journal

/// `squall why NODE`: why a node is as it is.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why a node is as it is: its phase, what it waits for, what acts on it.",
        discussion: "With --run it looks at a recording; --at takes a moment of it, in seconds.")

    @OptionGroup var choice: LabChoice

    @Option(name: .customLong("run"), help: "A run instead of a running lab: its name, or `last`.")
    var recorded: String?

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Option(help: "A moment of the run in seconds; the end when left out.")
    var at: Double?

    @Argument(help: "The node.")
    var node: String

    func run() throws {
        let folder = try recorded.map { try findRun($0, runs) } ?? RunningLab(choice).folder
        let moment = at.map { Stamp(seconds: $0) }
        var core = Core()
        for entry in try RecordedRun(folder).entries() {
            if let moment, entry.at > moment { break }
            core.apply(entry)
        }
        guard let found = core.nodes.first(where: { $0.name == node }) else {
            let names = core.nodes.map(\.name).joined(separator: ", ")
            throw failure("there is no node \(node): \(names)", code: Code.usage)
        }
        for line in Why(core).lines(about: found.id, at: moment ?? core.now) { print(line) }
    }
}
