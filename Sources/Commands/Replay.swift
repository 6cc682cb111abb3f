internal import ArgumentParser
internal import Cluster
internal import Dashboard
internal import Journal
internal import Lab
internal import Terminal

/// `squall replay RUN`: the dashboard over a recording.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a recorded run in the same dashboard: play, pause, step, seek.",
        discussion: """
            T in it, or --take-over, starts the same topology live with the faults of that moment.
            """)

    @OptionGroup var look: LookOptions

    @Option(help: "Where runs are kept.")
    var runs: String?

    @Option(help: "Where the playhead is at the beginning, in seconds.")
    var at: Double?

    @Flag(help: "Starts the same topology live at once, with the faults that acted at --at.")
    var takeOver = false

    @Flag(help: "With --take-over: leaves it running and returns; `squall attach` shows it.")
    var detach = false

    @Argument(help: "A run's name, the end of it, a path, a packed file, or `last`.")
    var recorded = "last"

    func validate() throws {
        if let at, !at.isFinite || at < 0 {
            throw ValidationError("--at is a number of seconds, not below 0")
        }
        guard takeOver || !detach else { throw ValidationError("--detach needs --take-over") }
    }

    func run() throws {
        let folder = try findRun(recorded, runs)
        do {
            var world = try ReplayWorld(folder, at: at.map { Stamp(seconds: $0) })
            if !takeOver {
                var view = View()
                var options = look.options()
                let end = try runPainter(&world, view: &view, options: &options)
                guard end == .takeOver else { return }
            }
            try takeOver(folder, world)
        } catch let error as JournalError {
            throw failure(error.description, code: Code.badInput)
        } catch let error as TerminalError {
            throw failure("\(error)", code: Code.unavailable)
        }
    }

    private func takeOver(_ folder: RunFolder, _ world: ReplayWorld) throws {
        let taken = try TakeOver(
            folder, world.state.core, at: world.now, runs: runs,
            mode: detach ? "detached" : "dashboard")
        guard !detach else {
            for line in try taken.carryOut() { complain(line) }
            return print(taken.run.folder.name)
        }
        taken.carryOutBeside()
        try Up.show(taken.run, look: look)
    }
}
