internal import ArgumentParser
internal import Journal
internal import Topology

/// `squall topologies`: what is shipped.
struct Topologies: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the shipped topologies, and what they need.")

    @Argument(help: "A topology whose file is printed.")
    var name: String?

    func run() throws {
        if let name {
            print(try TopologySource(name).text, terminator: "")
            return
        }
        for (name, _) in TopologySource.shipped {
            let topology = try TopologySource(name).read()
            let missing = TopologySource.missingPrograms(of: topology)
            print("\(name)   \(topology.about ?? "")")
            for program in missing { print("    \(program.description)") }
            for scenario in topology.scenarios {
                print("    \(scenario.name)   \(scenario.about ?? "")")
            }
        }
    }
}

/// `squall validate FILE`: every mistake at once.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check a topology or a lesson; every mistake is told with its place and a hint.")

    @Argument(help: "A topology file, the name of a shipped one, or a lesson's file.")
    var topology: String

    func run() throws {
        if let lesson = try LessonSource(file: topology) {
            let count = lesson.text.steps.count
            let steps = count == 1 ? "1 step" : "\(count) steps"
            return print("\(lesson.text.title): \(steps), on \(lesson.topology.name)")
        }
        let read = try TopologySource(topology).read()
        try TopologySource.requireAbilities(of: read)
        print(
            "\(read.name): \(read.members.count) nodes, \(read.clients.count) clients, "
                + "\(read.scenarios.count) scenarios")
    }
}

/// `squall runs`: what was recorded.
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List recorded runs, newest first.", subcommands: [Prune.self])

    @OptionGroup var place: RunsPlace

    func run() throws {
        let root = try runsRoot(place.runs)
        for folder in RunFolder.list(in: root) {
            print("\(folder.name)\(folder.isInUse ? "   running" : "")")
        }
    }

    /// `squall runs prune`.
    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove all but the newest runs; never one that is running.")

        @Option(help: "How many are kept.")
        var keep = 20

        @OptionGroup var place: RunsPlace

        func run() throws {
            for folder in RunFolder.prune(in: try runsRoot(place.runs), keeping: keep) {
                print("removed \(folder.name)")
            }
        }
    }
}

/// Of a command and its subcommand one group: an option that stands behind both is the subcommand's,
/// too. Two options of one name would leave it to the command alone.
struct RunsPlace: ParsableArguments {
    @Option(help: "Where runs are kept.")
    var runs: String?
}

/// Where runs are kept; ends the command with 69 when there is no home.
func runsRoot(_ chosen: String?) throws -> String {
    do {
        return try RunFolder.root(chosen: chosen)
    } catch {
        throw failure(error.description, code: Code.unavailable)
    }
}

/// A recorded run by name, path or `last`, or a packed one; ends the command with 65 when there is
/// none.
func findRun(_ word: String, _ chosen: String?) throws -> RunFolder {
    if word != "last", let pack = PackedRun(path: word) { return try OpenedPack.open(pack) }
    do {
        return try RunFolder.find(word, in: runsRoot(chosen))
    } catch let error as JournalError {
        throw failure(error.description, code: Code.badInput)
    }
}
