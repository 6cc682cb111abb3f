internal import ArgumentParser
internal import Chaos
internal import Cluster
internal import Dashboard
internal import Glibc
internal import Journal
internal import Lab
internal import Terminal

/// `squall up [TOPOLOGY]`: the dashboard.
struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a cluster and watch it in the dashboard.",
        discussion: """
            Quitting the dashboard ends the cluster. When the dashboard dies in any other way, `squall
            attach` takes the cluster up again within a minute; then it ends by itself.
            """)

    @OptionGroup var start: StartOptions
    @OptionGroup var look: LookOptions

    @Flag(help: "Leaves the cluster running and returns; `squall attach` shows it.")
    var detach = false

    @Flag(help: "Shows the cluster, and takes no commands.")
    var readOnly = false

    @Argument(help: "A topology file, or the name of a shipped one.")
    var topology = "kv"

    func run() throws {
        let source = try TopologySource(topology)
        let read = try source.read(settings: start.settings())
        if !detach {
            guard isatty(0) == 1, isatty(1) == 1 else {
                throw failure(
                    "the dashboard needs a terminal; use --detach, or `squall run`",
                    code: Code.usage)
            }
        }
        let run = try StartedRun.start(
            source, read, start, mode: detach ? "detached" : "dashboard")
        if detach { return print(run.folder.name) }
        try Self.show(run, look: look, readOnly: readOnly)
    }

    /// The dashboard over a lab that this program has started, until its viewer leaves; `echo` is what it
    /// says first, `lesson` is taught beside it.
    static func show(
        _ run: StartedRun, look: LookOptions, readOnly: Bool = false, echo: View.Echo? = nil,
        lesson: LessonRun? = nil
    ) throws {
        let end = try LivePainter(folder: run.folder, socket: run.options.socket)
            .run(look: look, readOnly: readOnly, echo: echo, lesson: lesson)
        switch end {
        case .stop:
            var status: Int32 = 0
            waitpid(run.process, &status, 0)
            Farewell.say(run.folder)
        case .detach: print("the cluster goes on: squall attach --lab \(run.folder.name)")
        case .terminalGone, .takeOver: return
        }
    }
}

/// `squall attach`: the dashboard over a lab that runs already.
struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a running lab in the dashboard.")

    @OptionGroup var choice: LabChoice
    @OptionGroup var look: LookOptions

    @Flag(help: "Shows the cluster, and takes no commands.")
    var readOnly = false

    func run() throws {
        let lab = try RunningLab(choice)
        let end = try LivePainter(folder: lab.folder, socket: lab.socket)
            .run(look: look, readOnly: readOnly)
        guard end == .stop else { return }
        _ = try lab.follow(within: .seconds(20)) { $0.core.ended != nil }
        Farewell.say(lab.folder)
    }
}

/// What the ordinary terminal keeps when the dashboard is gone.
enum Farewell {
    /// The script of what was done, and how to do and to see it again.
    static func say(_ folder: RunFolder) {
        guard let entries = try? RecordedRun(folder).entries() else { return }
        let recipe = Recipe(entries)
        let script = folder.path + "/script.yaml"
        if recipe.commands > 0 {
            try? folder.write(Array(recipe.text.utf8), to: script)
            print("You did this: \(recipe.commands) command\(recipe.commands == 1 ? "" : "s").")
            for step in recipe.steps.suffix(12) { print("  \(step)") }
            let topology = RunInfo(of: folder)?.text("topology") ?? ""
            let isShipped = TopologySource.shipped.contains { $0.name == topology }
            print("Again: squall run \(isShipped ? topology : folder.topology) \(script)")
        }
        print("Look at it: squall replay \(folder.name)")
        if access(folder.capture, F_OK) == 0 { print("Packets: \(folder.capture)") }
    }
}
