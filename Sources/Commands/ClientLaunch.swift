internal import Workload

/// A load generator as a process of its own: `squall __client`, started in a client's machine.
enum ClientLaunch {
    /// The hidden subcommand.
    static let subcommand = "__client"

    /// Makes load until standard input ends; the exit status.
    static func run() -> Int32 { runClient() }
}
