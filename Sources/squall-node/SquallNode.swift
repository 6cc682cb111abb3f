public import ArgumentParser
internal import Foundation
internal import NodeKit
public import Systems

/// One member of a built-in system.
@main
struct SquallNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "squall-node",
        abstract: "One member of a system that comes with squall.",
        discussion: "Who it is and whom it can reach comes from the environment: SQUALL_NODE, "
            + "SQUALL_GROUP, SQUALL_INDEX, SQUALL_IP, SQUALL_PORT_HTTP, SQUALL_DATA, SQUALL_PEERS "
            + "(name=host:port,…) and SQUALL_SEED.",
        subcommands: [KVCommand.self])
}

struct KVCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv", abstract: "A replicated key-value store over HTTP and JSON.")

    @Option(help: "How it replicates. In this version: leader.")
    var replication = "leader"

    @Option(help: "For quorum: nodes asked for a read. Not in this version.")
    var read: Int?

    @Option(help: "For quorum: nodes asked for a write. Not in this version.")
    var write: Int?

    @Option(
        help: ArgumentHelp(
            "A mistake that the leader is to make now and then, for checkers to find: "
                + KVFlaw.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "mistake"))
    var broken: KVFlaw?

    func validate() throws {
        switch replication {
        case "leader": break
        case "raft", "quorum":
            throw ValidationError("--replication \(replication) is not in this version; use leader")
        default:
            throw ValidationError("--replication is leader, not '\(replication)'")
        }
        if read != nil || write != nil {
            throw ValidationError(
                "--read and --write belong to quorum, which is not in this version")
        }
    }

    func run() async throws {
        // A reader of our output that went away is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let node = try NodeEnvironment(ProcessInfo.processInfo.environment)
        try await KV.run(node, flaw: broken)
    }
}

extension KVFlaw: ExpressibleByArgument {}
