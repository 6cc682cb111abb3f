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
            attach` takes the cluster up again within a minute; then it ends by itself. With --linear the
            cluster also ends when standard input does, unless that is /dev/null.
            """)

    @OptionGroup var start: StartOptions
    @OptionGroup var look: LookOptions

    @Flag(help: "Leaves the cluster running and returns; `squall attach` shows it.")
    var detach = false

    @Flag(help: "Shows the cluster, and takes no commands.")
    var readOnly = false

    @Argument(help: "A topology file, or the name of a shipped one.")
    var topology = "kv"

    func validate() throws {
        if detach && look.linear { throw ValidationError("--detach shows nothing, --linear does") }
    }

    func run() throws {
        let source = try TopologySource(topology)
        let read = try source.read(settings: start.settings())
        if !detach { try look.requireTerminal(or: "--linear, --detach, or `squall run`") }
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
        let viewer = LabViewer(folder: run.folder, socket: run.options.socket, isOwn: true)
        let left = try viewer.show(look: look, readOnly: readOnly, echo: echo, lesson: lesson)
        switch left.end {
        case .stop:
            var status: Int32 = 0
            waitpid(run.process, &status, 0)
            Farewell.say(run.folder)
        case .detach: print("the cluster goes on: squall attach --lab \(run.folder.name)")
        case .terminalGone, .takeOver: break
        }
        if left.code != 0 { throw ExitCode(left.code) }
    }
}

/// Whoever shows a running lab: the dashboard, or lines.
struct LabViewer {
    let folder: RunFolder
    let socket: String
    /// Whether this command has started it.
    let isOwn: Bool

    /// Until its viewer leaves.
    func show(
        look: LookOptions, readOnly: Bool, echo: View.Echo? = nil, lesson: LessonRun? = nil
    ) throws -> LinearLab.Left {
        if look.linear {
            return try LinearLab(
                folder: folder, socket: socket, isOwn: isOwn, readOnly: readOnly,
                colour: look.coloursLines
            ).run(remark: echo?.effect)
        }
        let painter = LivePainter(folder: folder, socket: socket)
        return LinearLab.Left(
            end: try painter.run(look: look, readOnly: readOnly, echo: echo, lesson: lesson))
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
        let left = try LabViewer(folder: lab.folder, socket: lab.socket, isOwn: false)
            .show(look: look, readOnly: readOnly)
        if left.code != 0 { throw ExitCode(left.code) }
        guard left.end == .stop else { return }
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
