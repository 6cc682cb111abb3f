internal import ArgumentParser
internal import Cluster
internal import Dashboard
internal import Exports
internal import Journal

/// `squall export RUN`: a recording in another form.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a recording into a script or a picture.")

    @Flag(help: "The commands that were given, as a scenario that does the same again.")
    var script = false

    @Flag(help: "A picture of the dashboard.")
    var svg = false

    @Option(help: "With --svg: the moment, in seconds since the run began; its end when left out.")
    var at: Double?

    @Option(help: "With --svg: columns and lines, as 120x35.")
    var size = "120x35"

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Argument(help: "A run's name, the end of it, or `last`.")
    var recorded: String

    func run() throws {
        guard script != svg else {
            throw failure("say one of --script and --svg", code: Code.usage)
        }
        let entries = try RecordedRun(findRun(recorded, runs)).entries()
        if script {
            print(Recipe(entries).text, terminator: "")
        } else {
            print(try picture(entries))
        }
    }

    private func picture(_ entries: [Entry]) throws -> String {
        let parts = size.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...500).contains(parts[0]), (1...200).contains(parts[1]) else {
            throw failure("--size takes columns and lines, as 120x35", code: Code.usage)
        }
        let end = at.map { Stamp(seconds: $0) } ?? entries.last?.at ?? .zero
        var state = ClusterState()
        for entry in entries where entry.at <= end { state.apply(entry) }
        let frame = render(
            state, View(now: end), Size(columns: parts[0], rows: parts[1]))
        return Exports.svg(frame)
    }
}

/// What was done by hand in a run, as a scenario.
struct Recipe {
    /// Commands with the time between them, as steps.
    let steps: [String]
    private let topology: String

    init(_ entries: [Entry]) {
        var steps: [String] = []
        var last: Stamp?
        var topology = ""
        for entry in entries {
            switch entry.event {
            case .runBegan(let run): topology = run.topology
            // What a scenario does when its steps are over is done again by whoever runs this one.
            case .commandAccepted(let record)
            where !record.by.hasPrefix("scenario") || record.by.contains(", step"):
                if let last {
                    let pause = entry.at - last
                    // Tenths of a second are what hands can do.
                    let tenths = (pause.microseconds + 50_000) / 100_000
                    if tenths > 0 {
                        steps.append(Command.wait(.milliseconds(tenths * 100)).text)
                    }
                } else {
                    steps.append("wait until ready(all) within 60s")
                }
                last = entry.at
                steps.append(record.names)
            default: continue
            }
        }
        // The last one has its time too: what it does must be seen, and proved.
        if let last, let end = entries.last?.at, end - last > .milliseconds(100) {
            steps.append(
                Command.wait(.milliseconds((end - last).microseconds / 100_000 * 100)).text)
        }
        self.steps = steps
        self.topology = topology
    }

    /// How many commands were given.
    var commands: Int { steps.filter { !$0.hasPrefix("wait ") }.count }

    /// A scenario file.
    var text: String {
        "about: What was done by hand in \(topology).\nsteps:\n"
            + steps.map { "  - \($0)\n" }.joined()
    }
}
