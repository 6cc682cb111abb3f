public import ArgumentParser
internal import Bench
internal import Glibc
internal import Lab

/// The `squall` program.
public struct Squall: ParsableCommand {
    /// Names, subcommands, the sentence on top of `--help`.
    public static let configuration = CommandConfiguration(
        commandName: "squall",
        abstract:
            "Run a cluster of real processes on one machine, break it, and see what it promised.",
        discussion: """
            Start with `squall` alone, or `squall up kv`. Press ? for the keys.
            Exit codes: 0 passed, 1 a promise was broken, 2 unknown, 3 a fault had no effect,
            4 never ready, 5 did not settle, 64 usage, 65 bad input, 69 something is missing here,
            70 internal error, 130 interrupted.
            """,
        version: version,
        subcommands: [
            Up.self,
            Learn.self,
            Run.self,
            Hunting.self,
            Replay.self,
            Attach.self,
            Down.self,
            Do.self,
            Ask.self,
            Wait.self,
            Ps.self,
            WhyCommand.self,
            Logs.self,
            Note.self,
            Ports.self,
            Exec.self,
            Shell.self,
            Tcpdump.self,
            Export.self,
            CheckHistory.self,
            Pack.self,
            Runs.self,
            Topologies.self,
            Validate.self,
            Format.self,
            Init.self,
            Doctor.self,
            BenchCommand.self,
            Pick.self,
        ],
        defaultSubcommand: Pick.self)

    /// The program's version.
    public static let version = "0.1.0"

    /// Parsed by the argument parser.
    public init() {}

    /// The whole program: hidden parts first, then the subcommands.
    public static func start() -> Never {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == LabLaunch.subcommand {
            Glibc.exit(LabProcess.run(folder: arguments[2]))
        }
        if arguments.count == 2, arguments[1] == ClientLaunch.subcommand {
            Glibc.exit(ClientLaunch.run())
        }
        if arguments.count == 2, arguments[1] == BenchAgent.subcommand {
            Glibc.exit(BenchAgent.run())
        }
        keepTracesFromAsking()
        Squall.main()
        Glibc.exit(0)
    }

    /// In a terminal Swift's crash report waits for a key, which the shell behind a dashboard would
    /// wait for too. The runtime reads its settings before `main`, so the program starts itself anew.
    private static func keepTracesFromAsking() {
        guard isatty(0) == 1, getenv("SWIFT_BACKTRACE") == nil else { return }
        setenv("SWIFT_BACKTRACE", "interactive=no", 1)
        var words = CommandLine.arguments.map { strdup($0) } + [nil]
        execv(StartedRun.ownPath(), &words)
        // Not to be had: then a crash asks.
        for word in words { free(word) }
    }
}
